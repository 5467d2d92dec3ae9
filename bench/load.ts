// Plays 200 requests a second for 30 s through router and simulated providers, each in a process of its own, and
// prints schedule lag, latency the router adds, and the largest memory of every process.
// Run: npx node bench/load.ts [scenario] — targets: lag p99 ≤ 5 ms on 2 cores, router RSS ≤ 400 MB. Linux only (/proc).
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const scenario = process.argv[2] ?? join(root, 'scenarios/load-200rps.yaml')
const folder = mkdtempSync(join(tmpdir(), 'routebench-load-'))
const child = spawn(process.execPath, [join(root, 'bin/routebench.js'), 'run', scenario], {
  cwd: folder,
  stdio: ['ignore', 'ignore', 'inherit'],
})

const peakRssMb = new Map<string, number>()
const sampling = setInterval(sampleMemory, 500)
child.once('exit', code => {
  clearInterval(sampling)
  print(code)
  rmSync(folder, { recursive: true })
})

/** Adds what the run's processes hold now to their peaks. */
function sampleMemory(): void {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const status = read(`/proc/${pid}/status`)
    const isOurs = Number(pid) === child.pid || status.includes(`\nPPid:\t${child.pid}\n`)
    const rssKb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)
    if (!isOurs || rssKb === 0) continue
    const name = roleOf(read(`/proc/${pid}/cmdline`))
    peakRssMb.set(name, Math.max(peakRssMb.get(name) ?? 0, Math.round(rssKb / 1024)))
  }
}

function roleOf(commandLine: string): string {
  return (
    ['router', 'providers', 'store'].find(
      role => commandLine.includes(`${role}-main`) || commandLine.includes(`/${role}/main`),
    ) ?? 'replayer'
  )
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process ended between listing and reading.
    return ''
  }
}

function print(exitCode: number | null): void {
  const summary = JSON.parse(readFileSync(join(folder, 'runs/latest/summary.json'), 'utf8'))
  console.table({
    'exit code': exitCode,
    validity: [summary.validity.verdict, ...summary.validity.reasons].join('; '),
    'requests sent': summary.counts.sent,
    'requests ok': summary.counts.ok,
    'schedule lag p50, ms': summary.scheduleLagMs.p50,
    'schedule lag p99, ms': summary.scheduleLagMs.p99,
    'schedule lag max, ms': summary.scheduleLagMs.max,
    'router time p50, ms': summary.routerMs.p50,
    'router time p99, ms': summary.routerMs.p99,
    'replayer CPU, cores': summary.run.cpuRatio,
    ...Object.fromEntries([...peakRssMb].map(([name, mb]) => [`${name} RSS peak, MB`, mb])),
  })
}
