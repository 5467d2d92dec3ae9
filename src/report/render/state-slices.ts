import type { EndpointStateName } from '../../record/index.ts'
import type { StateSpan } from '../summary/endpoint-states.ts'

/** States from the one that matters most: where several fall into one slice, the first of them shows. */
export const statesByWeight: readonly EndpointStateName[] = ['open', 'half_open', 'cooling', 'closed']

/** The time to cut, and into how many slices. */
export interface Slicing {
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly slices: number
}

/**
 * The weightiest state in each of equal slices of time, so that a short trouble is not lost between two points. Where
 * nothing is known any more the slice is null. Pure.
 */
export function stateSlices(
  spans: readonly StateSpan[],
  { fromSeconds, toSeconds, slices }: Slicing,
): readonly (EndpointStateName | null)[] {
  const width = (toSeconds - fromSeconds) / slices
  return Array.from({ length: slices }, (_, index) => {
    const start = fromSeconds + index * width
    const end = start + width
    const inside = spans.filter(span => span.toSeconds > start && span.fromSeconds < end)
    return statesByWeight.find(state => inside.some(span => span.state === state)) ?? null
  })
}
