// Plays every fault of the simulated providers, streamed and not, with and without a healthy endpoint beside the faulty
// one, and scores each from the caller's side and from the providers' log. docs/reliability.md says how to read it.
// Run: npx node bench/fault-matrix.ts [--repeat 20] [--fault <name>]… [--json] [--seed <text>]; exits with 1 if a cell fails.
import { parseArgs } from 'node:util'
import { faultCases } from './fault-matrix/cases.ts'
import { type CellResult, cellsOf } from './fault-matrix/cell.ts'
import { runCell } from './fault-matrix/run-cell.ts'
import { scorecard, verdictOn } from './fault-matrix/scorecard.ts'

const { values } = parseArgs({
  options: {
    repeat: { type: 'string', default: '20' },
    fault: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: 'fault-matrix' },
    json: { type: 'boolean', default: false },
  },
})
const { fault: wanted, seed, json } = values
const repeat = Number(values.repeat)
const known = new Set(faultCases.map(({ name }) => name))
const unknown = wanted.filter(name => !known.has(name))
if (unknown.length > 0 || !(repeat >= 1)) {
  console.error(`--fault is one of: ${[...known].join('; ')}. --repeat is a number from 1.`)
  process.exit(64)
}

const startMs = performance.now()
const cells = cellsOf(faultCases.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
const results: CellResult[] = []
for (const cell of cells) {
  results.push(await runCell(cell, { repeat, seed }))
  if (process.stderr.isTTY) process.stderr.write(`\r${results.length} of ${cells.length} cells`)
}
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
if (json) console.log(JSON.stringify({ repeat, seed, results }))
else {
  console.log(scorecard(results))
  console.log(`took         ${Math.round((performance.now() - startMs) / 1000)} s, each cell ${repeat} times`)
}
process.exitCode = verdictOn(results) === 'fail' ? 1 : 0
