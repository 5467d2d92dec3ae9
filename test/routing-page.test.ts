import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stickyStates } from '../src/record/names.ts'
import { exclusionRules } from '../src/policy/types.ts'
import { runCli } from './support/run-cli.ts'
import { makeTemporaryFolder } from './support/temporary-folder.ts'
import { writeFile } from 'node:fs/promises'

const page = readFileSync('docs/routing.md', 'utf8')

function sectionOf(title: string): string {
  return new RegExp(`^## ${title}\\n(.*?)(?=^## |(?![\\s\\S]))`, 'ms').exec(page)?.[1] ?? ''
}

/** Contents of the code blocks of a section. */
function blocksOf(title: string): readonly string[] {
  return [...sectionOf(title).matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, block = '']) => block)
}

describe('docs/routing.md', () => {
  it('lists the filters in the order in which they are applied', () => {
    const listed = [...sectionOf('Filters').matchAll(/^\| `(\w+)` \|/gm)].map(([, rule]) => rule)
    expect(listed).toEqual([...exclusionRules])
  })

  it('has every result of sticky routing in its table of states', () => {
    const states = [...sectionOf('Sticky routing').matchAll(/\| `(\w+)` \|$/gm)].map(([, state]) => state)
    expect(new Set(states)).toEqual(new Set(stickyStates))
  })

  it('shows a worked decision that the command still prints', async () => {
    const [request = '', output] = blocksOf('A worked decision')
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file('request.json'), request)
    const args = ['explain', 'request.json', '--session', 'talk-1']
    expect((await runCli(args, { cwd: folder.path })).stdout).toBe(output)
  })
})
