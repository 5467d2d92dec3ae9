import type { JsonObject } from '../core/index.ts'
import { asArray, asObject, type StreamEvent } from '../wire/index.ts'

/**
 * Makes what joins an answer that broke off to the attempt that goes on with it. `withheld` is white space that the
 * caller has and the host was not sent, so that a host which goes on says it again: what it repeats at its beginning is
 * left out, once.
 */
export function createSeam(withheld: string): (event: StreamEvent) => StreamEvent {
  let left = withheld
  return event => {
    if (left === '' || event.kind !== 'chunk') return event
    const text = contentOf(event.data)
    if (text === '') return event
    const repeated = repeatedBy(text, left)
    left = repeated === text.length ? left.slice(repeated) : ''
    return repeated === 0 ? event : { ...event, data: withContent(event.data, text.slice(repeated)) }
  }
}

/** How many characters two texts begin with alike. Pure. */
export function repeatedBy(one: string, other: string): number {
  const most = Math.min(one.length, other.length)
  for (let at = 0; at < most; at++) if (one[at] !== other[at]) return at
  return most
}

function contentOf(data: JsonObject): string {
  const content = asObject(asObject(asArray(data['choices'])[0])?.['delta'])?.['content']
  return typeof content === 'string' ? content : ''
}

/** Continuations have one choice. */
function withContent(data: JsonObject, content: string): JsonObject {
  const choice = asObject(asArray(data['choices'])[0])
  return { ...data, choices: [{ ...choice, delta: { ...asObject(choice?.['delta']), content } }] }
}
