import { z } from 'zod'
import { knownParameters } from '../../catalog/index.ts'
import { type PicoUsd, parseUsd } from '../../core/index.ts'

/** Orders of `GET /models` that can be made from the catalogue and from what was measured. */
const modelSorts = [
  'newest',
  'pricing-low-to-high',
  'pricing-high-to-low',
  'context-high-to-low',
  'throughput-high-to-low',
  'latency-low-to-high',
] as const

const unmeasured =
  'this order needs popularity or benchmark scores, which the router does not have; it has ' +
  modelSorts.join(', ')
const noScores = 'the router has no benchmark scores'
const noCategories = 'the catalogue has no categories'

/** A parameter of OpenRouter's that makes no sense here: its presence is refused, with the reason. */
const refused = (reason: string) => z.undefined({ error: reason }).optional()

const count = z
  .string()
  .regex(/^\d{1,9}$/, 'not a whole number')
  .transform(Number)
const usdPerMillion = z.string().transform((text, issue): PicoUsd => {
  const amount = parseUsd(text)
  if (amount !== null && amount >= 0n) return amount
  issue.addIssue('not a price in USD per million tokens')
  return z.NEVER
})
const words = z.string().transform(wordsOf)
const parameter = z.enum(knownParameters, { error: 'no such parameter' })
const modality = z.enum(['text', 'image', 'file', 'audio', 'video'], { error: 'no such modality' })
const outputModality = z.enum(
  ['text', 'image', 'audio', 'video', 'embeddings', 'rerank', 'decisions', 'speech', 'transcription'],
  { error: 'no such modality' },
)
const outputModalities = z.union([
  z.literal('all').transform(() => null),
  words.pipe(z.array(outputModality)),
])

const schema = z.strictObject({
  offset: count.optional(),
  limit: count.pipe(z.int().min(1).max(1000)).optional(),
  q: words.optional(),
  supported_parameters: words.pipe(z.array(parameter)).optional(),
  input_modalities: words.pipe(z.array(modality)).optional(),
  output_modalities: outputModalities.optional(),
  context: count.optional(),
  min_price: usdPerMillion.optional(),
  max_price: usdPerMillion.optional(),
  min_output_price: usdPerMillion.optional(),
  max_output_price: usdPerMillion.optional(),
  arch: words.optional(),
  model_authors: words.optional(),
  providers: words.optional(),
  distillable: z.enum(['true', 'false']).optional(),
  zdr: z.literal('true').optional(),
  region: z.enum(['eu', 'us']).optional(),
  min_age_days: count.optional(),
  max_age_days: count.optional(),
  sort: z.enum(modelSorts, { error: unmeasured }).optional(),
  category: refused(noCategories),
  use_rss: refused('there is no RSS feed'),
  min_intelligence_index: refused(noScores),
  max_intelligence_index: refused(noScores),
  min_coding_index: refused(noScores),
  max_coding_index: refused(noScores),
  min_agentic_index: refused(noScores),
  max_agentic_index: refused(noScores),
  min_tool_success_rate: refused(noScores),
  max_tool_success_rate: refused(noScores),
})

/** What `GET /models` was asked for: checked, by OpenRouter's names. What is left out does not restrict. */
export type ModelQuery = z.infer<typeof schema>

/** A query, or what is wrong with it, each problem with the name of its parameter. */
export type ModelQueryResult =
  | { readonly ok: true; readonly query: ModelQuery }
  | { readonly ok: false; readonly problem: string }

/** Reads the query of `GET /models`. Pure; never throws. */
export function parseModelQuery(search: URLSearchParams): ModelQueryResult {
  const names = [...search.keys()]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return { ok: false, problem: `${shortened(twice)}: given more than once` }
  // An empty value restricts nothing: forms send it.
  const given = [...search].filter(([, value]) => value !== '')
  const parsed = schema.safeParse(Object.fromEntries(given))
  if (parsed.success) return { ok: true, query: parsed.data }
  return { ok: false, problem: parsed.error.issues.slice(0, 10).map(textOf).join('; ') }
}

function textOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return `${String(issue.path[0] ?? 'query')}: ${issue.message}`
  return issue.keys.map(key => `${shortened(key)}: no such query parameter`).join('; ')
}

function shortened(name: string): string {
  return name.slice(0, 100)
}

function wordsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map(word => word.trim().toLowerCase())
    .filter(word => word !== '')
}
