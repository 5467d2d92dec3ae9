import { z } from 'zod'
import type { JsonSchema } from '../document/index.ts'
import { scenarioFileSchema } from './scenario-schema.ts'

/**
 * The JSON Schema of scenario files (draft 2020-12), for editors; `schema/scenario.schema.json` is this,
 * written out. Cross-field rules are not in it: `parseScenario` checks those.
 */
export function scenarioJsonSchema(): JsonSchema {
  return {
    title: 'routebench scenario',
    ...z.toJSONSchema(scenarioFileSchema, { io: 'input' }),
  }
}
