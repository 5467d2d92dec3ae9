/** A parsed JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is an object: not null and no array. Pure. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
