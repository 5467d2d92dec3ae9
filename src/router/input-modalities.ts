import { asArray, asObject, asText } from '../wire/index.ts'

/** Kinds of input by the type of a part of a message, in the spellings of OpenAI and OpenRouter. */
const kinds: Readonly<Record<string, string>> = {
  image_url: 'image',
  input_image: 'image',
  file: 'file',
  input_file: 'file',
  input_audio: 'audio',
  video_url: 'video',
  input_video: 'video',
}

/** The kinds of input besides text that messages carry, each once. Parts of unknown types count as text. Pure. */
export function inputModalities(messages: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const found = new Set<string>()
  for (const { content } of messages) {
    for (const part of asArray(content)) {
      const kind = kinds[asText(asObject(part)?.['type'])]
      if (kind !== undefined) found.add(kind)
    }
  }
  return [...found]
}
