// Takes secrets, people and places out of text that may leave this computer.
// Promises: what is known is replaced exactly; the shapes of keys, tokens, addresses and home folders are the net below that. When in doubt, it goes.
// Leaves alone: which text is handed over (support-bundle.ts), the words of prompts, which go by the names of their fields (redact-log.ts).

export interface KnownFacts {
  readonly home: string
  readonly user: string
  readonly host: string
  /** Credentials of this start of the gateway. */
  readonly secrets: readonly string[]
}

const shortestKnown = 3
const blocks = /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g
const web = /\beyJ[\w-]{8,}(?:\.[\w-]+){1,4}/g
const credentialInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'@]+@/gi
const inQuery =
  /([?&#;](?:key|code|state|sig|signature|auth|token|secret|password|api[_-]?key|[\w.-]*(?:token|secret|signature|credential)[\w.-]*)=)[^&\s"'<>]+/gi
const scheme = /\b(bearer|basic|digest|negotiate|token)(\s+)(?!is\b|was\b)[\w+/=.~:-]{6,}/gi
const awsHeader = /\bAWS4-HMAC-SHA256\b[^\n"]*/g
/** `api_key: …`, `"password":"…"` (in JSON within JSON, too), `AWS_SECRET_ACCESS_KEY=…`, `Cookie: …`, `--admin-key …`. */
const secretName =
  /(?:\b|[-_"'.])[\w.-]*(?:api[-_]?key|access[-_]?key|admin[-_]?key|master[-_]?key|private[-_]?key|secret|passwd|password|passphrase|pwd|credentials?|authorization|auth[-_]?token|[-_]token|\btoken|cookie|session[-_]?id|webhook)[\w-]*/
const between = /\\*["']?\s*(?:[:=]|=>)\s*|\s+(?=[^\s:=]{12,})/
const secretValue = /\\+"(?:(?!\\+")[^\n])*(?:\\+")?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[^\s,;&"'}\])]+(?:\s+[^\s,;&"'}\])]{16,})?/
const named = new RegExp(`(${secretName.source}(?:${between.source}))(${secretValue.source})`, 'gi')
/** Prefixes vendors give their keys, as known 2026-11-21: OpenAI and its imitators, Anthropic, our own, Google, AWS, GitHub, GitLab, Slack, Hugging Face and more. */
const keyShapes =
  /\b(?:sk|pk|rk|ak)[-_][\w-]{6,}|\b(?:AIza|ya29\.|AKIA|ASIA|AROA|ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|xox[abeoprs]-|xapp-|hf_|gsk_|r8_|pplx-|nvapi-|npm_|pypi-|dop_v1_|xai-|tgp_|csk-|fw_|jina_|co_|whsec_|SG\.|key-|tvly-|lin_api_|shpat_|sq0|EAAC|ABSK)[\w.-]{6,}/g
const mail = /[\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)+/gi
const homes = /(?:\/(?:home|Users)\/|\b[A-Za-z]:(?:\\{1,2}|\/)Users(?:\\{1,2}|\/)|\/(?:var\/)?root(?=\/))[^\s/\\"':;,)\]}]*/g
const longRun = /[A-Za-z0-9+/_=-]{24,}/g
const shorterRun = /\b(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{20,23}\b/g
/** Ours, and what finds a request in the log. */
const requestId = /^req_[0-9A-Z]{26}$/

/** Credentials only: for notices on this computer, where names and places are the person's own. */
export function hideSecrets(text: string): string {
  return text
    .replace(blocks, '[private key]')
    .replace(web, '[token]')
    .replace(credentialInUrl, '$1[credential]@')
    .replace(inQuery, '$1[secret]')
    .replace(awsHeader, '[credential]')
    .replace(scheme, '$1$2[credential]')
    .replace(keyShapes, '[key]')
    .replace(named, (_all, name: string, value: string) => `${name}${inQuotes(value)}`)
    .replace(longRun, (run) => (isRandom(run) && !requestId.test(run) ? '[long value]' : run))
    .replace(shorterRun, '[long value]')
}

/** Credentials, people and places: for text that leaves this computer. */
export function redact(text: string, known: KnownFacts): string {
  const told = replaceAll(text, known.secrets, '[token]')
  const placed = replaceAll(told, spellings(known.home), '~')
  const hidden = hideSecrets(placed).replace(mail, '[e-mail]').replace(homes, '~')
  return replaceWords(replaceWords(hidden, known.user, '[user]'), known.host, '[host]')
}

function replaceAll(text: string, found: readonly string[], by: string): string {
  return found.filter((one) => one.length > shortestKnown).reduce((rest, one) => rest.replaceAll(one, by), text)
}

/** A Windows path stands in JSON with doubled backslashes, in a URL with slashes. */
function spellings(home: string): readonly string[] {
  const slashes = home.replaceAll('\\', '/')
  return [home.replaceAll('\\', '\\\\'), home, slashes, encodeURI(slashes)]
}

/** As a whole word only: somebody may be called `api`. */
function replaceWords(text: string, word: string, by: string): string {
  if (word.length < shortestKnown) return text
  return text.replace(new RegExp(`(?<![\\w-])${word.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&')}(?![\\w-])`, 'gi'), by)
}

/** JSON stays JSON where it was. */
function inQuotes(value: string): string {
  const quote = /^\\*["']/.exec(value)?.[0] ?? ''
  return `${quote}[secret]${quote}`
}

/** Names in a path have one number at most (`v1`, `port-4000`); random characters have digits in several places. */
function isRandom(run: string): boolean {
  return run.split('/').some((part) => /[A-Za-z]/.test(part) && (part.match(/\d+/g) ?? []).length > 1)
}
