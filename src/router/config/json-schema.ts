import { z } from 'zod'
import type { JsonSchema } from '../../document/index.ts'
import { routerFileSchema } from './file-schema.ts'

/**
 * The JSON Schema (draft 2020-12) of the router's configuration file, for editors; `schema/router.schema.json` is this,
 * written out. What contradicts itself or the catalogue is not in it: `parseRouterConfig` checks that.
 */
export function routerJsonSchema(): JsonSchema {
  return { title: 'routebench router', ...z.toJSONSchema(routerFileSchema, { io: 'input' }) }
}
