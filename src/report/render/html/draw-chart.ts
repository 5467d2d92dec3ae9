import { createRequire } from 'node:module'
import type * as ECharts from 'echarts/core'
import { escapeHtml } from './escape-html.ts'

/** Size of a drawing in CSS pixels. `narrow` is for phones. */
export interface ChartSize {
  readonly width: number
  readonly height: number
  readonly narrow: boolean
}

/** A chart before it is drawn. Colours are CSS variables, so one drawing serves light and dark. */
export interface Chart {
  readonly id: string
  readonly title: string
  /** What the axes are, in a few words. */
  readonly note: string
  readonly legend: readonly { readonly name: string; readonly color: string }[]
  readonly narrowHeight: number
  readonly wideHeight: number
  readonly option: (size: ChartSize) => ECharts.EChartsCoreOption
}

const wideWidth = 540
const narrowWidth = 340

/** The chart as HTML: drawn for desktop and for phone, of which CSS shows one. Pure. */
export function drawChart(chart: Chart): string {
  const wide = svgOf(chart, { width: wideWidth, height: chart.wideHeight, narrow: false })
  const narrow = svgOf(chart, { width: narrowWidth, height: chart.narrowHeight, narrow: true })
  const keys = chart.legend.map(
    ({ name, color }) => `<span><i style="background:${color}"></i>${escapeHtml(name)}</span>`,
  )
  const legend = keys.length > 1 ? `<p class="keys">${keys.join('')}</p>` : ''
  return `<figure id="chart-${chart.id}"><figcaption>${escapeHtml(chart.title)} <small>${escapeHtml(chart.note)}</small></figcaption>${legend}<div class="wide">${wide}</div><div class="narrow">${narrow}</div></figure>`
}

function svgOf(chart: Chart, size: ChartSize): string {
  const echarts = loadEcharts()
  const drawing = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: size.width,
    height: size.height,
  })
  drawing.setOption({ animation: false, ...chart.option(size) })
  const svg = drawing.renderToSVGString()
  drawing.dispose()
  return tidy(svg, chart, `${chart.id}-${size.narrow ? 'n' : 'w'}`)
}

/**
 * The bundle loads in a tenth of the time of the several hundred modules behind `echarts/core`, and only when a
 * chart is drawn; Node caches it.
 */
function loadEcharts(): typeof ECharts {
  return createRequire(import.meta.url)('echarts/dist/echarts.common.min.js')
}

/** Makes ids unique in the page and the same every time, and drops what only scripts and hovering need. */
function tidy(svg: string, { title, note }: Chart, prefix: string): string {
  return svg
    .replaceAll(/[^\P{Cc}\n]+/gu, ' ')
    .replaceAll(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replaceAll(/ class="zr\d+-cls-\d+"/g, '')
    .replaceAll(/ pointer-events="visible"/g, '')
    .replaceAll(/zr\d+-/g, `${prefix}-`)
    .replaceAll(/font-family:[^;"]*;?/g, '')
    .replace(/<rect [^>]*fill="none"><\/rect>\n?/, '')
    .replace(
      /<svg width="\d+" height="\d+"/,
      `<svg role="img" aria-label="${escapeHtml(`${title}: ${note}`)}"`,
    )
    .replace(/ xmlns:xlink="[^"]*" version="1.1" baseProfile="full"/, '')
    .replaceAll(/\n+/g, '\n')
}
