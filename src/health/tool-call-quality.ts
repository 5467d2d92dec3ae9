import { Ajv } from 'ajv'
import { isObject, type JsonObject } from '../core/index.ts'
import { createSafePattern } from './safe-pattern.ts'
import { schemaSize } from './schema-size.ts'

/** What is wrong with a tool call: OpenRouter's `InvalidJson`, `UnknownName` and `SchemaMismatch`. */
export type BadToolCall = 'invalid_json' | 'unknown_name' | 'schema_mismatch'

/** A tool call of an answer; `argumentsText` as it came. */
export interface ToolCall {
  readonly name: string
  readonly argumentsText: string
}

/** Judges the tool calls of answers against the tools of their requests. */
export interface ToolCallJudge {
  /** What is wrong with the first bad call; null: all calls are good. `tools` is the request's field, unchecked. */
  firstBad(tools: readonly unknown[], calls: readonly ToolCall[]): BadToolCall | null
}

/** Longer schemas are not compiled: their calls count as matching. */
const longestSchema = 32_768
/** Nodes of a schema times values of the arguments: what takes more is not checked. */
const mostWork = 10_000_000
/** Comparing all items of a list with each other takes their square. */
const mostUniqueItems = 2_000

interface Check {
  readonly size: number
  readonly hasUniqueItems: boolean
  readonly matches: (value: unknown) => boolean
}

/** For what cannot or must not be checked. */
const anything: Check = { size: 0, hasUniqueItems: false, matches: () => true }

/**
 * Makes a judge (router contract, section 4.4, and docs/routing.md). A call is bad by the first that holds:
 * its arguments are no JSON (empty ones too), no tool of the request has its name, or they do not match the tool's
 * parameters, a JSON Schema of draft 7. A schema that does not compile matches everything, and so does one that could
 * take long: both texts come from outside.
 *
 * Deterministic; compiled schemas are kept, the newest `maxSchemas` of them, because compiling takes milliseconds.
 */
export function createToolCallJudge({ maxSchemas = 256 } = {}): ToolCallJudge {
  const checks = new Map<string, Check>()
  let ajv: Ajv | null = null

  function checkOf(schema: JsonObject): Check {
    const text = JSON.stringify(schema)
    const known = checks.get(text)
    if (known) return known
    ajv ??= createAjv()
    const check = compile(ajv, schema, text)
    const oldest = checks.size >= maxSchemas ? checks.keys().next().value : undefined
    if (oldest !== undefined) checks.delete(oldest)
    checks.set(text, check)
    return check
  }

  function faultOf({ name, argumentsText }: ToolCall, tools: Tools): BadToolCall | null {
    const value = parse(argumentsText)
    if (value === undefined) return 'invalid_json'
    const schema = tools.schemas.get(name)
    if (schema === undefined) return tools.isOpen ? null : 'unknown_name'
    if (!isObject(schema)) return null
    const { size, hasUniqueItems, matches } = checkOf(schema)
    const values = argumentsText.split(/[,[{]/).length
    if (size * values > mostWork || (hasUniqueItems && values > mostUniqueItems)) return null
    return matches(value) ? null : 'schema_mismatch'
  }

  return Object.freeze<ToolCallJudge>({
    firstBad: (tools, calls) => {
      const known = readTools(tools)
      for (const call of calls) {
        const fault = faultOf(call, known)
        if (fault !== null) return fault
      }
      return null
    },
  })
}

function createAjv(): Ajv {
  return new Ajv({
    strict: false,
    validateFormats: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: createSafePattern },
  })
}

interface Tools {
  /** Parameters by name of the tool; null: it takes any. */
  readonly schemas: ReadonlyMap<string, unknown>
  /** Whether there are tools besides functions, whose names the request does not tell. */
  readonly isOpen: boolean
}

function readTools(tools: readonly unknown[]): Tools {
  const schemas = new Map<string, unknown>()
  let isOpen = false
  for (const tool of tools) {
    const declared = isObject(tool) ? tool['function'] : undefined
    const name = isObject(declared) ? declared['name'] : undefined
    if (isObject(declared) && typeof name === 'string') schemas.set(name, declared['parameters'] ?? null)
    else isOpen = true
  }
  return { schemas, isOpen }
}

function compile(ajv: Ajv, schema: JsonObject, text: string): Check {
  const size = text.length > longestSchema ? null : schemaSize(schema)
  // Ajv's `$async` would answer with a promise that nobody awaits.
  if (size === null || text.includes('"$async"')) return anything
  try {
    const matches = ajv.compile(schema)
    return { size, hasUniqueItems: text.includes('"uniqueItems"'), matches: value => matches(value) }
  } catch {
    // By the contract, a schema that does not compile counts as matched.
    return anything
  } finally {
    ajv.removeSchema(schema)
  }
}

/** undefined: the text is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // That it is none is the answer.
    return undefined
  }
}
