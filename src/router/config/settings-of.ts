import { parseUsd } from '../../core/index.ts'
import type { AccessRules, RoutingTables } from '../../policy/index.ts'
import type { KeyDefinition } from '../keys/key-definition.ts'
import { defaultRouterSettings, type RouterSettings } from '../settings.ts'
import type { AccessValues, KeyValues } from './access-schema.ts'
import type { DeadlineValues } from './deadlines-schema.ts'
import type { RouterFile } from './file-schema.ts'
import { healthOf } from './health-schema.ts'
import { queuesOf } from './queue-schema.ts'
import { resilienceOf } from './resilience-schema.ts'

/** A checked configuration in the form that the router uses. Pure. */
export function settingsOf(config: RouterFile): RouterSettings {
  const { listen, deadlines, limits, queue, account } = config
  return {
    ...defaultRouterSettings,
    ...routingOf(config),
    ...resilienceOf(config),
    health: healthOf(config.health),
    tables: tablesOf(config),
    account: rulesOf(account),
    callers: { keys: config.keys.map(keyOf), credits: amountOf(account.credits_usd) },
    ...deadlinesOf(deadlines),
    maxBodyBytes: limits.body_bytes,
    maxUnsentBytes: limits.unsent_bytes,
    maxIdleConnections: limits.idle_connections,
    maxRequestsUnderWay: limits.requests_under_way,
    queues: queuesOf(queue),
    allowAnyOrigin: listen.cors,
    upstreamIsSimulated: config.providers_url !== null,
  }
}

function deadlinesOf(deadlines: DeadlineValues) {
  const learned = deadlines.learned_first_token
  return {
    connectTimeoutMs: deadlines.connect_ms,
    learnedFirstToken: learned && {
      factor: learned.factor,
      minMs: learned.min_ms,
      maxMs: deadlines.first_token_ms ?? deadlines.attempt_ms,
      minSamples: learned.min_samples,
    },
    headersTimeoutMs: deadlines.headers_ms,
    firstTokenTimeoutMs: deadlines.first_token_ms,
    idleTimeoutMs: deadlines.idle_ms,
    stallTimeoutMs: deadlines.stall_ms,
    unaryTimeoutMs: deadlines.unary_ms,
    attemptTimeoutMs: deadlines.attempt_ms,
    requestTimeoutMs: deadlines.request_ms,
    receiveHeadersMs: deadlines.receive_headers_ms,
    receiveMs: deadlines.receive_ms,
    keepAliveFirstMs: deadlines.keep_alive_first_ms,
    keepAliveEveryMs: deadlines.keep_alive_every_ms,
    idleConnectionMs: deadlines.idle_connection_ms,
    unreadMs: deadlines.unread_ms,
    drainMs: deadlines.drain_ms,
  }
}

function routingOf({ routing }: RouterFile): Pick<RouterSettings, 'policy' | 'maxModels' | 'maxAttempts'> {
  const { sticky } = routing
  return {
    policy: {
      ...defaultRouterSettings.policy,
      strategy: routing.strategy,
      completionPriceWeight: routing.completion_price_weight,
      outageErrorRatio: routing.outage_error_ratio,
      toolsFilter: routing.tools_filter,
      autoExacto: routing.auto_exacto,
      stickyTtlMs: sticky.ttl_seconds * 1000,
      stickyTtl: sticky.mode,
      stickyWithinOrder: sticky.within_order,
    },
    maxModels: routing.max_models,
    maxAttempts: routing.max_attempts,
  }
}

/** Pools, aliases and rules. Pure. */
export function tablesOf({ pools, aliases, rules }: RouterFile): RoutingTables {
  return {
    pools,
    aliases: new Map(Object.entries(aliases)),
    rules: rules.map(({ name, when, models, provider }) => ({
      name,
      when: { task: when.task, latencyBudgetMs: when.latency_budget_ms, models: when.models },
      models,
      provider,
    })),
  }
}

function rulesOf(access: AccessValues): AccessRules {
  return {
    models: access.models,
    only: access.only,
    ignore: access.ignore,
    denyDataCollection: access.data_collection === 'deny',
    denyRetention: access.zdr,
    regions: access.regions,
  }
}

function keyOf(key: KeyValues): KeyDefinition {
  const limit = amountOf(key.budget?.limit_usd ?? null)
  return {
    name: key.name,
    sha256: key.sha256,
    kind: key.kind,
    budget: key.budget && limit !== null ? { limit, reset: key.budget.reset } : null,
    requestsPerMinute: key.requests_per_minute,
    rules: rulesOf(key),
    markupBasisPoints: Math.round(key.markup_percent * 100),
    expiresAtMs: key.expires === null ? null : Date.parse(key.expires),
    disabled: key.disabled,
  }
}

/** The schema has let only amounts through. */
function amountOf(amount: string | number | null): bigint | null {
  return amount === null ? null : parseUsd(String(amount))
}
