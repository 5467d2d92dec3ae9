// How long a report on many requests takes: all queries and all renderers, on the embedded store.
// Usage: node bench/report.ts [requests, default 100000] [runs, default 5]
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  readSummary,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
  type RunSummary,
} from '../src/report/index.ts'
import { migrate, openStore, startEmbeddedStore } from '../src/store/index.ts'
import { reportTraffic } from './report-traffic.ts'

const [requests = 100_000, rounds = 5] = process.argv.slice(2).map(Number)

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'routebench-bench-'))
  const engine = await startEmbeddedStore({ dataDir: folder })
  const store = await openStore({ url: engine.url })
  try {
    await migrate(store)
    for (const sql of reportTraffic('bench', requests)) await store.command(sql)
    console.log(`report on ${requests} requests (1.04 attempts each), ms`)
    for (let round = 1; round <= rounds; round++) {
      const startMs = performance.now()
      const summary = await readSummary(store, 'bench')
      const queriesMs = performance.now() - startMs
      const rendered = render(summary)
      const totalMs = performance.now() - startMs
      console.log(`round ${round}: queries ${queriesMs.toFixed(0)}, ${rendered}, all ${totalMs.toFixed(0)}`)
    }
  } finally {
    await store.close()
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function render(summary: RunSummary): string {
  const renderers = {
    html: renderHtml,
    markdown: renderMarkdown,
    json: renderJson,
    text: (one: RunSummary) => renderText(one, { width: 120, color: true }),
  }
  return Object.entries(renderers)
    .map(([name, draw]) => {
      const startMs = performance.now()
      const { length } = draw(summary)
      return `${name} ${(performance.now() - startMs).toFixed(0)} (${(length / 1024).toFixed(0)} KiB)`
    })
    .join(', ')
}

await main()
