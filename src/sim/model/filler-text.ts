import type { Rng } from '../../core/index.ts'
import { bytesPerToken, type Tokenizer } from './tokenizer.ts'

/** A writing that filler can be in; `latin` is English. */
export type Script =
  | 'latin'
  | 'cyrillic'
  | 'greek'
  | 'han'
  | 'kana'
  | 'hangul'
  | 'arabic'
  | 'hebrew'
  | 'devanagari'

/** Words of three letters, each with the space between exactly one token of every tokenizer here. */
const words = (
  'the and for are but not you all can had her was one our out day get has him his how man new now old see ' +
  'two way who boy did its let put say she too use act add age ago air arm art ask bad bag bed big bit box ' +
  'buy car cat cut dog dry due ear eat egg end eye far few fit fix fly fun gas hot ice job key kid lay leg ' +
  'lie lot low map mix net oil own pay per raw red row run sea set sit six sky son sum sun tax tea ten tie ' +
  'top try war web win yes yet'
).split(' ')

/** Common words of one language of each script: Russian, Greek, Chinese, Japanese, Korean, Arabic, Hebrew, Hindi. */
const otherWords: Readonly<Record<Exclude<Script, 'latin'>, readonly string[]>> = {
  cyrillic: 'это как так что дом мир день год вода свет город слово время друг книга ночь путь рука'.split(
    ' ',
  ),
  greek: 'και για από αυτό σήμερα νερό σπίτι ημέρα φως πόλη λόγος χρόνος φίλος δρόμος νύχτα χέρι'.split(' '),
  han: '今天 天气 我们 时间 城市 问题 水 光 朋友 工作 世界 回答 可以 因为 所以 学习'.split(' '),
  kana: 'これは それは きょう みず ひかり ともだち じかん まち こたえ テレビ カメラ ノート'.split(' '),
  hangul: '오늘 시간 물 빛 도시 친구 대답 세계 사람 하루 마음 바다 하늘 나무'.split(' '),
  arabic: 'هذا اليوم ماء ضوء مدينة وقت صديق كتاب ليل طريق يد عالم'.split(' '),
  hebrew: 'זה היום מים אור עיר זמן חבר ספר לילה דרך יד עולם'.split(' '),
  devanagari: 'यह आज पानी समय शहर दिन मित्र काम दुनिया किताब रात हाथ'.split(' '),
}

/** Seeded words of exactly so many tokens, whatever the tokenizer. The same rng state gives the same text. */
export function fillerText(tokens: number, rng: Rng): string {
  let text = ''
  for (let token = 0; token < tokens; token++)
    text += `${token === 0 ? '' : ' '}${words[rng.int(words.length)] ?? ''}`
  return text
}

/** Seeded words of exactly so many tokens of that tokenizer, in the words of a writing. */
export function fillerIn(script: Script, tokens: number, { rng, tokenizer }: FillerMeans): string {
  if (script === 'latin') return fillerText(tokens, rng)
  const vocabulary = otherWords[script]
  if (tokenizer.idsOf === null) return textOfBytes(tokens * bytesPerToken, rng, vocabulary)
  let text = ''
  let left = tokens
  while (left > 0) {
    const space = text === '' ? '' : ' '
    // What no word fits is filled by dashes: one token each, and of no writing.
    const word =
      wordWithin(left, `${space}${vocabulary[rng.int(vocabulary.length)]}`, tokenizer) ?? `${space}–`
    text += word
    left -= tokenizer.count(word)
  }
  return text
}

/** What filler is made with. */
interface FillerMeans {
  readonly rng: Rng
  readonly tokenizer: Tokenizer
}

function wordWithin(tokens: number, word: string, tokenizer: Tokenizer): string | null {
  return tokenizer.count(word) <= tokens ? word : null
}

/** Which writing a text is mostly in, by its letters; `latin` when it has none of the others. Pure. */
export function scriptOf(text: string): Script {
  // Most questions are ASCII, and this stands in the way of every request.
  if (Buffer.byteLength(text) === text.length) return 'latin'
  const counts = scriptTests.map(([script, test]) => ({ script, count: text.match(test)?.length ?? 0 }))
  // Japanese mixes kana with Chinese characters; Chinese has no kana.
  const has = (name: Script) => (counts.find(({ script }) => script === name)?.count ?? 0) > 0
  const most = counts.toSorted((a, b) => b.count - a.count)[0]?.script ?? 'latin'
  return most === 'han' && has('kana') ? 'kana' : most
}

const scriptTests: readonly (readonly [Script, RegExp])[] = [
  ['latin', /\p{Script=Latin}/gu],
  ['cyrillic', /\p{Script=Cyrillic}/gu],
  ['greek', /\p{Script=Greek}/gu],
  ['han', /\p{Script=Han}/gu],
  ['kana', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['hangul', /\p{Script=Hangul}/gu],
  ['arabic', /\p{Script=Arabic}/gu],
  ['hebrew', /\p{Script=Hebrew}/gu],
  ['devanagari', /\p{Script=Devanagari}/gu],
]

/** Words up to that many bytes, the last one cut between characters, full stops for the bytes that are left. */
function textOfBytes(bytes: number, rng: Rng, vocabulary: readonly string[]): string {
  let text = ''
  let left = bytes
  while (left > 0) {
    const before = left
    for (const character of `${vocabulary[rng.int(vocabulary.length)]} `) {
      const size = Buffer.byteLength(character)
      if (size > left) break
      text += character
      left -= size
    }
    if (left === before) break
  }
  return text + '.'.repeat(left)
}
