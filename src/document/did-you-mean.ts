import { editDistance } from './edit-distance.ts'

/**
 * A hint for a misspelt word: `; did you mean "seed"?`, or the choices when none of them is close
 * (nothing when there are too many to be read). Pure.
 */
export function didYouMean(word: string, choices: Iterable<string>): string {
  const all = [...choices]
  const [closest] = all
    .filter(choice => Math.abs(choice.length - word.length) <= mostEdits(choice))
    .map(choice => ({ choice, distance: editDistance(word.toLowerCase(), choice.toLowerCase()) }))
    .filter(({ choice, distance }) => distance <= mostEdits(choice))
    .toSorted((a, b) => a.distance - b.distance)
  if (closest) return `; did you mean "${closest.choice}"?`
  return all.length > 0 && all.length <= 16 ? `; known here: ${all.join(', ')}` : ''
}

function mostEdits(choice: string): number {
  return choice.length < 2 ? 0 : Math.max(1, Math.floor(choice.length / 3))
}
