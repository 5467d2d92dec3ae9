import type { Conservation } from '../summary/run-summary.ts'

/** Whether the records add up, in a sentence. */
export function conservationSentence({ verdict, checked, violations }: Conservation): string {
  if (verdict === 'unchecked') return 'Conservation of records could not be checked on this run.'
  if (verdict === 'holds') return `Records add up: ${checked.length} conservation laws hold.`
  const laws = violations.map(({ law, count }) => `${law} (${count} times)`).join(', ')
  return `Records do not add up. Broken: ${laws}.`
}
