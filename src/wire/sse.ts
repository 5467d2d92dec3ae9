import { createParser } from 'eventsource-parser'

/** Longest event of a stream, in characters; far beyond any real one, pictures included. */
export const maxEventChars: number = 32 * 2 ** 20

/** What happens in an event stream. */
export interface SseHandlers {
  /** An event's data, its lines joined by line feeds. */
  readonly onData: (data: string) => void
  readonly onComment: (text: string) => void
  /** An event is longer than `maxEventChars`; nothing more is read. Called once. */
  readonly onTooLong: () => void
}

/** Reads the bytes of one event stream as they come. */
export interface SseDecoder {
  push(bytes: Uint8Array): void
}

/**
 * Makes a decoder of event streams (WHATWG HTML, section 9.2): the same bytes give the same events however they are cut,
 * also inside a character or between CR and LF. An event without its closing blank line is none.
 */
export function createSseDecoder({ onData, onComment, onTooLong }: SseHandlers): SseDecoder {
  const utf8 = new TextDecoder()
  let isTooLong = false
  const parser = createParser({
    maxBufferSize: maxEventChars,
    onComment,
    onEvent: ({ data }) => onData(data),
    onError: ({ type }) => {
      // Its other errors are lines of unknown fields, which the standard skips.
      if (type !== 'max-buffer-size-exceeded') return
      isTooLong = true
      onTooLong()
    },
  })
  return {
    push: bytes => {
      if (!isTooLong) parser.feed(utf8.decode(bytes, { stream: true }))
    },
  }
}
