import { z } from 'zod'
import { count, modelGlobs, modelName, timerMs } from './scalars.ts'

/** A declared set of models that requests ask for like a model. */
const poolSchema = z.strictObject({
  id: modelName.describe('What requests write as `model`, such as openrouter/auto.'),
  models: modelGlobs.min(1).describe('Globs over model ids, in order of preference.'),
  exclude: modelGlobs.default([]).describe('Globs over model ids that are left out.'),
  pick: z
    .enum(['order', 'price', 'random'])
    .default('order')
    .describe('order: as listed; price: cheapest first; random: drawn evenly.'),
  size: count.max(100).default(3).describe('How many become candidates: the first, and fallbacks behind it.'),
})

/** A rule that sends requests of a task somewhere. */
const ruleSchema = z.strictObject({
  name: z.string().min(1).max(100).describe('Name in records; unique.'),
  when: z
    .strictObject({
      task: z.array(z.string().min(1)).default([]).describe("Globs over the request's task; empty: any."),
      latency_budget_ms: timerMs
        .nullable()
        .default(null)
        .describe("Matches when the request's latency budget is at most this; null: any, also none."),
      models: modelGlobs.default([]).describe('Globs over the requested models; empty: any.'),
    })
    .prefault({})
    .describe('Which requests it is for.'),
  models: z
    .array(modelName)
    .default([])
    .describe('Candidate models instead of the requested ones; empty: those.'),
  provider: z
    .record(z.string(), z.json())
    .default({})
    .describe('Fields of a `provider` object, for those that the request leaves open.'),
})

/** Names and tasks that the operator declares. */
export const tablesShape = {
  pools: z
    .array(poolSchema)
    .default([])
    .describe('Named sets of models, such as openrouter/auto and openrouter/free.'),
  aliases: z
    .record(modelName, modelName)
    .default({})
    .describe('Other names of models; the target may have a variant.'),
  rules: z
    .array(ruleSchema)
    .default([])
    .describe('Where requests of a task go; the first that matches counts.'),
}
