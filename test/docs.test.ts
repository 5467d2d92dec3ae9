import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorCodes, exitCodes } from '../src/core/index.ts'
import { errorTypeFaults } from '../src/wire/index.ts'

/** Cells of every table row of a section, without code marks. */
function tableRows(markdown: string, heading: string): string[][] {
  return sectionOf(markdown, heading)
    .split('\n')
    .filter(line => line.startsWith('|'))
    .slice(2)
    .map(line =>
      line
        .slice(1, -1)
        .split(' | ')
        .map(cell => cell.replaceAll(/[|`]/g, '').trim()),
    )
}

/** Text from a second-level heading to the next. */
function sectionOf(markdown: string, heading: string): string {
  return markdown.split(/^## /m).find(section => section.startsWith(`${heading}\n`)) ?? ''
}

describe('docs/errors.md', () => {
  const page = readFileSync('docs/errors.md', 'utf8')

  it('has the table of exit codes', () => {
    const documented = tableRows(page, 'Exit codes').map(([code, name]) => [name, Number(code)])
    expect(documented).toEqual(Object.entries(exitCodes))
  })

  it('has an entry for each error code, in the order of the code, with the same exit code', () => {
    const entries = sectionOf(page, 'Error codes').split(/^### /m).slice(1)
    const documented = entries.map(entry => [
      entry.slice(0, entry.indexOf('\n')),
      Number(/^- Exit code: (\d+)$/m.exec(entry)?.[1]),
    ])
    expect(documented).toEqual(Object.entries(errorCodes))
  })

  it('says of each error code when it comes, how it looks and what to do', () => {
    for (const entry of sectionOf(page, 'Error codes').split(/^### /m).slice(1)) {
      expect(entry).toMatch(
        /^E_[A-Z_]+\n\n- When: .+\n- Example: `.+`\n- What to do: .+\n- Exit code: \d+\n*$/,
      )
    }
  })

  it('has the table of error types, with their faults', () => {
    const documented = tableRows(page, 'Error types of requests').map(([type, fault]) => [type, fault])
    expect(documented).toEqual(Object.entries(errorTypeFaults))
  })
})

function help(...command: string[]): string {
  return execFileSync(process.execPath, ['src/cli/main.ts', ...command, '--help'], { encoding: 'utf8' })
}

/** First words of the list below `Commands:`. */
function commandsOf(text: string): string[] {
  const list = text.split('Commands:')[1] ?? ''
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name).filter(name => name !== 'help')
}

describe.skipIf(!existsSync('src/cli/main.ts'))('the help of the command line', () => {
  it('lists commands that the README names', () => {
    const readme = readFileSync('README.md', 'utf8')
    const commands = commandsOf(help())
    expect(commands).toContain('run')
    for (const command of commands) expect(readme, command).toMatch(new RegExp(`\\b${command}\\b`))
  })

  it('explains every flag of every command', () => {
    for (const command of commandsOf(help())) {
      for (const line of help(command).match(/^ {2}(-\S.*)$/gm) ?? []) {
        expect(line, `${command}: ${line}`).toMatch(/^ {2}-\S+.* {2,}\S/)
      }
    }
  })
})
