import { z } from 'zod'
import type { JsonSchema } from '../document/index.ts'
import { fileSchema } from './file-schema.ts'

/**
 * The JSON Schema (draft 2020-12) of catalogue files, for editors; `schema/catalog.schema.json` is this,
 * written out. Rules across entries are not in it: `parseCatalog` checks those.
 */
export function catalogJsonSchema(): JsonSchema {
  return { title: 'routebench catalogue', ...z.toJSONSchema(fileSchema, { io: 'input' }) }
}
