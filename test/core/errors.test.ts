import { describe, expect, it } from 'vitest'
import { errorCodes, exitCodes, formatProblem, messageOf, UserError } from '../../src/core/index.ts'

describe('UserError', () => {
  it('carries the exit code of its code, a hint, its problems and its cause', () => {
    const cause = new Error('ENOENT')
    const error = new UserError('cannot read a.yaml', {
      code: 'E_FILE_UNREADABLE',
      hint: 'Check the path.',
      problems: ['a.yaml:1:1 missing: no such file'],
      cause,
    })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'UserError',
      message: 'cannot read a.yaml',
      code: 'E_FILE_UNREADABLE',
      hint: 'Check the path.',
      problems: ['a.yaml:1:1 missing: no such file'],
      exitCode: 64,
      cause,
    })
  })

  it('has no problems unless they are given', () => {
    expect(new UserError('x', { code: 'E_USAGE', hint: 'y' }).problems).toEqual([])
  })
})

describe('errorCodes', () => {
  it('leads each code to a documented exit code that means neither success nor a verdict', () => {
    const verdicts: readonly number[] = [
      exitCodes.ok,
      exitCodes.gateFailed,
      exitCodes.inconclusive,
      exitCodes.invalid,
    ]
    for (const [code, exitCode] of Object.entries(errorCodes)) {
      expect(Object.values(exitCodes), code).toContain(exitCode)
      expect(verdicts, code).not.toContain(exitCode)
    }
  })
})

describe('exitCodes', () => {
  it('are distinct', () => {
    expect(new Set(Object.values(exitCodes)).size).toBe(Object.keys(exitCodes).length)
  })
})

describe('messageOf', () => {
  it.each([
    ['an error', new Error('gone'), 'gone'],
    ['a text', 'gone', 'gone'],
    ['nothing', undefined, 'undefined'],
  ])('reads %s', (_name, thrown, message) => {
    expect(messageOf(thrown)).toBe(message)
  })
})

describe('formatProblem', () => {
  it('writes one line that editors follow', () => {
    const problem = { file: 'a.yaml', line: 3, column: 7, rule: 'unknown-key', message: '"sed" is unknown' }
    expect(formatProblem(problem)).toBe('a.yaml:3:7 unknown-key: "sed" is unknown')
  })
})
