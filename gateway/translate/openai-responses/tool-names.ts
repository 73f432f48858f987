// The tools of a Responses body under the one flat list of names that other wires have.
// Promises: a tool in a namespace and a tool with free text become functions; a call of either finds its way back by name.
// Leaves alone: tools that run at the vendor. Source: https://platform.openai.com/docs/api-reference/responses/create, as known 2026-11-21.

import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'

export interface NamedTool {
  readonly kind: 'function' | 'custom'
  /** As other wires know it. */
  readonly flatName: string
  readonly name: string
  readonly namespace: string | null
  readonly definition: JsonObject
  /** Where it stands, for refusals. */
  readonly at: string
}

/** `hosted`: what cannot be carried, by position and kind. Never throws. */
export function listTools(tools: unknown): { readonly named: readonly NamedTool[]; readonly hosted: readonly string[] } {
  const named: NamedTool[] = []
  const hosted: string[] = []
  const add = (definition: JsonObject, at: string, namespace: string | null): void => {
    const type = textOf(definition['type']) ?? 'no type'
    const name = textOf(definition['name']) ?? ''
    if (type === 'namespace' && namespace === null)
      listOf(definition['tools']).forEach((inner, index) => add(objectOf(inner) ?? {}, `${at}.tools[${index}]`, name))
    else if (type === 'function' || type === 'custom') named.push({ kind: type, flatName: flatten(name, namespace), name, namespace, definition, at })
    else hosted.push(`${at} (${type})`)
  }
  listOf(tools).forEach((tool, index) => add(objectOf(tool) ?? {}, `tools[${index}]`, null))
  return { named, hosted }
}

/** Codex names the namespaces of MCP servers `mcp__name__`, with the separator at the end; others leave it to whoever joins them. */
export function flatten(name: string, namespace: string | null): string {
  if (namespace === null || namespace === '') return name
  return namespace.endsWith('__') ? `${namespace}${name}` : `${namespace}__${name}`
}

/** The arguments of a function that stands for a tool with free text. */
export const freeTextSchema: JsonObject = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false }
