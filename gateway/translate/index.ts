// The shelf of wires: one line per wire, and nothing else.
// Promises: every wire id of the contract is here (the type says so). Leaves alone: who speaks which (providers/).

import type { Wires } from '../contract/wire.ts'
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import { bedrockConverse } from './bedrock-converse/bedrock-converse.ts'
import { bedrockCohereEmbed } from './bedrock-cohere-embed.ts'
import { bedrockInvoke } from './bedrock-invoke/bedrock-invoke.ts'
import { cohereChatV1 } from './cohere-chat-v1.ts'
import { cohereChat } from './cohere-chat/cohere-chat.ts'
import { cohereEmbed } from './cohere-embed.ts'
import { bedrockTitanEmbed } from './bedrock-titan-embed.ts'
import { cohereRerank } from './cohere-rerank/cohere-rerank.ts'
import { geminiEmbed } from './gemini-embed.ts'
import { geminiGenerate } from './gemini-generate/gemini-generate.ts'
import { jinaRerank } from './jina-rerank.ts'
import { mistralChat } from './mistral-chat.ts'
import { ollamaChat } from './ollama-chat/ollama-chat.ts'
import { ollamaEmbed } from './ollama-embed.ts'
import { ollamaGenerate } from './ollama-generate.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'
import { openaiCompletions } from './openai-completions/openai-completions.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiImageEdits } from './openai-image-edits.ts'
import { openaiImages } from './openai-images.ts'
import { openaiModerations } from './openai-moderations.ts'
import { openaiResponses } from './openai-responses/openai-responses.ts'
import { openaiSpeech } from './openai-speech.ts'
import { openaiTranscriptions } from './openai-transcriptions.ts'
import { openaiTranslations } from './openai-translations.ts'
import { teiRerank } from './tei-rerank.ts'
import { vertexEmbed } from './vertex-embed.ts'
import { vertexPredict } from './vertex-predict.ts'
import { voyageRerank } from './voyage-rerank.ts'

export const wires: Wires = {
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  'openai-embeddings': openaiEmbeddings,
  'openai-responses': openaiResponses,
  'openai-images': openaiImages,
  'openai-image-edits': openaiImageEdits,
  'openai-speech': openaiSpeech,
  'openai-transcriptions': openaiTranscriptions,
  'openai-translations': openaiTranslations,
  'openai-moderations': openaiModerations,
  'anthropic-messages': anthropicMessages,
  'ollama-chat': ollamaChat,
  'ollama-generate': ollamaGenerate,
  'ollama-embed': ollamaEmbed,
  'gemini-generate': geminiGenerate,
  'gemini-embed': geminiEmbed,
  'bedrock-converse': bedrockConverse,
  'bedrock-invoke': bedrockInvoke,
  'bedrock-cohere-embed': bedrockCohereEmbed,
  'bedrock-titan-embed': bedrockTitanEmbed,
  'vertex-predict': vertexPredict,
  'vertex-embed': vertexEmbed,
  'mistral-chat': mistralChat,
  'cohere-chat': cohereChat,
  'cohere-chat-v1': cohereChatV1,
  'cohere-embed': cohereEmbed,
  'cohere-rerank': cohereRerank,
  'jina-rerank': jinaRerank,
  'voyage-rerank': voyageRerank,
  'tei-rerank': teiRerank,
}
