import { describe, expect, it } from 'vitest'
import { type RunSummary, renderHtml, renderMarkdown, renderText } from '../../src/report/index.ts'
import { goldenSummary } from './golden-summary.ts'

const renderers = [
  { name: 'text', render: (summary: RunSummary) => renderText(summary, { width: 120, color: false }) },
  { name: 'Markdown', render: renderMarkdown },
  { name: 'HTML', render: (summary: RunSummary) => renderHtml(summary).replaceAll(/<\/?span[^>]*>/g, '') },
]

const valid = (): RunSummary => ({ ...goldenSummary(), validity: { verdict: 'valid', reasons: [] } })

describe.each(renderers)('the head of a report in $name', ({ render }) => {
  it('warns of a valid run in which no request succeeded', () => {
    const outcomes = { ok: 0, error: 270, canceled: 0, truncated: 0 }
    const report = render({ ...valid(), outcomes, requestSuccess: 0 })
    expect(report).toContain('Valid as a measurement, but no request succeeded.')
    expect(report).not.toContain('class="verdict valid"')
  })

  it('names what was dropped, and says nothing when nothing was', () => {
    const summary = valid()
    const lossy = { ...summary, run: { ...summary.run, recordsDropped: 2, spansDropped: 1500 } }
    expect(render(lossy)).toMatch(/Dropped records: 2\..*/)
    expect(render(lossy)).toContain('Dropped spans: 1,500.')
    const whole = { ...summary, run: { ...summary.run, recordsDropped: 0, spansDropped: 0 } }
    expect(render(whole)).not.toContain('Dropped')
  })

  it('says how many answers came from a response cache, and nothing when none did', () => {
    const summary = valid()
    const counts = { ...summary.counts, cached: 1200 }
    expect(render({ ...summary, counts })).toContain('1,200 answered by a response cache')
    expect(render(summary)).not.toContain('response cache')
  })

  it('tells endpoints of one provider apart', () => {
    const summary = valid()
    const endpoints = summary.endpoints.slice(0, 1).flatMap(endpoint => [
      { ...endpoint, endpoint: 'alpha/us-east5/one' },
      { ...endpoint, endpoint: 'alpha/flex/one' },
    ])
    const report = render({ ...summary, endpoints })
    expect(report).toContain('alpha/us-east5')
    expect(report).toContain('alpha/flex')
  })

  it('claims no more of fallbacks than is counted', () => {
    expect(render({ ...valid(), fallbackRate: 0, fellBack: 0, fallbacks: [] })).toContain(
      'no request left its first endpoint',
    )
    expect(render(valid())).toContain('34 tried another provider or model')
  })

  it('calls waste known only where requests of unknown cost could have wasted more', () => {
    const summary = valid()
    const cost = { ...summary.cost, wastedUsd: '0', unknown: 6 }
    const unsure = render({ ...summary, cost })
    expect(unsure).toContain('known waste $0, 6 requests of unknown cost')
    expect(unsure).not.toContain('$0 wasted')
    expect(unsure).toContain('the 6 requests')
    const sure = render({ ...summary, cost: { ...cost, unknown: 0 }, totalCostUnknown: 0 })
    expect(sure).toContain('$0 wasted')
    expect(sure).not.toContain('whole cost is unknown')
  })

  it('gives the cost of the whole run beside the cost of its measured part', () => {
    expect(render({ ...valid(), totalCostUsd: '0.7' })).toContain('$0.7000 with warm-up')
  })

  it('marks tail quantiles of few values', () => {
    const few = { n: 19, p50: 1, p95: 222, p99: 333 }
    const report = render({ ...valid(), ttftMs: few })
    expect(report).toContain('p95 222°')
    expect(report).toContain('p99 333°')
    expect(report).toContain('too few values')
    const enough = render({ ...valid(), ttftMs: { ...few, n: 100 } })
    expect(enough).not.toMatch(/p9\d (222|333)°/)
  })

  it('lists failed checks by name', () => {
    const failedChecks = [{ check: 'json_schema#1', arm: 'baseline', count: 4321 }]
    const report = render({ ...valid(), failedChecks }).replaceAll('\\', '')
    expect(report).toMatch(/json_schema#1[\s\S]{0,40}4,321[\s\S]{0,40}baseline/)
  })
})
