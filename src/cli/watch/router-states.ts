import { request } from 'undici'
import { type JsonObject, messageOf, UserError } from '../../core/index.ts'
import { asArray, asObject, asText, parseJson } from '../../wire/index.ts'

/** What a router says of one of its endpoints. */
export interface RouterState {
  readonly endpointId: string
  readonly modelId: string
  /** `unknown`: it was never called. */
  readonly state: string
  /** ISO 8601; empty: not known. */
  readonly since: string
  readonly until: string
  readonly reason: string
}

/** Where a router is. */
export interface RouterAddress {
  /** Of its API, without a trailing slash: `http://127.0.0.1:8787/api/v1`. */
  readonly apiUrl: string
  /** null: it has no keys. */
  readonly apiKey: string | null
  /** Name of the variable that the key came from, for messages. */
  readonly keyVariable: string
}

const patienceMs = 10_000

/**
 * Reads the states of a router's endpoints; of one of them where it is named.
 * @throws UserError E_TARGET_UNREACHABLE, E_KEY_MISSING
 */
export async function readStates(
  address: RouterAddress,
  endpointId: string | null,
): Promise<readonly RouterState[]> {
  const { apiUrl, apiKey } = address
  const query = endpointId === null ? '' : `?endpoint=${encodeURIComponent(endpointId)}`
  const url = `${apiUrl}/endpoints/states${query}`
  const headers = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
  const answer = await request(url, { headers, signal: AbortSignal.timeout(patienceMs) }).catch(
    (cause: unknown) => {
      throw unreachable(`nothing answers at ${apiUrl}: ${messageOf(cause)}`, cause)
    },
  )
  const text = await answer.body.text()
  if (answer.statusCode === 401 || answer.statusCode === 403) throw keyRefused(address, answer.statusCode)
  const data = asObject(parseJson(text))?.['data']
  if (answer.statusCode !== 200 || !Array.isArray(data)) {
    throw unreachable(`${apiUrl} answers ${answer.statusCode}, and is no routebench router`, null)
  }
  return asArray(data).flatMap(one => stateOf(asObject(one)))
}

function stateOf(one: JsonObject | null): readonly RouterState[] {
  const text = (name: string) => asText(one?.[name])
  const endpointId = text('endpoint_id')
  if (endpointId === '') return []
  return [
    {
      endpointId,
      modelId: text('model_id'),
      state: text('state'),
      since: text('since'),
      until: text('until'),
      reason: text('reason'),
    },
  ]
}

function unreachable(message: string, cause: unknown): UserError {
  return new UserError(message, {
    code: 'E_TARGET_UNREACHABLE',
    hint: 'Start a router with `routebench router`, or name the one that runs with --router.',
    cause,
  })
}

function keyRefused({ apiUrl, apiKey, keyVariable }: RouterAddress, status: number): UserError {
  const what =
    apiKey === null ? `wants a key, and ${keyVariable} is not set` : `refuses the key in ${keyVariable}`
  return new UserError(`the router at ${apiUrl} ${what} (${status})`, {
    code: 'E_KEY_MISSING',
    hint: `Set ${keyVariable} to a management key of the router (\`routebench keys new --management\`).`,
  })
}
