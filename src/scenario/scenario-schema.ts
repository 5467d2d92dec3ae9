import { z } from 'zod'
import { builtinSetNames } from './builtin/sets.ts'
import { checkSchema } from './check-schema.ts'
import { faultSchema } from './fault-schema.ts'
import { changeSchema, regimeSchema } from './market-schema.ts'

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'use lower-case letters, digits, ".", "_" and "-" (at most 63)')
const positive = z.number().positive()
const seconds = z.number().nonnegative()
const count = z.int().positive()
/** Requests per arm are held in memory. */
const requests = count.max(1_000_000)
/** A timer of more than 2³¹ − 1 ms would fire at once. */
const timeoutMs = positive.max(2_147_483_647)
const file = z.string().min(1).describe('Path, relative to the scenario file.')

/** Free-form JSON: body fields, or a JSON Schema. */
export const parametersSchema = z.record(z.string(), z.json())
const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'name an environment variable; never write the key itself')

const targetSchema = z
  .union([
    z.enum(['simulated', 'router']),
    z.strictObject({
      base_url: z
        .string()
        .describe('Base URL of an OpenAI-compatible API, such as http://127.0.0.1:8080/api/v1.'),
      api_key_env: envName.nullable().default(null).describe('Environment variable that holds the API key.'),
    }),
  ])
  .describe(
    'simulated: simulated providers behind the instrumented router; router: the instrumented router in front of real providers; or the base URL of any OpenAI-compatible API.',
  )

const armSchema = z.strictObject({
  name: name.describe('Name of this side of the comparison.'),
  model: z.string().regex(/^\S+$/, 'a model id has no spaces').describe('Model id, such as z-ai/glm-5.2.'),
  target: targetSchema.default('simulated'),
  parameters: parametersSchema.default({}).describe("Body fields of this arm's requests, over all others."),
  session_id: z
    .boolean()
    .default(true)
    .describe(
      'Send session_id with the requests of a conversation, so that routers keep it on one provider.',
    ),
})

const workloadSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('builtin'),
      set: z.enum(builtinSetNames).describe('Built-in prompt set.'),
      requests: requests.describe(
        'Requests per arm; the set is played again from the start when it is shorter.',
      ),
    }),
    z.strictObject({
      kind: z.literal('prompts'),
      file: file.describe('JSON Lines file of prompts, relative to the scenario file.'),
      requests: requests.nullable().default(null).describe('Requests per arm; null: each line once.'),
    }),
    z.strictObject({
      kind: z.literal('sessions'),
      file: file.describe('JSON Lines file of recorded sessions, relative to the scenario file.'),
      sessions: count.describe('How many sessions to take, drawn by seed.'),
      max_turns: count.nullable().default(null).describe('Turns of a session that are played at most.'),
      think_speed: positive.default(1).describe('Recorded think times are divided by this.'),
      max_think_seconds: seconds
        .nullable()
        .default(null)
        .describe('Longest pause played, after think_speed.'),
      max_input_tokens: count
        .nullable()
        .default(null)
        .describe('A session ends before its first turn with a longer prompt.'),
      max_output_tokens: count
        .nullable()
        .default(null)
        .describe('max_tokens of a turn is its recorded output, at most this.'),
    }),
  ])
  .describe('What is asked. Every item is played once per arm.')

const rate = positive.describe(
  'Starts per second over all arms; a start is a single request or a first turn.',
)

const arrivalsSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('closed'),
      concurrency: count.describe('Conversations in flight at once.'),
    }),
    z.strictObject({ kind: z.literal('constant'), rate_per_second: rate }),
    z.strictObject({ kind: z.literal('poisson'), rate_per_second: rate }),
    z.strictObject({
      kind: z.literal('recorded'),
      speed: positive.default(1).describe("The file's timestamps are divided by this."),
    }),
  ])
  .describe('When requests are due.')

/** Paths are relative to the scenario file. */
const filesSchema = z.array(z.string().min(1)).default([])

/** The scenario file, version 1, before names and units are brought into the program's form. */
export const scenarioFileSchema = z.strictObject({
  version: z.literal(1).default(1).describe('Version of this format.'),
  name: name.describe('Name of the scenario, kept with every record.'),
  description: z.string().default('').describe('What it is for.'),
  seed: z
    .union([z.string().min(1), z.int()])
    .default('1')
    .describe('Same file and same seed: same requests at the same times.'),
  arms: z.array(armSchema).min(1).describe('The sides of the comparison; one is enough.'),
  workload: workloadSchema,
  arrivals: arrivalsSchema,
  phases: z
    .strictObject({
      warmup_seconds: seconds.default(0).describe('Items due in the first seconds are warm-up (open loop).'),
      cooldown_seconds: seconds
        .default(0)
        .describe('Items due in the last seconds are cool-down (open loop).'),
      warmup_items: z.int().nonnegative().default(0).describe('The first items are warm-up.'),
      cooldown_items: z.int().nonnegative().default(0).describe('The last items are cool-down.'),
    })
    .prefault({})
    .describe('Which requests are left out of the results.'),
  request: z
    .strictObject({
      max_tokens: count.nullable().default(null).describe('max_tokens of prompts that do not set it.'),
      stream: z.boolean().default(true),
      timeout_ms: timeoutMs.default(120_000).describe('A request is given up after this.'),
      parameters: parametersSchema.default({}).describe('Body fields of every request.'),
    })
    .prefault({})
    .describe('What all requests have in common.'),
  checks: z.array(checkSchema).default([]).describe('Assertions on every answer.'),
  simulation: z
    .strictObject({
      speed: positive.default(1).describe('Latencies of the simulated providers are divided by this.'),
      faults: z.array(faultSchema).default([]).describe('Scripted faults of the simulated providers.'),
      regimes: z.array(regimeSchema).default([]).describe('Good and bad times of the simulated providers.'),
      changes: z.array(changeSchema).default([]).describe('What changes for good during the run.'),
      catalogs: filesSchema.describe('Catalogue files laid over the built-in one.'),
      calibrations: filesSchema.describe('Calibration files laid over the built-in one.'),
      log: z.boolean().default(false).describe('Keep what the simulated providers saw in providers.ndjson.'),
    })
    .prefault({})
    .describe('How the simulated providers behave.'),
  router: z
    .strictObject({
      sticky_ttl_seconds: positive.default(600).describe('A conversation stays on its provider this long.'),
      attempt_timeout_ms: timeoutMs.default(60_000).describe('Longest attempt.'),
      first_token_timeout_ms: timeoutMs
        .default(30_000)
        .describe('Longest wait for the first token of an attempt.'),
    })
    .prefault({})
    .describe('Settings of the instrumented router.'),
  budget: z
    .strictObject({
      max_usd: z
        .union([z.string(), z.number()])
        .nullable()
        .default(null)
        .describe('The run stops cleanly when it has cost this much.'),
      max_seconds: positive
        .max(2_147_483)
        .nullable()
        .default(null)
        .describe('The run stops cleanly after this time.'),
    })
    .prefault({})
    .describe('When a run stops early.'),
  labels: z.record(z.string(), z.string()).default({}).describe('Kept with the run.'),
})

/** A scenario file with its defaults. */
export type ScenarioFile = z.output<typeof scenarioFileSchema>

/** A scenario file as people may write it. */
export type ScenarioFileInput = z.input<typeof scenarioFileSchema>
