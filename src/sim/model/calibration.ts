import type { Endpoint } from '../../catalog/index.ts'
import type { TokenizerName } from './tokenizer.ts'

/** Where a figure comes from. `assumed`: chosen by us, nothing was measured. */
export interface CalibrationSource {
  readonly name: string
  readonly basis: 'measured' | 'fitted' | 'assumed'
  /** Day of the measurement, or of the choice. */
  readonly date: string
  readonly note: string
}

/** What can be calibrated. Times are milliseconds, lengths are tokens. */
export interface CalibrationFigures {
  /** Median first-token time of a fresh prompt of 1000 tokens. Excludes `ttftBaseMs`. */
  readonly ttftMs: number
  /** Constant term of a fitted first-token law. Excludes `ttftMs`. */
  readonly ttftBaseMs: number
  readonly uncachedMsPer1k: number
  readonly cachedMsPer1k: number
  readonly ttftSigma: number
  readonly tailRatio: number
  readonly tailFactors: readonly [min: number, max: number]
  readonly tokensPerSecond: number
  readonly decodeSigma: number
  readonly chunkTokens: readonly [min: number, max: number]
  readonly answerTokens: number
  readonly answerSigma: number
  readonly reasoningTokens: number
  readonly reasoningSigma: number
  readonly reasoningByDefault: boolean
  /** Answers decoded at once; null: any number. */
  readonly slots: number | null
  readonly refusalMs: number
  /** What counts tokens; `family`: the tokenizer of the model's family, as the catalogue names it. */
  readonly tokenizer: TokenizerName | 'family'
}

/** Figures of one source for the endpoints that match. */
export interface CalibrationRow {
  /** null: every provider. */
  readonly provider: string | null
  /** Model slug without author, variant and `-instruct`; a `*` at its end stands for any rest. null: every model. */
  readonly model: string | null
  readonly source: CalibrationSource
  readonly figures: Partial<CalibrationFigures>
}

/** Calibrations of all endpoints. */
export interface Calibration {
  /** Names and days of its files, joined by `+`. */
  readonly version: string
  /** Other spellings of provider ids. */
  readonly aliases: ReadonlyMap<string, string>
  /** General ones first: a later row wins. */
  readonly rows: readonly CalibrationRow[]
}

/** The figures of one endpoint, each with its source. One of the two forms of the first-token law is there. */
export interface EndpointFigures {
  readonly figures: Omit<CalibrationFigures, 'ttftMs' | 'ttftBaseMs'> &
    Partial<Pick<CalibrationFigures, 'ttftMs' | 'ttftBaseMs'>>
  /** By name of the figure. */
  readonly sources: ReadonlyMap<string, CalibrationSource>
}

/** Figures that every endpoint must resolve to; the first-token law comes in two forms. */
export const neededFigures = [
  'uncachedMsPer1k',
  'cachedMsPer1k',
  'ttftSigma',
  'tailRatio',
  'tailFactors',
  'tokensPerSecond',
  'decodeSigma',
  'chunkTokens',
  'answerTokens',
  'answerSigma',
  'reasoningTokens',
  'reasoningSigma',
  'reasoningByDefault',
  'slots',
  'refusalMs',
  'tokenizer',
] as const satisfies readonly (keyof CalibrationFigures)[]

/** Looks an endpoint's figures up. Pure; a parsed calibration has all of them for every endpoint. */
export function figuresOf(endpoint: Endpoint, calibration: Calibration): EndpointFigures {
  const provider = calibration.aliases.get(endpoint.provider.id) ?? endpoint.provider.id
  const slug = slugOf(endpoint.modelId)
  let figures: Partial<CalibrationFigures> = {}
  const sources = new Map<string, CalibrationSource>()
  for (const row of calibration.rows) {
    if ((row.provider ?? provider) !== provider || !matches(row.model, slug)) continue
    figures = laidOver(figures, row.figures)
    for (const name of Object.keys(row.figures)) sources.set(name, row.source)
  }
  for (const name of sources.keys()) if (!(name in figures)) sources.delete(name)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser has checked that general rows give every figure
  return { figures: figures as EndpointFigures['figures'], sources }
}

/** The two forms of the first-token law replace each other. */
function laidOver(
  { ttftMs, ttftBaseMs, ...rest }: Partial<CalibrationFigures>,
  later: Partial<CalibrationFigures>,
): Partial<CalibrationFigures> {
  const hasLaw = later.ttftMs !== undefined || later.ttftBaseMs !== undefined
  const law = {
    ...(ttftMs !== undefined && { ttftMs }),
    ...(ttftBaseMs !== undefined && { ttftBaseMs }),
  }
  return { ...rest, ...(!hasLaw && law), ...later }
}

function matches(pattern: string | null, slug: string): boolean {
  if (pattern === null) return true
  return pattern.endsWith('*') ? slug.startsWith(pattern.slice(0, -1)) : slug === pattern
}

function slugOf(modelId: string): string {
  const name = modelId.slice(modelId.indexOf('/') + 1)
  return name.replace(/:.*$/, '').replace(/-instruct$/, '')
}
