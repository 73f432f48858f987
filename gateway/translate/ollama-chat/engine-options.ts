// The settings of a deployment that belong into Ollama's `options`.
// Promises: only names the engine knows, with the values as configured. Leaves alone: what a caller asked for (that comes on top).
// Source: https://docs.ollama.com/modelfile#parameter and api/types.go of https://github.com/ollama/ollama, as known 2026-11-21.

import type { JsonObject } from '../../contract/json.ts'

const names = [
  'num_ctx',
  'num_keep',
  'num_batch',
  'num_gpu',
  'main_gpu',
  'num_thread',
  'use_mmap',
  'draft_num_predict',
  'repeat_last_n',
  'repeat_penalty',
  'typical_p',
  'min_p',
  'mirostat',
  'mirostat_eta',
  'mirostat_tau',
]

/** Without `num_ctx` Ollama takes its own default and cuts longer prompts silently; that default is the operator's to change, so none is invented here. */
export function engineOptions(settings: JsonObject): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (settings[name] === undefined || settings[name] === null ? [] : [[name, settings[name]]])))
}
