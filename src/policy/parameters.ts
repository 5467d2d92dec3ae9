import { type Endpoint, knownParameters } from '../catalog/index.ts'

/** Words of the catalogue that are not dropped from a body: bounds on the bill, and a word that is no body field. */
const neverDropped: ReadonlySet<string> = new Set([
  'max_tokens',
  'max_completion_tokens',
  'structured_outputs',
])

/** Body fields that endpoints may or may not support (`supported_parameters` of the model list). */
const optionalParameters: ReadonlySet<string> = new Set(
  knownParameters.filter(name => !neverDropped.has(name)),
)

/** Other names under which the catalogue says the same thing. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  response_format: ['structured_outputs'],
  reasoning_effort: ['reasoning'],
  include_reasoning: ['reasoning'],
}

/**
 * The fields of a body that an endpoint may fail to support. `max_tokens` is never among them: dropping it
 * would take the bound off the bill. Null values mean absent. Pure.
 */
export function parametersOf(body: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(body).filter(key => optionalParameters.has(key) && body[key] !== null)
}

/** Whether the endpoint takes this parameter. Pure. */
export function supports(endpoint: Pick<Endpoint, 'supportedParameters'>, parameter: string): boolean {
  const known = endpoint.supportedParameters
  return known.has(parameter) || (aliases[parameter]?.some(alias => known.has(alias)) ?? false)
}

/** The fields of a body that the endpoint does not take, and that are dropped on the way to it. Pure. */
export function unsupportedParameters(
  body: Readonly<Record<string, unknown>>,
  endpoint: Pick<Endpoint, 'supportedParameters'>,
): readonly string[] {
  return parametersOf(body).filter(name => !supports(endpoint, name))
}
