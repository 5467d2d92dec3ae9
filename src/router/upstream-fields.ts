import { hash64, type JsonObject } from '../core/index.ts'
import { parametersOf } from '../policy/index.ts'

/**
 * The caller's fields for one endpoint: without the parameters it does not support (OpenRouter drops them too,
 * unless `require_parameters`), and with the end user's id hashed. Names of dropped fields go into the record. Pure.
 */
export function upstreamFields(
  body: JsonObject,
  supports: (parameter: string) => boolean,
): { readonly fields: JsonObject; readonly dropped: readonly string[] } {
  const dropped = parametersOf(body).filter(name => !supports(name))
  const kept = Object.entries(body).filter(([name]) => !dropped.includes(name))
  const fields = Object.fromEntries(kept)
  const user = fields['user']
  return {
    fields: typeof user === 'string' ? { ...fields, user: hash64(user).toString(16) } : fields,
    dropped,
  }
}
