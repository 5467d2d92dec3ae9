import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/index.ts'
import { bareSummary, goldenSummary } from './golden-summary.ts'

const executables = [
  process.env['CHROMIUM_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const executablePath = executables.find(path => path !== '' && existsSync(path))
const title = executablePath
  ? 'renderHtml in a browser'
  : 'renderHtml in a browser (skipped: no Chromium found; set CHROMIUM_PATH)'

const pages = [
  { name: 'a full report', html: renderHtml(goldenSummary()) },
  { name: 'a report about almost nothing', html: renderHtml(bareSummary()) },
]
const views = [
  { name: 'a phone', width: 390, colorScheme: 'light' },
  { name: 'a small phone in the dark', width: 320, colorScheme: 'dark' },
  { name: 'a tablet', width: 768, colorScheme: 'light' },
  { name: 'a desktop', width: 1280, colorScheme: 'light' },
] as const
const cases = pages.flatMap(page => views.map(view => ({ page, view })))

describe.skipIf(!executablePath)(title, () => {
  let browser: Browser
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'routebench-html-'))
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  })

  it.each(cases)(
    'shows $page.name on $view.name without sideways scrolling, errors or requests',
    async ({ page: { html }, view }) => {
      const file = join(folder, 'report.html')
      await writeFile(file, html)
      const url = pathToFileURL(file).href
      const page = await browser.newPage({
        viewport: { width: view.width, height: 800 },
        colorScheme: view.colorScheme,
      })
      const problems: string[] = []
      page.on('console', message => problems.push(message.text()))
      page.on('pageerror', error => problems.push(String(error)))
      page.on('request', request => {
        if (request.url() !== url && !request.url().startsWith('data:'))
          problems.push(`request ${request.url()}`)
      })
      await page.goto(url)
      expect(problems).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(view.width)
      await page.close()
    },
  )

  it('shows each chart once: wide on a desktop, narrow on a phone', async () => {
    const page = await browser.newPage()
    await page.setContent(renderHtml(goldenSummary()))
    const shown =
      'Array.from(document.querySelectorAll("figure svg")).filter(svg => svg.clientWidth > 0).length'
    const figures = 'document.querySelectorAll("figure").length'
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate(shown)).toBe(await page.evaluate(figures))
    }
    await page.close()
  })
})
