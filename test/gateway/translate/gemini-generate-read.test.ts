// A Gemini caller's request as the pivot has it, and what it can cost at most.
// Promises: both spellings of every field; ids on both sides of a call; nothing that costs goes unnamed.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { boundGemini } from '../../../gateway/translate/gemini-generate/bound.ts'
import { readGemini } from '../../../gateway/translate/gemini-generate/read-request.ts'
import { toJsonSchema } from '../../../gateway/translate/gemini-generate/read-schema.ts'
import { sealThought } from '../../../gateway/translate/gemini-generate/thought-seal.ts'
import { writeGemini } from '../../../gateway/translate/gemini-generate/write-request.ts'
import { uniqueCalls } from '../../../gateway/translate/unique-calls.ts'
import { seed } from '../../conformance/recordings.ts'

const hi = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
const read = (body: JsonObject): ReturnType<typeof readGemini> => readGemini({ ...hi, ...body })

describe('messages', () => {
  it('hold the system, both roles, thoughts with their signature and media', () => {
    const contents = [
      { parts: [{ text: 'look' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }, { inline_data: { mime_type: 'audio/mpeg', data: 'BBBB' } }] },
      {
        role: 'model',
        parts: [
          { text: 'hm, ', thought: true },
          { text: 'yes', thought: true },
          { text: '', thought: true, thoughtSignature: sealThought({ signature: 'c2ln' }) },
          { text: '', thought: true, thoughtSignature: sealThought({ redacted: 'xyz' }) },
          { text: 'Gemini’s own', thought: true, thoughtSignature: 'g2ln' },
          { text: 'A cat.' },
          { text: '' },
        ],
      },
      {
        role: 'user',
        parts: [{ inlineData: { mimeType: 'application/pdf', data: 'CCCC', displayName: 'a.pdf' } }, { fileData: { fileUri: 'https://example.com/a.png' } }],
      },
    ]
    expect(readGemini({ system_instruction: { parts: [{ text: 'Be brief.' }] }, contents }).messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'look' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
          { type: 'audio', data: 'BBBB', format: 'mp3' },
        ],
      },
      {
        role: 'assistant',
        parts: [{ type: 'text', text: 'A cat.' }],
        thinking: [{ text: 'hm, yes', signature: 'c2ln' }, { text: '', redacted: 'xyz' }, { text: 'Gemini’s own' }],
        toolCalls: [],
      },
      {
        role: 'user',
        parts: [
          { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'CCCC' }, name: 'a.pdf' },
          { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
        ],
      },
    ])
  })

  it('pair results with calls by id, or by name and order where there is none', () => {
    const call = (name: string, more: JsonObject = {}): JsonObject => ({ functionCall: { name, args: { n: name }, ...more } })
    const answer = (name: string, response: JsonObject, more: JsonObject = {}): JsonObject => ({ functionResponse: { name, response, ...more } })
    const contents = [
      { role: 'user', parts: [{ text: 'go' }] },
      { role: 'model', parts: [{ ...call('f'), thoughtSignature: 'c2ln' }, call('f'), call('g', { id: 'own' }), call('f')] },
      {
        role: 'user',
        parts: [
          answer('g', { output: 'third' }, { id: 'own' }),
          { text: 'and now' },
          answer('f', { output: 'first' }),
          answer('f', { error: 'second' }),
          answer('f', { a: 1, output: 2 }),
        ],
      },
    ]
    const [, asked, ...rest] = readGemini({ contents }).messages
    const ids = asked?.role === 'assistant' ? asked.toolCalls.map((made) => made.id) : []
    expect(new Set(ids).size).toBe(4)
    expect(asked).toMatchObject({ toolCalls: [{ name: 'f', argumentsText: '{"n":"f"}', thoughtSignature: 'c2ln' }, {}, { id: 'own', name: 'g' }, {}] })
    expect(rest).toEqual([
      { role: 'tool', callId: 'own', parts: [{ type: 'text', text: 'third' }] },
      { role: 'tool', callId: ids[0], parts: [{ type: 'text', text: 'first' }] },
      { role: 'tool', callId: ids[1], parts: [{ type: 'text', text: 'second' }], isError: true },
      { role: 'tool', callId: ids[3], parts: [{ type: 'text', text: '{"a":1,"output":2}' }] },
      { role: 'user', parts: [{ type: 'text', text: 'and now' }] },
    ])
  })

  it.each<[string, JsonObject, string]>([
    ['no contents', { contents: [] }, 'contents'],
    ['an odd role', { contents: [{ role: 'system', parts: [] }] }, 'contents[0].role'],
    ['an unknown part', { contents: [{ parts: [{ video: 1 }] }] }, 'contents[0].parts[0]'],
    ['an uploaded file', { contents: [{ parts: [{ fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/x' } }] }] }, 'fileUri'],
    ['a stored file', { contents: [{ parts: [{ file_data: { file_uri: 'gs://b/x' } }] }] }, 'fileUri'],
    ['stored content', { cachedContent: 'cachedContents/x' }, 'cachedContent'],
    ['a hosted tool', { tools: [{ googleSearch: {} }] }, 'tools[0].googleSearch'],
    ['a nameless function', { tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
    ['another media type', { generationConfig: { responseMimeType: 'text/x.enum' } }, 'responseMimeType'],
    ['a temperature as text', { generationConfig: { temperature: '1' } }, 'generationConfig.temperature'],
  ])('are refused by the field’s name: %s', (_, body, named) => {
    expect(() => read(body)).toThrow(named)
  })
})

describe('parameters', () => {
  it('are read in both spellings', () => {
    const meant = { outputTokensMax: 9, topP: 0.5, topK: 4, seed: 1, presencePenalty: 0.1, frequencyPenalty: 0.2, stop: ['x'], choices: 2 }
    const camel = { maxOutputTokens: 9, topP: 0.5, topK: 4, seed: 1, presencePenalty: 0.1, frequencyPenalty: 0.2, stopSequences: ['x'], candidateCount: 2 }
    const snake = {
      max_output_tokens: 9,
      top_p: 0.5,
      top_k: 4,
      seed: 1,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      stop_sequences: ['x'],
      candidate_count: 2,
    }
    expect(read({ generationConfig: camel })).toMatchObject({ ...meant, lost: [] })
    expect(read({ generation_config: snake })).toMatchObject({ ...meant, lost: [] })
  })
  it('that no other vendor knows are named as lost', () => {
    const body = { safetySettings: [], labels: { a: 'b' }, generationConfig: { mediaResolution: 'LOW', responseLogprobs: true, temperature: 1 } }
    expect(read({ generationConfig: { responseModalities: ['Text', 'IMAGE'] } }).lost).toEqual(['generationConfig.responseModalities'])
    expect(read({ generationConfig: { responseModalities: ['TEXT'] } }).lost).toEqual([])
    expect(read(body).lost).toEqual(['safetySettings', 'generationConfig.mediaResolution', 'generationConfig.responseLogprobs'])
  })
  it.each<[JsonObject, unknown]>([
    [{ mode: 'AUTO' }, { kind: 'auto' }],
    [{ mode: 'VALIDATED' }, { kind: 'auto' }],
    [{ mode: 'NONE' }, { kind: 'none' }],
    [{ mode: 'ANY' }, { kind: 'required' }],
    [
      { mode: 'ANY', allowedFunctionNames: ['f'] },
      { kind: 'tool', name: 'f' },
    ],
    [{ mode: 'any', allowed_function_names: ['f', 'g'] }, { kind: 'required' }],
    [{}, undefined],
  ])('choose tools: %j', (config, choice) => {
    expect(read({ toolConfig: { functionCallingConfig: config } }).toolChoice).toEqual(choice)
  })
  it.each<[JsonObject, unknown]>([
    [{ responseMimeType: 'text/plain' }, undefined],
    [{ responseMimeType: 'application/json' }, { kind: 'json' }],
    [
      { responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } },
      { kind: 'schema', name: 'response', schema: { type: 'object' } },
    ],
    [{ responseSchema: { type: 'OBJECT' } }, { kind: 'schema', name: 'response', schema: { type: 'object' } }],
  ])('shape the answer: %j', (config, format) => {
    expect(read({ generationConfig: config }).responseFormat).toEqual(format)
  })
  it.each<[JsonObject, unknown]>([
    [{ thinkingLevel: 'HIGH' }, 'high'],
    [{ thinking_level: 'minimal' }, 'minimal'],
    [{ thinkingBudget: 0 }, 'none'],
    [{ thinkingBudget: -1 }, undefined],
    [{ thinkingBudget: 1024 }, 'low'],
    [{ thinkingBudget: 8000 }, 'medium'],
    [{ thinkingBudget: 24576, includeThoughts: true }, 'high'],
    [{ includeThoughts: true }, undefined],
  ])('ask for effort: %j', (config, effort) => {
    expect(read({ generationConfig: { thinkingConfig: config } }).reasoningEffort).toBe(effort)
  })
  it('read a schema of Google’s as JSON Schema, and JSON Schema as it is', () => {
    const subset = {
      type: 'OBJECT',
      properties: { type: { type: 'STRING', nullable: true, enum: ['a'] }, n: { type: 'ARRAY', maxItems: '3', items: { type: 'INTEGER', example: 7 } } },
      required: ['type'],
      propertyOrdering: ['n', 'type'],
      anyOf: [{ type: 'OBJECT' }],
    }
    const meant = {
      type: 'object',
      properties: { type: { type: ['string', 'null'], enum: ['a', null] }, n: { type: 'array', maxItems: 3, items: { type: 'integer', examples: [7] } } },
      required: ['type'],
      anyOf: [{ type: 'object' }],
    }
    expect(toJsonSchema(subset)).toEqual(meant)
    const [first, second] = read({
      tools: [
        {
          functionDeclarations: [
            { name: 'f', description: 'd', parameters: subset },
            { name: 'g', parametersJsonSchema: { $ref: '#' } },
          ],
        },
      ],
    }).tools
    expect([first, second]).toEqual([
      { name: 'f', description: 'd', parameters: meant },
      { name: 'g', parameters: { $ref: '#' } },
    ])
  })
})

describe('reading what was written', () => {
  const text = fc.string({ minLength: 1, maxLength: 12 })
  const part = fc.oneof(
    text.map((value) => ({ text: value })),
    fc.constantFrom(
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } },
      { inlineData: { mimeType: 'application/pdf', data: 'AAAA' } },
    ),
  )
  const call = fc.record({ functionCall: fc.record({ name: text, id: text, args: fc.dictionary(text, fc.integer(), { maxKeys: 2 }) }) })
  const turns = fc.array(fc.tuple(fc.array(part, { minLength: 1, maxLength: 3 }), fc.array(fc.oneof(part, call), { minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
  })
  const config = fc.record(
    {
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      topK: fc.integer({ min: 1, max: 99 }),
      seed: fc.integer(),
      stopSequences: fc.array(text, { maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  it('gives the same request again, with calls of one id told apart', () => {
    const target = { model: 'gemini-2.5-flash', stream: false, outputTokensMax: 77, settings: {}, quirks: {} }
    fc.assert(
      fc.property(turns, config, (pairs, generationConfig) => {
        const contents = pairs.flatMap(([user, model]) => [
          { role: 'user', parts: user },
          { role: 'model', parts: model },
        ])
        const body = JSON.parse(JSON.stringify({ contents, generationConfig: { ...generationConfig, maxOutputTokens: 77 } })) as JsonObject
        const first = readGemini(body)
        const again = readGemini(JSON.parse(JSON.stringify(writeGemini(first, target).body)) as JsonObject)
        expect(again).toEqual({ ...first, messages: uniqueCalls(first.messages) })
      }),
      { seed, numRuns: 200 },
    )
  })
})

describe('the bound', () => {
  it('counts media and takes the cap in either spelling', () => {
    const parts = [
      { inlineData: { mimeType: 'image/png', data: 'A'.repeat(100) } },
      { inline_data: { mime_type: 'application/pdf', data: 'A'.repeat(50) } },
      { inlineData: { mimeType: 'text/csv', data: 'A'.repeat(9) } },
      { functionResponse: { name: 'f', parts: [{ inlineData: { mimeType: 'image/jpeg', data: 'AAAA' } }] } },
    ]
    expect(boundGemini({ contents: [{ parts }], generation_config: { max_output_tokens: 7.5, candidate_count: 3 } })).toEqual({
      mediaBytes: 154,
      images: 2,
      files: 1,
      outputTokensMax: 8,
      choices: 3,
      unbounded: [],
    })
  })
  it('believes no cap that another spelling may undo', () => {
    expect(boundGemini({ generationConfig: { maxOutputTokens: 5 }, generation_config: {} }).outputTokensMax).toBeUndefined()
    expect(boundGemini({ generationConfig: { maxOutputTokens: 5, max_output_tokens: 50 } }).outputTokensMax).toBe(50)
    expect(boundGemini({ generationConfig: { maxOutputTokens: '5' } }).outputTokensMax).toBeUndefined()
    expect(boundGemini({}).outputTokensMax).toBeUndefined()
  })
  it('names what the request does not show', () => {
    const body = {
      contents: [{ parts: [{ fileData: { fileUri: 'x' } }, { inlineData: { mimeType: 'video/mp4', data: 'A' } }, { inlineData: { data: 'A' } }] }],
      tools: [{ functionDeclarations: [], googleSearch: {} }, { url_context: {} }],
      cached_content: 'c',
      serviceTier: 'PRIORITY',
      generationConfig: { responseModalities: ['TEXT', 'IMAGE'], speechConfig: {}, candidateCount: '2' },
    }
    expect([...boundGemini(body).unbounded].sort()).toEqual(
      [
        'contents[0].parts[0].fileData',
        'contents[0].parts[1].inlineData (video/mp4)',
        'contents[0].parts[2].inlineData (no type)',
        'tools[0].googleSearch',
        'tools[1].url_context',
        'cachedContent',
        'serviceTier (priority)',
        'responseModalities (IMAGE)',
        'speechConfig',
        'candidateCount (not a number)',
      ].sort(),
    )
  })
  it('never throws', () => {
    const names = ['contents', 'generationConfig', 'tools', 'systemInstruction']
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 4 })), (body) => {
        expect(Array.isArray(boundGemini(body as JsonObject).unbounded)).toBe(true)
      }),
      { seed, numRuns: 200 },
    )
  })
})
