import type { Prompt } from '../prompt.ts'
import { single } from './author.ts'
import { handbook } from './handbook.ts'

const questions = [
  ['tides', 'Why are there two high tides a day and not one? Two sentences.'],
  ['bread', 'Why does bread go stale faster in the refrigerator than in a bread bin?'],
  ['primes', 'How would you explain to a ten-year-old why there is no largest prime number?'],
  ['dns', 'What happens between typing an address into a browser and the first byte of the page?'],
  ['leaves', 'Why do the leaves of some trees turn red in autumn, but others only yellow?'],
  ['queue', 'Two queues, one till each, or one queue for both tills: which is fairer, and why?'],
  ['rail', 'Why do railway tracks lie on loose stones rather than on solid concrete?'],
  ['index', 'When does a database index make a query slower instead of faster?'],
] as const

const reviews = [
  ['warm', 'The bag kept me warm at minus two and packs down to the size of a loaf.', 'positive'],
  ['zip', 'The zip broke on the second evening and nobody answers my letters.', 'negative'],
  ['box', 'It arrived on Tuesday in a brown box.', 'neutral'],
  ['light', 'Half the weight of my old stove and boils just as fast. I bought a second one.', 'positive'],
  ['leak', 'After an hour of rain the floor was wet. It has gone back.', 'negative'],
  ['size', 'I ordered size 42 and received size 42.', 'neutral'],
] as const

const orders = [
  ['boots', 'Hello, Ada Brandt here. Two pairs of boots at 129.50 each, please, to the shop at the harbour.'],
  ['stove', 'Please send one Emberling stove (49.90) and six cartridges (6.20 each) to Jonas Weil.'],
  ['tent', 'I am Mirka Sato, and I would like the large tent for 389 euros, as a present.'],
  ['rope', 'Order for Tom Achebe: 1 rope, 60 m, 154.00. Nothing else for now.'],
] as const

const passages = [
  [
    'canal',
    'The canal was dug between 1821 and 1829, mostly by hand, to carry slate from the quarries to the sea. It needed eleven locks in nine kilometres. Within twenty years the railway took its traffic, and the company lived on selling water to the town. Today the towpath is walked by more people in a summer than the canal ever carried tons of slate in a year.',
  ],
  [
    'owls',
    'Barn owls hunt by hearing. One ear sits higher than the other, so that a sound from below arrives at the two ears with a small difference in time and loudness. In total darkness a trained owl struck within five centimetres of a rustling leaf pulled along the floor, but missed by far as soon as one ear was plugged.',
  ],
  [
    'cache',
    'The team moved the price list into a cache in front of the database. The median response fell from 80 to 9 milliseconds, yet customers complained more than before: entries expired all at once on the hour, and for about forty seconds every request went to the database together. A random lifetime between 50 and 70 minutes removed the spike.',
  ],
  [
    'glass',
    'Old window panes are often thicker at the bottom, and it is said that glass flows. It does not, at least not at room temperature in less than the age of the universe. The panes were spun into discs and cut, so that one side came out thicker, and glaziers liked to put the heavy side down.',
  ],
] as const

const orderSchema = {
  type: 'object',
  properties: {
    customer: { type: 'string' },
    total_eur: { type: 'number' },
    items: { type: 'array', items: { type: 'string' } },
  },
  required: ['customer', 'total_eur', 'items'],
  additionalProperties: false,
}

const jsonAnswer = {
  response_format: { type: 'json_schema', json_schema: { name: 'order', strict: true, schema: orderSchema } },
}

const support = [
  ['refund', 'My tent came back to you nine days ago. When do I see the money?'],
  ['norway', 'Do you deliver gas cartridges to an island in Norway?'],
  ['rope', 'I unpacked a climbing rope but never used it. May I send it back?'],
  ['points', 'How many euros are 640 points worth, and when do they lapse?'],
  ['stove', 'My Emberling 2 has the number EB240377. Is there anything I should know?'],
  ['hours', 'Until when can I bring a jacket to the workshop on a Friday?'],
] as const

/** Prompts that stand alone: questions, classification, extraction, summaries, support under one long prompt. */
export const quickstartSingles: readonly Prompt[] = [
  ...questions.map(([id, user]) => single({ id: `qa-${id}`, category: 'qa', user, maxTokens: 120 })),
  ...reviews.map(([id, review, label]) =>
    single({
      id: `label-${id}`,
      category: 'classification',
      user: `Here is a review, already labelled ${label} by two people:\n\n"${review}"\n\nConfirm the label.\nReply with exactly: ${label}`,
      maxTokens: 16,
      checks: [{ kind: 'exact', value: label }],
    }),
  ),
  ...orders.map(([id, letter]) =>
    single({
      id: `order-${id}`,
      category: 'extraction',
      user: `Extract the order from this letter as JSON with customer, total_eur and items.\n\n${letter}`,
      maxTokens: 120,
      parameters: jsonAnswer,
      checks: [{ kind: 'json_schema', schema: orderSchema }],
    }),
  ),
  ...passages.map(([id, passage]) =>
    single({
      id: `summary-${id}`,
      category: 'summary',
      user: `Summarise in one sentence for somebody in a hurry:\n\n${passage}`,
      maxTokens: 80,
      checks: [{ kind: 'regex', pattern: '\\w+\\s+\\w+', flags: '' }],
    }),
  ),
  ...support.map(([id, user]) =>
    single({ id: `support-${id}`, category: 'support', system: handbook, user, maxTokens: 100 }),
  ),
]
