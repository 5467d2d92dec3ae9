import { describe, expect, it } from 'vitest'
import { createSeam } from '../../src/router/seam.ts'
import type { StreamEvent } from '../../src/wire/index.ts'

const said = (content: string): StreamEvent => ({
  kind: 'chunk',
  data: { id: 'x', choices: [{ index: 0, delta: { content }, finish_reason: null }] },
  hasToken: content !== '',
})

describe('createSeam', () => {
  it.each([
    ['leaves out what was withheld and is said again', ' ', [' big', ' house'], ['big', ' house']],
    ['also in pieces', ' \n\n', ['', ' ', '\n\nbig'], ['', '', 'big']],
    ['only as far as it is said again', '\n\n', ['\nbig', '\n'], ['big', '\n']],
    ['nothing where a host answers anew', ' ', ['The', ' big'], ['The', ' big']],
    ['nothing where nothing was withheld', '', [' big'], [' big']],
  ] as const)('%s', (_name, withheld, pieces, texts) => {
    const seam = createSeam(withheld)
    expect(pieces.map(piece => seam(said(piece)))).toEqual(
      texts.map(text => ({ ...said(text), hasToken: expect.anything() })),
    )
  })

  it('hands on comments and what is no text', () => {
    const seam = createSeam(' ')
    const others: readonly StreamEvent[] = [
      { kind: 'comment', text: ' wait' },
      { kind: 'chunk', data: { choices: [] }, hasToken: false },
    ]
    expect(others.map(seam)).toEqual(others)
    expect(seam(said(' big'))).toMatchObject(said('big'))
  })
})
