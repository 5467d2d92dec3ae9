import { z } from 'zod'
import { scenarioFileSchema } from './scenario-schema.ts'

/** A JSON Schema node, as far as it is looked into here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

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
