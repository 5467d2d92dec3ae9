import { z } from 'zod'

const text = z.string().catch('')

const endpoint = z
  .object({ provider: text, tag: text, tier: text, wire: text, source: text, date: text })
  .catch({ provider: '', tag: '', tier: '', wire: '', source: '', date: '' })

const provider = z
  .object({ id: text, wires: z.record(z.string(), z.unknown()).catch({}) })
  .catch({ id: '', wires: {} })

const model = z
  .looseObject({ id: text, endpoints: z.array(endpoint).nullable().catch(null) })
  .catch({ id: '', endpoints: null })

/** Never fails: what does not fit is empty. */
const outlineSchema = z
  .object({
    prices: z.object({ source: text, date: text }).nullable().catch(null),
    providers: z.array(provider).catch([]),
    models: z.array(model).catch([]),
  })
  .catch({ prices: null, providers: [], models: [] })

/** The names in a file and nothing else: enough for the rules across entries, even when entries are broken. */
export type Outline = z.output<typeof outlineSchema>

/** Takes the names out of a file's plain data. Pure; never fails. */
export function outlineOf(value: unknown): Outline {
  return outlineSchema.parse(value)
}
