import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { metricDefinitions, renderHtml } from '../../src/report/index.ts'
import { goldenSummary } from './golden-summary.ts'

const document = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')

describe('metricDefinitions', () => {
  it('are the rows of docs/metrics.md, in the same order', () => {
    const rows = document.split('\n').filter(line => /^\| `[a-z-]+` \| .* \| .* \| .* \| .* \|$/.test(line))
    expect(rows).toEqual(
      metricDefinitions.map(
        ({ id, name, formula, unit, exclusions }) =>
          `| \`${id}\` | ${name} | ${formula} | ${unit} | ${exclusions} |`,
      ),
    )
  })

  it('have unique ids', () => {
    const ids = metricDefinitions.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('define every conservation law that a report can name', () => {
    for (const law of goldenSummary().conservation.checked) expect(document).toContain(`| \`${law}\` |`)
  })

  it('are all in the HTML report', () => {
    const html = renderHtml(goldenSummary())
    for (const { id } of metricDefinitions) expect(html).toContain(`id="def-${id}"`)
  })
})
