import { z } from 'zod'

/** An assertion on an answer, as scenario and prompt files write it. */
export const checkSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('exact').describe('The answer, without white space around it, is this text.'),
    value: z.string(),
  }),
  z.strictObject({
    kind: z.literal('contains').describe('The answer contains this text.'),
    value: z.string().min(1),
  }),
  z.strictObject({
    kind: z.literal('regex').describe('The answer matches this JavaScript regular expression.'),
    pattern: z.string(),
    flags: z
      .string()
      .regex(/^[imsu]*$/, 'flags are out of i, m, s and u')
      .default(''),
  }),
  z.strictObject({
    kind: z.literal('json_schema').describe('The whole answer is JSON that fits this schema (draft-07).'),
    schema: z.record(z.string(), z.json()),
  }),
])
