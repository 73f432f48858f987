// The ledger's words in people's words. A word that is missing here is shown as it is.

export const meterNames: Readonly<Record<string, string>> = {
  input: 'Input tokens',
  cacheRead: 'Cached input tokens',
  cacheWrite: 'Cache writes',
  cacheWrite1h: 'Cache writes, one hour',
  inputAudio: 'Audio input tokens',
  cacheReadAudio: 'Cached audio input tokens',
  inputImage: 'Image input tokens',
  cacheReadImage: 'Cached image input tokens',
  output: 'Output tokens',
  reasoning: 'Reasoning tokens',
  outputAudio: 'Audio output tokens',
  outputImage: 'Image output tokens',
  calls: 'Calls',
  seconds: 'Seconds',
  images: 'Images',
  pixels: 'Pixels',
  characters: 'Characters',
  searches: 'Web searches',
}
export const sourceNames: Readonly<Record<string, string>> = {
  bundled: 'the bundled table',
  deployment: 'set on the deployment',
  model: 'set on the model',
  declared: 'free by declaration: a local engine, or a model its provider gives away',
}
export const provenanceNames: Readonly<Record<'reported' | 'counted' | 'estimated', string>> = {
  reported: 'Token counts as the provider reported them.',
  counted: 'Token counts as the gateway counted them.',
  estimated: 'Token counts are estimated, because the provider reported none.',
}
export const adjustmentNames: Readonly<Record<'reprice' | 'correction' | 'late_usage', string>> = {
  reprice: 'Priced anew',
  correction: 'Corrected',
  late_usage: 'Reported late by the provider',
}
export const attemptEndNames: Readonly<Record<string, string>> = { answered: 'Answered', failed: 'Failed', cut: 'Cut off' }
