import { z } from 'zod'
import { parseUsd, type PicoUsd } from '../core/index.ts'

/** Rule names travel in `params.rule` of a zod issue, see `schema-findings.ts`. */
function bad(rule: string, error: string) {
  return { error, params: { rule } }
}

type Context = z.core.$RefinementCtx<string>

interface Amount {
  readonly text: string
  readonly context: Context
  /** What the price is per. */
  readonly units: bigint
}

/** Reads an amount of USD per so many units into pico-USD per unit, and says why when it cannot. */
function priceOf({ text, context, units }: Amount): PicoUsd {
  const reject = (message: string) => {
    context.addIssue({ code: 'custom', message, params: { rule: 'bad-price' } })
    return z.NEVER
  }
  const picoUsd = parseUsd(text)
  if (picoUsd === null)
    return reject(`"${text}" is no amount of USD; leave the key out when there is no price`)
  if (picoUsd < 0n) return reject(`"${text}" is negative`)
  if (picoUsd % units !== 0n) return reject(`"${text}" is finer than 1e-12 USD for each token`)
  return picoUsd / units
}

const asNumberOrText = { type: ['number', 'string'], minimum: 0 }

/** USD per million tokens as written; gives pico-USD per token. */
export const pricePerMillion = z
  .string()
  .transform((text, context) => priceOf({ text, context, units: 1_000_000n }))
  .meta({ ...asNumberOrText, description: 'USD per million tokens.' })

/** USD as written; gives pico-USD. */
export const price = z
  .string()
  .transform((text, context) => priceOf({ text, context, units: 1n }))
  .meta(asNumberOrText)

/** Millionths in the whole. */
export const wholePpm = 1_000_000

/** A share from 0 to 1 as written; gives millionths. */
export const share = z
  .string()
  .transform((text, context) => {
    if (/^(0?\.\d{1,6}|0|1(\.0{1,6})?)$/.test(text)) return Math.round(Number(text) * wholePpm)
    context.addIssue({ code: 'custom', ...notShare })
    return z.NEVER
  })
  .meta({ type: 'number', minimum: 0, maximum: 1 })

const notShare = {
  message: 'expected a share from 0 to 1 with at most six places',
  params: { rule: 'bad-share' },
}

/** A time of day as an HHMM number, such as 30 or 1630; gives minutes after midnight. */
export const clockTime = z
  .string()
  .transform((text, context) => {
    const clock = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
    if (clock < 2400 && clock % 100 < 60) return Math.floor(clock / 100) * 60 + (clock % 100)
    context.addIssue({ code: 'custom', ...notClockTime })
    return z.NEVER
  })
  .meta({ type: 'integer', minimum: 0, maximum: 2359 })

const notClockTime = {
  message: 'expected a time of day as an HHMM number, such as 1630',
  params: { rule: 'bad-time' },
}

/** A whole number of at least 1. */
export const count = z
  .string()
  .refine(
    text => /^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text)),
    bad('bad-count', 'expected a whole number, 1 or more'),
  )
  .transform(Number)
  .meta({ type: 'integer', minimum: 1 })

/** A permission that may be unknown; what is unknown counts as false, the strictest reading. */
export const permission = z
  .enum(['true', 'false', 'unknown'])
  .transform(text => text === 'true')
  .meta({ type: ['boolean', 'string'], enum: [true, false, 'unknown'] })

/** A fact that may be unknown; what is unknown counts as true, the strictest reading. */
export const strictFlag = z
  .enum(['true', 'false', 'unknown'])
  .transform(text => text !== 'false')
  .meta({ type: ['boolean', 'string'], enum: [true, false, 'unknown'] })

/** A day as YYYY-MM-DD. */
export const day = z
  .string()
  .refine(isDay, bad('bad-date', 'expected a date as YYYY-MM-DD'))
  .meta({ pattern: String.raw`^\d{4}-\d{2}-\d{2}$` })

function isDay(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return false
  const [year, month, date] = match.slice(1).map(Number)
  return new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, date)).toISOString().startsWith(text)
}

/** Any text that is not empty. */
export const words = z
  .string()
  .refine(text => text.trim() !== '', bad('bad-text', 'expected a text'))
  .meta({ minLength: 1 })

/** A name that fits into a price version: no spaces, no `@`. */
export const label = pattern(/^[A-Za-z0-9][\w.:/-]*$/, {
  rule: 'bad-id',
  message: 'expected letters, digits, ".", "_", ":", "/" or "-"',
})

/** Slug of a provider, with an optional variant or region: `deepinfra`, `google-vertex/us-east5`. */
export const providerId = pattern(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)?$/, {
  rule: 'bad-id',
  message: 'expected a lower-case slug such as deepinfra or google-vertex/us-east5',
})

/** What names an endpoint of a provider: its slug, alone or with a region, variant or tier. */
export const tag = pattern(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*){0,2}$/, {
  rule: 'bad-id',
  message:
    'expected a provider with a region, variant or tier, such as google-vertex/us-east5 or openai/flex',
})

/** `author/slug`, with an optional variant after a colon. */
export const modelId = pattern(/^[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*(:[a-z0-9-]+)?$/, {
  rule: 'bad-id',
  message: 'expected author/slug in lower case, such as meta-llama/llama-3.3-70b-instruct',
})

/** Name of an environment variable. */
export const variableName = pattern(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  rule: 'bad-variable',
  message: 'expected the name of an environment variable, never the key itself',
})

function pattern(regex: RegExp, { rule, message }: { readonly rule: string; readonly message: string }) {
  return z
    .string()
    .refine(text => regex.test(text), bad(rule, message))
    .meta({ pattern: regex.source })
}

/** Base URL of an API, without a trailing slash. May hold `${VARIABLE}` parts, see `expandBaseUrl`. */
export const baseUrl = z
  .string()
  .refine(isBaseUrl, bad('bad-url', 'expected an http(s) URL without a trailing slash, query or credentials'))

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text.replaceAll(/\$\{\w+\}/g, 'x'))
  if (!url || text.endsWith('/') || /[?#\s]/.test(text)) return false
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === ''
}
