import type { JsonObject } from '../../core/index.ts'
import { createDepartures, type Departures } from '../departures.ts'
import { asArray, asObject, asText } from '../json.ts'
import type { EncodedRequest, EncodeOptions } from '../protocol.ts'
import { asksFor, otherFields, withoutRouterFields, wordSet } from '../request-fields.ts'
import { encodeContents } from './contents.ts'
import { encodeThinking } from './thinking.ts'
import { encodeTools } from './tools.ts'

/** Fields that mean something here under another name or in another form. */
const translated: ReadonlySet<string> = wordSet(`
  model messages stream stream_options max_tokens max_completion_tokens stop temperature top_p top_k seed n
  presence_penalty frequency_penalty logprobs top_logprobs tools tool_choice parallel_tool_calls response_format
  reasoning reasoning_effort include_reasoning service_tier prompt_cache_key modalities cache_control`)

/** Numbers that only change their name. */
const renamed: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  seed: 'seed',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  top_logprobs: 'logprobs',
}

/**
 * A chat request as one of Gemini's. Fields that only chat completions know are left out and named; unknown ones, among
 * them Gemini's own, go as they are, and its own `generationConfig` goes before what was translated. Pure.
 */
export function encodeGenerateRequest(fields: JsonObject, options: EncodeOptions): EncodedRequest {
  const departures = createDepartures()
  const { kept, unsupported } = withoutRouterFields(fields)
  unsupported.forEach(departures.leaveOut)
  const { generationConfig: own, ...others } = otherFields(kept, translated, departures)
  if (asksFor('cache_control', kept['cache_control'])) departures.leaveOut('cache_control')
  const config = { ...generationConfig(kept, options, departures), ...asObject(own) }
  const body = {
    ...encodeContents(asArray(kept['messages']), departures),
    ...encodeTools(kept, departures),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
    ...serviceTier(kept['service_tier'], departures),
    ...others,
  }
  const verb = options.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
  return {
    path: `/models/${encodeURIComponent(options.upstreamModel)}:${verb}`,
    headers: {},
    keyHeader: 'x-goog-api-key',
    body: JSON.stringify(body),
    ...departures.told(),
  }
}

function generationConfig(fields: JsonObject, options: EncodeOptions, departures: Departures): JsonObject {
  const asked = fields['max_completion_tokens'] ?? fields['max_tokens']
  const maxTokens = typeof asked === 'number' ? asked : null
  const numbers = Object.entries(renamed).filter(([name]) => typeof fields[name] === 'number')
  const { stop, n } = fields as { readonly [name: string]: unknown }
  const stops = (Array.isArray(stop) ? stop : [stop]).filter(text => typeof text === 'string')
  const thinking = encodeThinking(fields, { options, maxTokens, departures })
  return {
    ...Object.fromEntries(numbers.map(([name, ours]) => [ours, fields[name]])),
    ...(maxTokens !== null && { maxOutputTokens: maxTokens }),
    ...(stops.length > 0 && { stopSequences: stops }),
    ...(typeof n === 'number' && n !== 1 && { candidateCount: n }),
    ...(fields['logprobs'] === true && { responseLogprobs: true }),
    ...(thinking && { thinkingConfig: thinking }),
    ...outputFormat(asObject(fields['response_format']), departures),
    ...modalities(fields['modalities']),
  }
}

function outputFormat(format: JsonObject | null, departures: Departures): JsonObject {
  const type = asText(format?.['type']) || 'text'
  const schema = asObject(asObject(format?.['json_schema'])?.['schema'])
  if (type === 'json_object' || type === 'json_schema') {
    return { responseMimeType: 'application/json', ...(schema && { responseJsonSchema: schema }) }
  }
  if (type !== 'text') departures.leaveOut(`response_format ${type}`)
  return {}
}

function modalities(asked: unknown): JsonObject {
  const named = asArray(asked).filter(one => typeof one === 'string')
  return named.length > 0 ? { responseModalities: named.map(one => one.toUpperCase()) } : {}
}

function serviceTier(tier: unknown, departures: Departures): JsonObject {
  if (tier === 'flex' || tier === 'priority') return { serviceTier: tier }
  if (asksFor('service_tier', tier)) departures.leaveOut('service_tier')
  return {}
}
