// The rules a machine can judge: types used honestly, and each dangerous tool kept in the one place that may use it.
// Promises: a rule that forbids something says where it belongs instead.
// Leaves alone: layout (prettier), imports between folders and sizes (test/house).

import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'

const say = (selector, message) => ({ selector, message })
const everywhere = [
  say('TSEnumDeclaration', 'Use a union of literals.'),
  say('TSNonNullExpression', 'Prove it or refuse it: no non-null assertion.'),
  say("NewExpression[callee.name='Function'], CallExpression[callee.name='Function']", 'No code from text.'),
  say('ThrowStatement > Literal, ThrowStatement > TemplateLiteral, ThrowStatement > ObjectExpression', 'Throw an Error.'),
]
const noDefaultExport = say('ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]', 'Named exports only.')
const noEnvironment = say("MemberExpression[object.name='process'][property.name='env']", 'Only gateway/config.ts reads the environment.')
const noRawNetwork = [
  say("CallExpression[callee.name='fetch']", 'The gateway calls out through its egress only.'),
  say('CallExpression[callee.object.name=/^https?$/][callee.property.name=/^(get|request)$/]', 'The gateway calls out through its egress only.'),
  say(
    'CallExpression[callee.object.name=/^(net|tls|http2|dgram)$/][callee.property.name=/^(connect|createConnection|createSocket)$/]',
    'The gateway calls out through its egress only.',
  ),
]
const hostileContext = say(
  "MemberExpression[object.name=/^(ctx|context)$/][property.name=/^(host|hostname|href|origin|URL|subdomains)$/], MemberExpression[property.name='headersDistinct']",
  'Koa derives these from headers a caller controls, or merges duplicates. door/ingress.ts has judged the Host header.',
)
const clientModules = {
  paths: [
    { name: 'undici', message: 'Only gateway/egress calls out.' },
    { name: 'node:http', importNames: ['request', 'get', 'Agent', 'ClientRequest'], message: 'Only gateway/egress calls out.' },
    { name: 'node:https', importNames: ['request', 'get', 'Agent'], message: 'Only gateway/egress calls out.' },
    { name: 'node:net', importNames: ['connect', 'createConnection', 'Socket'], message: 'Only gateway/egress calls out.' },
    { name: 'node:tls', importNames: ['connect', 'TLSSocket'], message: 'Only gateway/egress calls out.' },
    { name: 'node:child_process', message: 'The gateway starts no programs.' },
    { name: 'node:vm', message: 'No code from text.' },
    { name: 'electron', message: 'The gateway also runs under plain Node.' },
  ],
}
const oneWayOut = say(
  "CallExpression[callee.property.name='openExternal']",
  'Only main/window/external.ts leaves for another program, after checking and asking.',
)
const questionsOnly = say(
  "CallExpression[callee.object.name='ipcMain'][callee.property.name!='handle'], CallExpression[callee.property.name=/^(send|postMessage|sendToFrame)$/][callee.object.property.name=/^(webContents|mainFrame)$/]",
  'A page asks and is answered (main/ipc/handle.ts); nothing is sent to one.',
)
const restrict = (...rules) => ({ 'no-restricted-syntax': ['error', ...everywhere, ...rules.flat()] })

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'test-results/', 'playwright-report/', 'test/fixtures/', '**/.svelte-kit/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-console': 'error',
      'no-debugger': 'error',
      'no-constant-condition': 'error',
      'no-fallthrough': 'error',
      'no-prototype-builtins': 'error',
      'no-self-compare': 'error',
      'no-useless-assignment': 'error',
      'object-shorthand': 'error',
      ...restrict(),
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['renderer/**', 'test/renderer/**', 'playwright.config.ts'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parser: ts.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: typed(),
  },
  {
    // Without types: only svelte-check sees through the imports of components. It checks the same code.
    files: ['renderer/**/*.ts', 'test/renderer/**/*.ts', '**/*.svelte'],
    extends: [ts.configs.strict],
    rules: untyped(),
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    extends: [svelte.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/button-has-type': 'error',
      // Takes the words of an explanation for codes; svelte-check reports codes that do not exist.
      'svelte/no-unused-svelte-ignore': 'off',
      // The panel has its own small router; these rules are about SvelteKit's.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  { files: ['gateway/**/*.ts'], rules: { ...restrict(noDefaultExport, noEnvironment, noRawNetwork), 'no-restricted-imports': ['error', clientModules] } },
  { files: ['gateway/egress/**/*.ts'], rules: { ...restrict(noDefaultExport, noEnvironment), 'no-restricted-imports': 'off' } },
  // A declaration file describes somebody else's module.
  { files: ['**/*.d.ts'], rules: restrict() },
  { files: ['gateway/config.ts'], rules: restrict(noDefaultExport, noRawNetwork) },
  { files: ['gateway/door/**/*.ts'], rules: restrict(noDefaultExport, noEnvironment, noRawNetwork, hostileContext) },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.svelte'],
    rules: restrict(noDefaultExport, say("CallExpression[callee.name='fetch']", 'Only renderer/lib/api.ts fetches.')),
  },
  { files: ['renderer/lib/api.ts'], rules: restrict(noDefaultExport) },
  { files: ['main/**/*.ts'], rules: restrict(noDefaultExport, oneWayOut, questionsOnly) },
  { files: ['main/window/external.ts'], rules: restrict(noDefaultExport, questionsOnly) },
  {
    // Tests read replies as they come; what they expect of them is the check.
    files: ['test/**/*.ts'],
    rules: {
      ...restrict(noDefaultExport),
      // A randomised test prints its seed.
      'no-console': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['scripts/**/*.mjs', '*.config.{js,ts}', 'test/**/*.config.ts', 'test/load/**'], rules: { 'no-console': 'off', ...restrict() } },
)

function untyped() {
  return {
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
  }
}

function typed() {
  return {
    ...untyped(),
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    // Numbers and booleans in messages read well and cannot leak an object.
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    // Narrowing does not see what an awaited call or an event changed in between (`signal.aborted`).
    '@typescript-eslint/no-unnecessary-condition': 'off',
    // Our interfaces are implemented by closures; none of them uses `this`.
    '@typescript-eslint/unbound-method': 'off',
    '@typescript-eslint/no-unnecessary-type-arguments': 'off',
    // A caught `unknown` is handed on as it came; throwing a literal is forbidden above.
    '@typescript-eslint/only-throw-error': 'off',
    // Does not know that a branded bigint is a bigint.
    '@typescript-eslint/no-unsafe-unary-minus': 'off',
    // A promise chain's `void` marks what is deliberately not awaited.
    '@typescript-eslint/no-confusing-void-expression': 'off',
    '@typescript-eslint/no-meaningless-void-operator': 'off',
    // Our texts are split by code point on purpose.
    '@typescript-eslint/no-misused-spread': 'off',
    // A callback whose interface is asynchronous may have nothing to await.
    '@typescript-eslint/require-await': 'off',
  }
}
