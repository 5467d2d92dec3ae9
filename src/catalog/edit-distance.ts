/** Insertions, deletions and replacements that lead from one word to the other (Levenshtein). Pure. */
export function editDistance(from: string, to: string): number {
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 0; row < from.length; row++) {
    const current = [row + 1]
    for (let column = 0; column < to.length; column++) {
      const replace = (last[column] ?? 0) + (from[row] === to[column] ? 0 : 1)
      current.push(Math.min(replace, (last[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1))
    }
    last = current
  }
  return last.at(-1) ?? 0
}

/** `; did you mean "input"?` when one of the choices is close to the word, else nothing. Pure. */
export function didYouMean(word: string, choices: Iterable<string>): string {
  const [closest] = [...choices]
    .map(choice => ({ choice, distance: editDistance(word.toLowerCase(), choice) }))
    .filter(({ choice, distance }) => distance <= Math.max(1, Math.floor(choice.length / 3)))
    .toSorted((a, b) => a.distance - b.distance)
  return closest ? `; did you mean "${closest.choice}"?` : ''
}
