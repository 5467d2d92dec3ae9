import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { textFor } from '../../../src/sim/model/answer-text.ts'
import { createCheckers } from '../../../src/sim/model/fits-schema.ts'
import { bytesTokenizer } from '../../../src/sim/model/tokenizer.ts'

describe('textFor', () => {
  it('answers an exact wish word for word', () => {
    const means = { rng: createRng('x'), tokenizer: bytesTokenizer, checkerOf: createCheckers() }
    expect(textFor({ kind: 'exact', text: ' ≠ 42' }, 0, means)).toBe(' ≠ 42')
  })
})
