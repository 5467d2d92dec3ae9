import type { Prompt } from '../prompt.ts'
import { chat } from './author.ts'
import { handbook } from './handbook.ts'

const maxTokens = 90
const thinkMs = 400

/** Conversations of three turns under one long system prompt, so that sticky routing and caching show. */
export const quickstartChats: readonly Prompt[] = [
  ...chat({
    id: 'chat-parcel',
    system: handbook,
    maxTokens,
    thinkMs,
    turns: [
      [
        'Hello, this is Ines. My parcel HL20391844 has not moved since last Wednesday.',
        'Hello Ines, I am sorry about the wait. A parcel that has not moved for five working days counts as missing, and yours has reached that point. I can start a search with the carrier and, when the goods are in stock, have a replacement sent at once. Would you like that?',
      ],
      [
        'Yes, please send the replacement. How long will the search take?',
        'Thank you, I have asked for the replacement. The search with the carrier takes up to eight working days. You do not need to do anything while it runs.',
      ],
      ['And what if both parcels turn up in the end?', ''],
    ],
  }),
  ...chat({
    id: 'chat-tent',
    system: handbook,
    maxTokens,
    thinkMs,
    turns: [
      [
        'Which tent should I take for two people in the mountains in October?',
        'That depends on where you will pitch it. Will you camp above the tree line, do you expect snow, and do you carry the tent yourselves or travel by car?',
      ],
      [
        'Above the tree line, snow is likely, and we carry everything.',
        'Then a four-season tent is the right choice, since a three-season tent is made for wind up to about 60 kilometres an hour and no snow load. Look for one below three kilograms with poles that cross twice. Do you cook inside the porch?',
      ],
      ['We would cook in the porch, yes. Is gas fine at minus eight degrees?', ''],
    ],
  }),
  ...chat({
    id: 'chat-voucher',
    system: handbook,
    maxTokens,
    thinkMs,
    turns: [
      [
        'I have a voucher from 2024 over 80 euros. Is it still worth anything?',
        'Vouchers are valid for three years, so a voucher from 2024 can be used until the same day in 2027. You can use it in parts.',
      ],
      [
        'Can I use it together with the code SPRING?',
        'Yes, a voucher is a means of payment and not a discount code, so the two go together. Only one discount code can be used for an order, and it has to be entered before the order is placed.',
      ],
      ['I already placed the order this morning. Can you still add the code?', ''],
    ],
  }),
  ...chat({
    id: 'chat-repair',
    system: handbook,
    maxTokens,
    thinkMs,
    turns: [
      [
        'A pole of my Lanternfell tent has split. It is four years old.',
        'Lanternfell has a warranty of five years, so this may well be covered. Please send a photograph of the split pole and one of the label. A colleague decides within two working days.',
      ],
      [
        'Done. I need a tent next weekend, though.',
        'While a tent is in the workshop during a warranty repair, you may borrow one of ours, as long as there are any. Shall I ask the workshop at the harbour to put one aside for you?',
      ],
      ['Yes please. Until when can I pick it up on Saturday?', ''],
    ],
  }),
]
