import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { renderHtml, renderJson, renderMarkdown, renderText } from '../../src/report/index.ts'
import { bareSummary, goldenFolder, goldenSummary } from './golden-summary.ts'

const golden = (name: string) => fileURLToPath(new URL(name, goldenFolder))
const widthOf = (text: string) => Math.max(...text.split('\n').map(line => line.length))

describe('renderJson', () => {
  it('writes the summary as it is', async () => {
    await expect(renderJson(goldenSummary())).toMatchFileSnapshot(golden('report.json'))
  })
})

describe('renderMarkdown', () => {
  it('writes the golden report', async () => {
    await expect(renderMarkdown(goldenSummary())).toMatchFileSnapshot(golden('report.md'))
  })

  it('lets no name become markup or end a cell', () => {
    const markdown = renderMarkdown(bareSummary())
    expect(markdown).toContain(String.raw`# \<script\>alert(1)\</script\> \| \*bold\*`)
    expect(markdown).toContain(String.raw`| \<i\>odd\</i\> | 1 | 100 % | provider | a\|b |`)
  })
})

describe('renderText', () => {
  it('writes the golden report', async () => {
    const text = renderText(goldenSummary(), { width: 120, color: false })
    await expect(text).toMatchFileSnapshot(golden('report.txt'))
  })

  it.each([60, 80, 120, 200])('keeps every table within %i columns', width => {
    const tables = renderText(goldenSummary(), { width, color: false }).split('\n\n').slice(2)
    for (const table of tables) expect(widthOf(table)).toBeLessThanOrEqual(width)
  })

  it('has escape codes only when colour is wanted, and never from a name', () => {
    expect(renderText(bareSummary(), { width: 80, color: false })).not.toContain('\u001b')
    expect(renderText(goldenSummary(), { width: 80, color: true })).toContain('\u001b[1m')
  })
})

describe.each([
  ['renderMarkdown', renderMarkdown],
  ['renderHtml', renderHtml],
])('%s', (_name, render) => {
  it('shows no control character of a name from outside', () => {
    const evil = 'evil\u001b[31m\u009b2J\u0000 host'
    const sound = goldenSummary()
    const [served] = sound.served
    const [endpoint] = sound.endpoints
    const summary = {
      ...sound,
      scenario: evil,
      arms: Object.fromEntries(Object.entries(sound.arms).map(([arm, one]) => [`${arm} ${evil}`, one])),
      served: served ? [{ ...served, provider: evil }] : [],
      endpoints: endpoint ? [{ ...endpoint, provider: evil }] : [],
    }
    expect(render(summary)).toContain('evil')
    expect(render(summary)).not.toMatch(/[^\P{Cc}\n]/u)
  })
})

describe('renderHtml', () => {
  it('writes the golden report', async () => {
    await expect(renderHtml(goldenSummary())).toMatchFileSnapshot(golden('report.html'))
  })

  it('gives the same bytes again', () => {
    expect(renderHtml(goldenSummary())).toBe(renderHtml(goldenSummary()))
  })

  it('has no script and names nothing to load', () => {
    const html = renderHtml(goldenSummary())
    expect(html).not.toMatch(/<script|javascript:|@import|url\(https?:|src=|href="(?!#|data:)/)
  })

  it('lets no name become markup', () => {
    const html = renderHtml(bareSummary())
    expect(html).not.toMatch(/<script>|<img|<i>odd/)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('uses every id once', () => {
    const ids = [...renderHtml(goldenSummary()).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(ids).toEqual([...new Set(ids)])
  })

  it('links only to definitions that the page has', () => {
    const html = renderHtml(goldenSummary())
    for (const [, id] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${id}"`)
  })
})
