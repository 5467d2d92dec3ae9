import type { JsonObject } from '../../core/index.ts'
import { createDepartures, type Departures } from '../departures.ts'
import { asArray, asObject, asText } from '../json.ts'
import type { EncodedRequest, EncodeOptions } from '../protocol.ts'
import { asksFor, otherFields, withoutRouterFields, wordSet } from '../request-fields.ts'
import { hostOf } from './hosts.ts'
import { encodeMessages } from './messages.ts'
import { encodeThinking } from './thinking.ts'
import { encodeToolChoice, encodeTools } from './tools.ts'

/** Version of the API (docs: api/versioning). */
const apiVersion = '2023-06-01'
/** Longest answer to ask for when nobody said one; the API wants a number. */
const fallbackMaxTokens = 4096

/** Fields that mean something here under another name or in another form; they are read one by one below. */
const translated: ReadonlySet<string> = wordSet(`
  model messages stream stream_options max_tokens max_completion_tokens stop user temperature top_p top_k tools
  tool_choice parallel_tool_calls response_format verbosity service_tier prompt_cache_key
  reasoning reasoning_effort include_reasoning`)

/**
 * A chat request as one of Anthropic's messages. Fields that only chat completions know are left out and named; unknown
 * ones, among them Anthropic's own, go as they are. Pure.
 */
export function encodeMessageRequest(fields: JsonObject, options: EncodeOptions): EncodedRequest {
  const departures = createDepartures()
  const { kept, unsupported } = withoutRouterFields(fields)
  unsupported.forEach(departures.leaveOut)
  const host = hostOf(options.host)
  const maxTokens = maxTokensOf(kept, options, departures)
  const thinking = encodeThinking(kept, { supports: options.supports, maxTokens, departures })
  const body = {
    ...(host.modelIn === 'body' ? { model: options.upstreamModel } : { anthropic_version: host.version }),
    max_tokens: maxTokens,
    ...encodeMessages(asArray(kept['messages']), departures),
    ...encodeTools(asArray(kept['tools'])),
    ...encodeToolChoice(kept, departures),
    ...thinking.fields,
    ...outputConfig(kept, thinking.effort, departures),
    ...sampling(kept, thinking.isOn, departures),
    ...stopSequences(kept['stop']),
    ...(typeof kept['user'] === 'string' && { metadata: { user_id: kept['user'] } }),
    ...serviceTier(kept['service_tier'], departures),
    ...otherFields(kept, translated, departures),
    ...(options.stream && { stream: true }),
  }
  return {
    path: host.path(options),
    headers: host.modelIn === 'body' ? { 'anthropic-version': apiVersion } : {},
    keyHeader: host.keyHeader,
    body: JSON.stringify(body),
    ...departures.told(),
  }
}

function maxTokensOf(fields: JsonObject, options: EncodeOptions, departures: Departures): number {
  const asked = fields['max_completion_tokens'] ?? fields['max_tokens']
  if (typeof asked === 'number') return asked
  const { defaultMaxTokens = fallbackMaxTokens } = options
  departures.change(`max_tokens ${defaultMaxTokens}`)
  return defaultMaxTokens
}

/** Temperatures go from 0 to 1 here; with thinking, sampling is the model's own. */
function sampling(fields: JsonObject, isThinking: boolean, departures: Departures): JsonObject {
  const { temperature, top_p: topP, top_k: topK } = fields as { readonly [name: string]: unknown }
  const told: Record<string, unknown> = {}
  if (typeof temperature === 'number') {
    if (isThinking && temperature !== 1) departures.leaveOut('temperature')
    else told['temperature'] = Math.min(1, temperature)
    if (!isThinking && temperature > 1) departures.change('temperature 1')
  }
  if (typeof topP === 'number') {
    if (isThinking && topP < 0.95) departures.leaveOut('top_p')
    else told['top_p'] = topP
  }
  if (typeof topK === 'number' && topK > 0) {
    if (isThinking) departures.leaveOut('top_k')
    else told['top_k'] = topK
  }
  return told
}

function stopSequences(stop: unknown): JsonObject {
  const texts = (Array.isArray(stop) ? stop : [stop]).filter(text => typeof text === 'string')
  return texts.length > 0 ? { stop_sequences: texts } : {}
}

/** Effort, and JSON by schema. */
function outputConfig(fields: JsonObject, thinkingEffort: string | null, departures: Departures): JsonObject {
  const verbosity = asText(fields['verbosity'])
  // Both are one dial here.
  if (thinkingEffort !== null && verbosity !== '') departures.leaveOut('verbosity')
  const effort = thinkingEffort ?? verbosity
  const config = { ...(effort !== '' && { effort }), ...outputFormat(fields, departures) }
  return Object.keys(config).length > 0 ? { output_config: config } : {}
}

/** An answer that is any JSON object cannot be asked for. */
function outputFormat(fields: JsonObject, departures: Departures): JsonObject {
  const format = asObject(fields['response_format']) ?? {}
  const { type = 'text' } = format as { readonly [name: string]: unknown }
  const schema = asObject(asObject(format['json_schema'])?.['schema'])
  if (type === 'json_schema' && schema) return { format: { type, schema } }
  if (type !== 'text') departures.leaveOut(`response_format ${asText(type)}`)
  return {}
}

/** Whether capacity bought beforehand may be used is all that can be said. */
function serviceTier(tier: unknown, departures: Departures): JsonObject {
  if (tier === 'auto' || tier === 'standard_only') return { service_tier: tier }
  if (tier === 'default') return { service_tier: 'standard_only' }
  if (asksFor('service_tier', tier)) departures.leaveOut('service_tier')
  return {}
}
