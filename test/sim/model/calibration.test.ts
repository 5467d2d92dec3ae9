import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadCatalog } from '../../../src/cli/load-catalog.ts'
import { builtinCalibration, readCalibration } from '../../../src/sim/builtin-calibration.ts'
import { figuresOf, neededFigures } from '../../../src/sim/model/calibration.ts'
import { parseCalibration } from '../../../src/sim/model/calibration-file.ts'
import { profileOf } from '../../../src/sim/model/profile.ts'
import { endpointOf } from '../tiny-catalog.ts'

const name = 'catalog/calibration/builtin.yaml'
const builtin = { name, text: readFileSync(name, 'utf8') }

/** A user's file of these rows, laid over the built-in one. */
function problemsOf(...rows: readonly string[]): readonly string[] {
  const head = ['version: 1', 'calibration: mine', 'date: 2026-11-20', 'rows:']
  const text = [...head, ...rows.map(row => `  - ${row}`)].join('\n')
  const parsed = parseCalibration({ files: [builtin, { name: 'mine.yaml', text }] })
  return parsed.ok ? [] : parsed.problems.map(({ file, line, rule }) => `${file}:${line} ${rule}`)
}

describe('builtinCalibration', () => {
  it('gives every endpoint of the built-in catalogue every figure, each with source and date', async () => {
    const { endpoints } = await loadCatalog()
    const calibration = builtinCalibration()
    expect(endpoints.size).toBeGreaterThan(200)
    for (const endpoint of endpoints.values()) {
      const { figures, sources } = figuresOf(endpoint, calibration)
      const law = figures.ttftMs === undefined ? 'ttftBaseMs' : 'ttftMs'
      for (const figure of [law, ...neededFigures]) {
        expect(figures, endpoint.id).toHaveProperty(figure)
        expect(sources.get(figure)?.date, `${endpoint.id} ${figure}`).toMatch(/^\d{4}-\d{2}-\d{2}$/)
      }
      const { ttft, decode } = profileOf(endpoint, calibration)
      expect(ttft.baseMs, endpoint.id).toBeGreaterThan(0)
      expect(decode.tokensPerSecond, endpoint.id).toBeGreaterThan(0)
    }
  })

  it('says of each figure whether it was measured, fitted or assumed', () => {
    const basis = (modelId: string, figure: string) =>
      figuresOf(endpointOf({ provider: 'groq', modelId }), builtinCalibration()).sources.get(figure)?.basis
    expect(basis('meta-llama/llama-3.3-70b-instruct', 'ttftMs')).toBe('measured')
    expect(basis('meta-llama/llama-3.3-70b-instruct', 'ttftSigma')).toBe('assumed')
    expect(basis('anthropic/claude-opus-4.8', 'ttftBaseMs')).toBe('fitted')
    expect(basis('anthropic/claude-opus-4.8', 'ttftMs')).toBeUndefined()
  })
})

describe('readCalibration', () => {
  it('says which file it cannot read, and names every problem of one that is wrong', () => {
    const thrownBy = (file: string) => {
      try {
        return readCalibration([file])
      } catch (thrown) {
        return thrown
      }
    }
    expect(thrownBy('no/such/file.yaml')).toMatchObject({ code: 'E_FILE_UNREADABLE', exitCode: 64 })
    expect(thrownBy('catalog/providers.yaml')).toMatchObject({ code: 'E_CONFIG_INVALID', exitCode: 64 })
    expect(thrownBy('catalog/providers.yaml')).toHaveProperty('problems.0')
  })
})

describe('parseCalibration', () => {
  it('lays a later file over an earlier one, figure by figure', () => {
    const text =
      'version: 1\ncalibration: mine\ndate: 2026-11-20\nsources: { bench: { basis: measured, date: 2026-11-19, note: Ours. } }\nrows: [{ provider: deepinfra, source: bench, tokens_per_second: 99, slots: unlimited }]'
    const parsed = parseCalibration({ files: [builtin, { name: 'mine.yaml', text }] })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const profile = profileOf(endpointOf(), parsed.calibration)
    expect(profile.decode).toEqual({ tokensPerSecond: 99, sigma: 0.25 })
    expect(profile.slots).toBeNull()
    expect(profile.ttft.baseMs).toBeCloseTo(171 - 17.1)
    expect(parsed.calibration.version).toBe('builtin@2026-11-20+mine@2026-11-20')
  })

  it.each([
    ['{ source: assumed, ttft_ms: 0 }', 'bad-figure'],
    ['{ source: assumed, ttft_ms: -5 }', 'bad-figure'],
    ['{ source: assumed, ttft_ms: fast }', 'bad-figure'],
    ['{ source: assumed, tokens_per_second: 0 }', 'bad-figure'],
    ['{ source: assumed, ttft_sigma: 9 }', 'bad-figure'],
    ['{ source: assumed, tail_ratio: 1.5 }', 'bad-figure'],
    ['{ source: assumed, tail_factors: [10, 5] }', 'bad-figure'],
    ['{ source: assumed, tail_factors: [0.5, 5] }', 'bad-figure'],
    ['{ source: assumed, chunk_tokens: 0 }', 'bad-figure'],
    ['{ source: assumed, chunk_tokens: [9, 1] }', 'bad-figure'],
    ['{ source: assumed, slots: 0 }', 'bad-figure'],
    ['{ source: assumed, ttft: 100 }', 'bad-figure'],
    ['{ source: assumed, provider: "No Slug", ttft_ms: 100 }', 'bad-figure'],
    ['{ ttft_ms: 100 }', 'bad-figure'],
    ['{ source: hearsay, ttft_ms: 100 }', 'unknown-source'],
    ['{ source: assumed, ttft_ms: 100, ttft_base_ms: 90 }', 'impossible'],
    ['{ source: assumed, uncached_ms_per_1k: 2, cached_ms_per_1k: 3 }', 'impossible'],
    ['{ source: assumed, provider: groq }', 'empty-row'],
    ['{ source: [', 'yaml-syntax'],
  ])('refuses the row %s at its line', (row, rule) => {
    expect(problemsOf('{ source: assumed, refusal_ms: 20 }', row)).toContain(`mine.yaml:6 ${rule}`)
  })

  it('refuses two values for one figure of the same endpoints', () => {
    const rows = [
      '{ provider: groq, source: assumed, slots: 5 }',
      '{ provider: groq, model: x, source: assumed, slots: 6 }',
      '{ provider: groq, source: assumed, slots: 7 }',
    ]
    expect(problemsOf(...rows)).toEqual(['mine.yaml:7 duplicate-figure'])
  })

  it('reports every figure out of its range at once', () => {
    expect(problemsOf('{ source: assumed, slots: 0 }', '{ source: assumed, ttft_ms: 0 }')).toHaveLength(2)
  })

  it('refuses a set of files that leaves a figure open', () => {
    const text = 'version: 1\ncalibration: mine\ndate: 2026-11-20\nrows: []'
    const parsed = parseCalibration({ files: [{ name: 'mine.yaml', text }] })
    if (parsed.ok) throw new Error('parsed')
    expect(parsed.problems.map(({ rule }) => rule)).toEqual(Array(17).fill('missing-figure'))
  })
})
