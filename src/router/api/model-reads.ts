import type { Endpoint, Model } from '../../catalog/index.ts'
import { resolveModels } from '../../policy/index.ts'
import type { RouterContext } from '../context.ts'
import { epochMs } from '../inbound.ts'
import { accessTo } from '../route.ts'
import { type EndpointState, endpointBody, endpointsBody } from './endpoint-body.ts'
import { modelBody } from './model-body.ts'
import { type ModelQuery, parseModelQuery } from './model-query.ts'
import { found, type Read, type ReadAnswer, refused } from './read.ts'
import { type Medians, selectModels } from './select-models.ts'

/** Models of a page when only an offset is given, as OpenRouter has it. */
const defaultLimit = 500

/** `GET /models`. Without `offset` and `limit` the list is whole. */
export function listModels(read: Read): ReadAnswer {
  const parsed = parseModelQuery(read.query)
  if (!parsed.ok) return refused('invalid_request', parsed.problem)
  const models = select(read.context, parsed.query)
  const { offset = 0, limit = parsed.query.offset === undefined ? models.length : defaultLimit } =
    parsed.query
  const end = offset + limit
  return found({
    data: models.slice(offset, end).map(modelBody),
    total_count: models.length,
    links: { next: end < models.length ? nextPage(read, end, limit) : null },
  })
}

/** `GET /models/count`: of the models that the same query of `GET /models` lists. */
export function countModels({ context, query }: Read): ReadAnswer {
  const parsed = parseModelQuery(query)
  if (!parsed.ok) return refused('invalid_request', parsed.problem)
  return found({ data: { count: select(context, parsed.query).length } })
}

/** `GET /model/{author}/{slug}`. The model behind an alias or a variant; an alias tells its target. */
export function readModel({ context, parts }: Read): ReadAnswer {
  const name = parts.join('/')
  const model = modelNamed(context, name)
  if (!model) return noModel(name)
  const isAlias = name.split(':')[0] !== model.id
  return found({
    data: {
      ...modelBody(model),
      ...(isAlias && { id: name, alias_target: { name: model.name, slug: model.id } }),
    },
  })
}

/** `GET /models/{author}/{slug}/endpoints`. */
export function listEndpoints(read: Read): ReadAnswer {
  const name = read.parts.join('/')
  const model = modelNamed(read.context, name)
  return model ? found({ data: endpointsBody(model, e => stateOf(read, e)) }) : noModel(name)
}

/** `GET /endpoints/zdr`: every endpoint that keeps nothing. */
export function listZdrEndpoints(read: Read): ReadAnswer {
  const models = [...read.context.catalog.models.values()]
  const data = models.flatMap(model =>
    model.endpoints
      .filter(({ dataPolicy }) => !dataPolicy.retains)
      .map(endpoint => endpointBody(model, endpoint, stateOf(read, endpoint))),
  )
  return found({ data })
}

function select({ catalog, clock, health }: RouterContext, query: ModelQuery): readonly Model[] {
  const mediansOf = ({ id }: Endpoint): Medians => {
    const { latency_last_30m: latency, throughput_last_30m: throughput } = health.windows(id)
    return { latencyMs: latency?.p50 ?? null, tokensPerSecond: throughput?.p50 ?? null }
  }
  return selectModels([...catalog.models.values()], query, { mediansOf, nowMs: epochMs({ clock }) })
}

function nextPage({ path, query }: Read, offset: number, limit: number): string {
  const next = new URLSearchParams(query)
  next.set('offset', String(offset))
  next.set('limit', String(limit))
  return `${path}?${next.toString()}`
}

/** The one model that a name stands for; null for a pool, which is many, and for a name that means nothing. */
function modelNamed({ catalog, settings, rng }: RouterContext, name: string): Model | null {
  const needs = { parameters: [], modalities: [] }
  const resolved = resolveModels([name], { catalog, tables: settings.tables, needs, rng: rng.fork('read') })
  const [first, ...others] = resolved.ok ? resolved.models : []
  if (!first || others.length > 0 || first.via === 'pool') return null
  return catalog.models.get(first.modelId) ?? null
}

function noModel(name: string): ReadAnswer {
  return refused('not_found', `Model ${name.slice(0, 200)} not found`)
}

/** Who shows no key sees no measurements, as with OpenRouter. */
function stateOf({ context, caller }: Read, endpoint: Endpoint): EndpointState {
  const { health } = context
  const windows = health.windows(endpoint.id)
  const unseen = { latency_last_30m: null, throughput_last_30m: null }
  return {
    health: health.read(endpoint.id),
    windows: caller === null ? { ...windows, ...unseen } : windows,
    isCallable: accessTo(endpoint, context) === 'ready',
  }
}
