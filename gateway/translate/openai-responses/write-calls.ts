// Calls in a Responses reply: of functions, of tools in a namespace, and of tools with free text.
// Promises: calls whose pieces arrive interleaved stay apart; a name goes back as the caller declared it. Leaves alone: whether arguments are valid.

import { textOf, type JsonObject } from '../../contract/json.ts'
import { parseObjectText } from '../json-text.ts'
import { listTools, type NamedTool } from './tool-names.ts'
import type { ItemStatus, Slot, Stage } from './write-items.ts'

export interface Calls {
  start(index: number, call: { readonly id: string; readonly name: string }): void
  extend(index: number, argumentsText: string): void
  /** Ends all of them, in the order they began. */
  end(status: ItemStatus): void
}

interface OpenCall {
  readonly slot: Slot
  readonly kind: NamedTool['kind']
  readonly write: (id: string, body: { readonly status: string; readonly text: string }) => JsonObject
  text: string
}

export function createCalls(stage: Stage, request: JsonObject): Calls {
  const declared = new Map(listTools(request['tools']).named.map((tool) => [tool.flatName, tool]))
  const open = new Map<number, OpenCall>()
  return {
    start(index, call) {
      const tool = declared.get(call.name)
      const kind = tool?.kind ?? 'function'
      const write = writerFor(call, tool)
      const slot = stage.add(kind === 'custom' ? 'ctc' : 'fc', (id) => write(id, { status: 'in_progress', text: '' }))
      open.set(index, { slot, kind, write, text: '' })
    },
    extend(index, argumentsText) {
      const call = open.get(index)
      if (call === undefined || argumentsText === '') return
      call.text += argumentsText
      if (call.kind === 'function') stage.emit('response.function_call_arguments.delta', { ...call.slot.at, delta: argumentsText })
    },
    end(status) {
      for (const call of open.values()) endCall(stage, call, status)
      open.clear()
    },
  }
}

function writerFor({ id: callId, name }: { id: string; name: string }, tool: NamedTool | undefined): OpenCall['write'] {
  const named = { call_id: callId, name: tool?.name ?? name, ...(tool === undefined || tool.namespace === null ? {} : { namespace: tool.namespace }) }
  return (id, { status, text }) =>
    tool?.kind === 'custom' ? { id, type: 'custom_tool_call', status, ...named, input: text } : { id, type: 'function_call', status, ...named, arguments: text }
}

function endCall(stage: Stage, call: OpenCall, status: ItemStatus): void {
  const { slot } = call
  if (call.kind === 'custom') {
    // Only the whole of the arguments shows the text inside.
    const input = readFreeText(call.text)
    stage.emit('response.custom_tool_call_input.delta', { ...slot.at, delta: input })
    stage.emit('response.custom_tool_call_input.done', { ...slot.at, input })
    stage.done(slot, call.write(slot.id, { status, text: input }))
    return
  }
  // A call without arguments is a call with none; some callers parse the text unseen.
  const text = call.text === '' ? '{}' : call.text
  if (call.text === '') stage.emit('response.function_call_arguments.delta', { ...slot.at, delta: text })
  stage.emit('response.function_call_arguments.done', { ...slot.at, arguments: text })
  stage.done(slot, call.write(slot.id, { status, text }))
}

/** A model that did not keep to the form wrote the text itself. */
function readFreeText(argumentsText: string): string {
  return textOf(parseObjectText(argumentsText)?.['input']) ?? argumentsText
}
