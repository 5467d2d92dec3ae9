import { z } from 'zod'
import { parseUsd } from '../../core/index.ts'

/** A timer of more would fire at once. */
const longestTimerMs = 2 ** 31 - 1

/** A whole number of at least 1. */
export const count = z.int().positive()

/** Milliseconds that a timer can keep. */
export const timerMs = z.number().positive().max(longestTimerMs)

/** An amount of USD, not negative; a text where a number would not be exact. */
export const usd = z.union([z.string(), z.number()]).refine(value => (parseUsd(String(value)) ?? -1n) >= 0n, {
  error: 'expected an amount of USD such as 0.5 or "0.5"',
  params: { rule: 'bad-amount' },
})

/** Path of a file or folder. */
export const path = z.string().min(1)

/** Provider or endpoint slugs, compared in lower case. */
export const slugs = z.array(z.string().trim().toLowerCase().min(1)).max(200)

/** Globs over model ids: `*` stands for any characters. */
export const modelGlobs = z.array(z.string().min(1)).max(1024)

/** Name of a pool or an alias, as requests write it. */
export const modelName = z.string().regex(/^\S{1,200}$/, 'a model name has no spaces')
