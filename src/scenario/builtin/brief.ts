import type { Prompt } from '../prompt.ts'
import { single } from './author.ts'

const words = [
  'amber',
  'basil',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'heron',
  'inlet',
  'jetty',
  'knoll',
  'larch',
] as const

/** Short questions with one-word answers, for tests of load: they cost the program more than the network. */
export const briefSet: readonly Prompt[] = words.map((word, index) =>
  single({
    id: `brief-${word}`,
    category: 'brief',
    user: `Probe ${index + 1}. Answer with one word and nothing else.\nReply with exactly: ${word}`,
    maxTokens: 8,
    checks: [{ kind: 'exact', value: word }],
  }),
)
