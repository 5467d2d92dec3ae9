// `npm test`: the static checks, then all tests, then one closing line that counts both.
// With --static: the checks alone.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser } from './ensure-browser.mjs'

const checks = [
  ['format', 'biome', ['format', '.']],
  ['lint', 'oxlint', ['src', 'test', 'bench', 'examples', 'bin', 'scripts']],
  ['types', 'tsc', ['-p', '.']],
  ['unused code', 'knip', []],
]

function runCheck([name, command, args]) {
  const startedMs = performance.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${name} (${seconds} s)`)
  return status === 0
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'routebench-test-'))
  const report = join(folder, 'report.json')
  const { status } = spawnSync(
    'vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    {
      stdio: 'inherit',
    },
  )
  const counts = readCounts(report)
  rmSync(folder, { recursive: true })
  return { ...counts, isGreen: status === 0 }
}

function readCounts(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    // The test runner died before it could write: count that as one failure.
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

const results = checks.map(runCheck)
if (process.argv.includes('--static')) process.exit(results.every(Boolean) ? 0 : 1)
ensureBrowser()
const tests = runTests()
const passed = results.filter(Boolean).length + tests.passed
// A runner that fails without a failed test (an error outside any test) still fails.
const failed = results.filter(ok => !ok).length + (tests.isGreen ? 0 : Math.max(1, tests.failed))
console.log(
  `\n${results.filter(Boolean).length} of ${checks.length} static checks and ${tests.passed} tests passed`,
)
console.log(`${passed} passed, ${failed} failed, ${tests.skipped} skipped`)
process.exit(failed === 0 ? 0 : 1)
