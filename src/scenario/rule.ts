import type { z } from 'zod'
import type { Finding } from '../document/index.ts'

/** A rule over a whole file, as a function from the file's data to what is wrong. */
export type Rule = (value: unknown) => readonly Finding[]

/** Makes a rule that runs where the file has what it `needs` and is silent elsewhere. */
export function rule<T>(options: {
  readonly needs: z.ZodType<T>
  readonly check: (value: T) => readonly Finding[]
}): Rule {
  return value => {
    const part = options.needs.safeParse(value)
    return part.success ? options.check(part.data) : []
  }
}
