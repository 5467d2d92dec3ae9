import type { AnswerReader } from './answer.ts'

/** Far beyond any real answer; what goes past it is a provider run wild, which must not fill memory. */
export const maxAnswerBytes: number = 64 * 2 ** 20

/** A reader that takes at most `maxAnswerBytes` and then calls `onTooLong` instead, for every further piece. */
export function boundedReader(reader: AnswerReader, onTooLong: () => void): AnswerReader {
  let left = maxAnswerBytes
  return {
    ...reader,
    push: (bytes, atNs) => {
      left -= bytes.length
      if (left < 0) onTooLong()
      else reader.push(bytes, atNs)
    },
  }
}
