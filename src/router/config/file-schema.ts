import { z } from 'zod'
import { defaultRouterSettings } from '../settings.ts'
import { accountSchema, keySchema } from './access-schema.ts'
import { deadlinesSchema } from './deadlines-schema.ts'
import { healthSchema } from './health-schema.ts'
import { queueSchema } from './queue-schema.ts'
import { resilienceShape } from './resilience-schema.ts'
import { count, path, timerMs } from './scalars.ts'
import { tablesShape } from './tables-schema.ts'

const { policy, ...defaults } = defaultRouterSettings

const listen = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to listen on. Other hosts can be served only where there are keys.'),
    port: z.int().min(0).max(65_535).default(8787).describe('0 takes any free one.'),
    cors: z
      .boolean()
      .default(defaults.allowAnyOrigin)
      .describe('Pages of every web site may call and read answers (access-control-allow-origin: *).'),
  })
  .prefault({})
  .describe('Where callers find the router. A change takes effect at the next start, but for cors.')

const routing = z
  .strictObject({
    strategy: z
      .enum(['price-weighted', 'adaptive'])
      .default(policy.strategy)
      .describe('How endpoints are ordered when the request says nothing.'),
    completion_price_weight: z
      .number()
      .nonnegative()
      .max(1000)
      .default(policy.completionPriceWeight)
      .describe('Weight of the completion price in the blended price; the prompt price has weight 1.'),
    outage_error_ratio: z
      .number()
      .positive()
      .max(1)
      .default(policy.outageErrorRatio)
      .describe('Share of errors in the outage window from which an endpoint counts as in outage.'),
    tools_filter: z
      .enum(['soft', 'hard'])
      .default(policy.toolsFilter)
      .describe(
        'soft: where no endpoint of a model supports tools, the model stays and the field is dropped.',
      ),
    auto_exacto: z
      .boolean()
      .default(policy.autoExacto)
      .describe('Order requests with tools by tool-call quality unless they are sorted otherwise.'),
    max_models: count
      .max(100)
      .default(defaults.maxModels)
      .describe('Longest chain of `model` and `models` that a request may name.'),
    max_attempts: count
      .max(100)
      .default(defaults.maxAttempts)
      .describe('Most upstream calls for one request.'),
    sticky: z
      .strictObject({
        ttl_seconds: timerMs
          .max(2_147_483)
          .default(policy.stickyTtlMs / 1000)
          .describe('Idle time after which a conversation may move.'),
        mode: z
          .enum(['fixed', 'cache'])
          .default(policy.stickyTtl)
          .describe("cache: a pin lives at least as long as the endpoint's cache remembers."),
        within_order: z
          .boolean()
          .default(policy.stickyWithinOrder)
          .describe('Pin also among the endpoints of `provider.order`.'),
      })
      .prefault({})
      .describe('How conversations stay on their endpoint.'),
  })
  .prefault({})
  .describe('How endpoints are chosen.')

const limits = z
  .strictObject({
    body_bytes: count
      .max(2 ** 29)
      .default(defaults.maxBodyBytes)
      .describe('Longest request body (413).'),
    unsent_bytes: count
      .max(2 ** 30)
      .default(defaults.maxUnsentBytes)
      .describe('Unsent bytes of an answer at which its upstream is paused until the caller has read them.'),
    idle_connections: count
      .max(1_000_000)
      .default(defaults.maxIdleConnections)
      .describe('Connections without a request that are kept; beyond, the one resting longest is closed.'),
    requests_under_way: count
      .max(1_000_000)
      .nullable()
      .default(defaults.maxRequestsUnderWay)
      .describe('Chat requests at once; what comes on top is refused with 503. null: no bound.'),
  })
  .prefault({})
  .describe('How much anything may be.')

/** The configuration file of the router, version 1, before names and units are brought into the program's form. */
export const routerFileSchema = z.strictObject({
  version: z.literal(1).default(1).describe('Version of this format.'),
  listen,
  seed: z
    .union([z.string().min(1), z.int()])
    .default('live')
    .describe('Seed of the routing draws. A change takes effect at the next start.'),
  catalog: z
    .array(path)
    .default([])
    .describe('Catalogue files to lay over the built-in one, in this order; relative to this file.'),
  providers_url: z
    .url({ protocol: /^https?$/, error: 'expected an http(s) address' })
    .nullable()
    .default(null)
    .describe(
      'Simulated providers that stand for all providers (`routebench providers`); null: the real ones.',
    ),
  records: z
    .strictObject({
      journal: path.default('.routebench/journal').describe('Folder of the journal.'),
      store: path
        .default('.routebench/store')
        .describe('Folder of the embedded store (unused with CLICKHOUSE_URL).'),
      ledger: path.default('.routebench/ledger').describe('Folder that keeps what callers have spent.'),
    })
    .prefault({})
    .describe(
      'Where records go, relative to the working directory. A change takes effect at the next start.',
    ),
  routing,
  health: healthSchema,
  deadlines: deadlinesSchema,
  limits,
  queue: queueSchema,
  ...resilienceShape,
  ...tablesShape,
  account: accountSchema,
  keys: z.array(keySchema).default([]).describe('Keys of callers; none: nobody is asked for one.'),
  plugins: z.strictObject({}).prefault({}).describe('Defaults of plugins. None is configurable yet.'),
  response_cache: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Keep answers of requests that ask for it.'),
      folder: path.default('.routebench/response-cache').describe('Where answers are kept.'),
      max_bytes: count
        .default(2 ** 30)
        .describe('Most that is kept; what was stored longest ago goes first.'),
    })
    .prefault({})
    .describe('The cache of answers that requests can ask for. A change takes effect at the next start.'),
})

/** A configuration with every default filled in. */
export type RouterFile = z.output<typeof routerFileSchema>

/** A configuration as people may write it. */
export type RouterFileInput = z.input<typeof routerFileSchema>
