import { z } from 'zod'
import { isObject, type JsonObject } from '../../core/index.ts'

/** What a request wants done to it or to its answer; null: nothing of the kind. */
export interface PluginWishes {
  /** Repair JSON in an answer that was to be JSON. */
  readonly healing: boolean
  /** Cut out the middle of a conversation that does not fit. */
  readonly compression: boolean
  /** Replace PDF files by their text. */
  readonly pdfText: boolean
}

/** The result of reading `plugins`. */
export type PluginWishesResult =
  | { readonly ok: true; readonly wishes: PluginWishes }
  | { readonly ok: false; readonly problem: string }

/** `auto-router` only says which models a pool may choose from. */
const known = ['response-healing', 'context-compression', 'file-parser', 'auto-router'] as const
/** Names under which OpenRouter extracts text without a model. */
const textEngines: ReadonlySet<unknown> = new Set(['pdf-text', 'cloudflare-ai'])
const mostPlugins = 20

const plugin = z.looseObject({ id: z.string(), enabled: z.boolean().nullish() })
const schema = z.array(plugin).max(mostPlugins).nullish()

/**
 * Reads `plugins` and the older `transforms` of a request body. Plugins that this router does not have are refused by
 * name, unless they are switched off. Pure; never throws.
 */
export function parsePluginWishes(body: JsonObject): PluginWishesResult {
  const parsed = schema.safeParse(body['plugins'])
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'invalid' }
    return { ok: false, problem: `${['plugins', ...path].join('.')}: ${message}` }
  }
  const wanted = (parsed.data ?? []).filter(({ enabled }) => enabled !== false)
  const problem = wanted.map(problemOf).find(text => text !== null) ?? transformsProblem(body['transforms'])
  if (problem) return { ok: false, problem }
  const has = (id: (typeof known)[number]) => wanted.some(one => one.id === id)
  const transforms = body['transforms']
  const isOldName = Array.isArray(transforms) && transforms.includes('middle-out')
  return {
    ok: true,
    wishes: {
      healing: has('response-healing'),
      compression: has('context-compression') || isOldName,
      pdfText: wanted.some(one => one.id === 'file-parser' && textEngines.has(pdfEngine(one))),
    },
  }
}

/** Leaves out the fields that are for the router alone. Pure. */
export function withoutPlugins(body: JsonObject): JsonObject {
  const { plugins: _plugins, transforms: _transforms, ...rest } = body
  return rest
}

function problemOf(wish: z.infer<typeof plugin>): string | null {
  const { id } = wish
  if (!known.some(name => name === id)) {
    return `plugins: the plugin ${JSON.stringify(id.slice(0, 100))} is not supported; supported are ${known.join(', ')}`
  }
  if (id === 'context-compression' && (wish['engine'] ?? 'middle-out') !== 'middle-out') {
    return 'plugins: context-compression has the engine middle-out only'
  }
  if (id !== 'file-parser') return null
  const engine = pdfEngine(wish)
  return engine === 'native' || textEngines.has(engine)
    ? null
    : 'plugins: file-parser has the pdf engines pdf-text and native only'
}

/** Text is extracted unless the request says that the model reads the file itself. */
function pdfEngine(wish: z.infer<typeof plugin>): unknown {
  const { pdf } = wish
  return (isObject(pdf) ? pdf['engine'] : undefined) ?? 'pdf-text'
}

function transformsProblem(transforms: unknown): string | null {
  if (transforms === undefined || transforms === null) return null
  if (!Array.isArray(transforms)) return 'transforms: expected an array'
  return transforms.every(name => name === 'middle-out') ? null : 'transforms: only middle-out is supported'
}
