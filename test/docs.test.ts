import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { errorCodes, exitCodes } from '../src/core/index.ts'
import { errorClasses } from '../src/wire/index.ts'

const run = promisify(execFile)

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

  it('has the table of error types, with all that follows from them', () => {
    const documented = tableRows(page, 'Error types of requests').map(cells => cells.slice(0, 6))
    const yesOrNo = (isSo: boolean) => (isSo ? 'yes' : 'no')
    const rows = Object.entries(errorClasses).map(([type, row]) => [
      type,
      row.fault,
      yesOrNo(row.isRetryable),
      row.scope,
      yesOrNo(row.countsAgainstUptime),
      row.coolsDown === 'nothing' ? '' : row.coolsDown.replaceAll('_', ' '),
    ])
    expect(documented).toEqual(rows)
  })
})

/** What `--help` of a command prints. */
async function helpOf(...command: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['src/cli/main.ts', ...command, '--help'])
  return stdout
}

/** First words of the list below `Commands:`. */
function commandsOf(text: string): string[] {
  const list = text.split('Commands:')[1] ?? ''
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name).filter(name => name !== 'help')
}

describe.each(['docs/architecture.md', 'CONTRIBUTING.md', 'AGENTS.md', 'CHANGELOG.md'])('%s', page => {
  it('names files and folders that exist, from the root or from src', () => {
    const named = [...readFileSync(page, 'utf8').matchAll(/`((?:[\w-]+\/)+(?:[\w.-]+\.(?:ts|md|yaml))?)`/g)]
    const missing = named
      .map(([, path = '']) => path)
      .filter(path => !path.startsWith('runs/') && !existsSync(path) && !existsSync(`src/${path}`))
    expect(missing).toEqual([])
  })
})

describe('the help of the command line', () => {
  it('lists commands that the README names, and explains every flag of each', async () => {
    const readme = readFileSync('README.md', 'utf8')
    const commands = commandsOf(await helpOf())
    expect(commands).toContain('run')
    for (const command of commands) expect(readme, command).toMatch(new RegExp(`\\b${command}\\b`))
    const helps = await Promise.all(commands.map(command => helpOf(command)))
    const flags = helps.flatMap(help => help.match(/^ {2}-.*(\n {10,}.*)*$/gm) ?? [])
    expect(flags.length).toBeGreaterThan(commands.length)
    for (const flag of flags) expect(flag).toMatch(/^ {2}-\S.*?\s{2,}\S/)
  })
})
