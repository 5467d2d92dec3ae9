/**
 * A hint for a misspelt word: `; did you mean "seed"?`, or the choices when none of them is close
 * (nothing when there are too many to be read). Pure.
 */
export function didYouMean(word: string, choices: readonly string[]): string {
  const [closest] = choices
    .filter(choice => Math.abs(choice.length - word.length) <= mostEdits(choice))
    .map(choice => ({ choice, distance: editDistance(word.toLowerCase(), choice.toLowerCase()) }))
    .filter(({ choice, distance }) => distance <= mostEdits(choice))
    .toSorted((a, b) => a.distance - b.distance)
  if (closest) return `; did you mean "${closest.choice}"?`
  return choices.length > 0 && choices.length <= 16 ? `; known here: ${choices.join(', ')}` : ''
}

function mostEdits(choice: string): number {
  return Math.max(1, Math.floor(choice.length / 3))
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: readonly number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replace = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const swaps = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const swap = swaps ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY
      current.push(Math.min(replace, swap, at(last, column) + 1, at(current, column - 1) + 1))
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
