import type { Rng } from '../../core/index.ts'

/** Words of three letters: with the space after it, each is exactly one token of four bytes. */
const words = (
  'the and for are but not you all can had her was one our out day get has him his how man new now old see ' +
  'two way who boy did its let put say she too use act add age ago air arm art ask bad bag bed big bit box ' +
  'buy car cat cut dog dry due ear eat egg end eye far few fit fix fly fun gas hot ice job key kid lay leg ' +
  'lie lot low map mix net oil own pay per raw red row run sea set sit six sky son sum sun tax tea ten tie ' +
  'top try war web win yes yet'
).split(' ')

/** Seeded words of exactly `tokens` tokens (four ASCII bytes each). The same rng state gives the same text. */
export function fillerText(tokens: number, rng: Rng): string {
  let text = ''
  for (let token = 0; token < tokens; token++) text += `${words[rng.int(words.length)]} `
  return text
}
