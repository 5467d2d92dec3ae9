import type { Problem } from '../core/index.ts'
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml'

/** Keys and indexes from the root of a document to a value. */
export type Path = readonly PropertyKey[]

/** A place in a file, 1-based. */
interface Place {
  readonly line: number
  readonly column: number
}

/** A YAML (or JSON) text as data, with the way back from every value to its place in the text. */
export interface OpenDocument {
  readonly value: unknown
  /** Errors of syntax, in order; `value` is worth checking further only when there are none. */
  readonly syntaxProblems: readonly Problem[]
  /** Where the value at `path` is written, or the nearest thing around it that is. */
  placeOf(path: Path): Place
  /** Where the key `path` ends with is written. */
  placeOfKey(path: Path): Place
}

/** A text and where it comes from. */
export interface SourceText {
  /** The path as it is shown in problems. */
  readonly file: string
  readonly text: string
}

/**
 * Reads a YAML 1.2 text. Never throws: what is wrong with it is in `syntaxProblems`. Pure.
 *
 * @param options.scalars `text`: every scalar stays the text that was written, so that prices stay exact.
 */
export function openDocument(
  { file, text }: SourceText,
  options: { readonly scalars: 'typed' | 'text' } = { scalars: 'typed' },
): OpenDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // The parser compares every key with every other; a file may have very many.
    uniqueKeys: false,
    schema: options.scalars === 'text' ? 'failsafe' : 'core',
    // Keys that are no text would otherwise be warned about on stderr; they are unknown keys anyway.
    logLevel: 'error',
  })
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const syntaxErrors = document.errors.map(({ pos, message }) => ({
    offset: pos[0],
    rule: 'yaml-syntax',
    message,
  }))
  const syntaxProblems = [...syntaxErrors, ...repeatedKeys(document)]
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, rule, message }) => {
      const { line, column } = placeAt(offset)
      return { file, line, column, rule, message }
    })
  const read = syntaxProblems.length === 0 ? valueOf(document) : { value: undefined }
  if ('failure' in read) {
    syntaxProblems.push({ file, line: 1, column: 1, rule: 'yaml-syntax', message: read.failure })
  }
  return Object.freeze({
    value: 'value' in read ? read.value : undefined,
    syntaxProblems,
    placeOf: (path: Path) => placeAt(offsetOf(document, path, 'value')),
    placeOfKey: (path: Path) => placeAt(offsetOf(document, path, 'key')),
  })
}

interface Repeated {
  readonly offset: number
  readonly rule: 'duplicate-key'
  readonly message: string
}

function repeatedKeys(document: Document.Parsed): readonly Repeated[] {
  const repeated: Repeated[] = []
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value))
          repeated.push({
            offset: startOf(key) ?? 0,
            rule: 'duplicate-key',
            message: 'Map keys must be unique',
          })
        seen.add(key.value)
      }
    },
  })
  return repeated
}

function valueOf(document: Document.Parsed): { readonly value: unknown } | { readonly failure: string } {
  try {
    return { value: document.toJS() }
  } catch (error) {
    // Aliases without an anchor, or so many that they would blow up in memory.
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

function offsetOf(document: Document.Parsed, path: Path, wanted: 'key' | 'value'): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1
    const child = childOf(isAlias(node) ? node.resolve(document) : node, step)
    if (!child) return offset
    offset = startOf(last && wanted === 'key' ? child.key : child.value) ?? startOf(child.key) ?? offset
    node = child.value
  }
  return offset
}

function childOf(
  node: unknown,
  step: PropertyKey,
): { readonly key: unknown; readonly value: unknown } | null {
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return item === undefined ? null : { key: item, value: item }
  }
  if (!isMap(node)) return null
  const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(step))
  return pair ? { key: pair.key, value: pair.value } : null
}

/** Offset of a node's text. An empty value has no text of its own: its key stands for it. */
function startOf(node: unknown): number | undefined {
  if (isPair(node)) return startOf(node.key)
  if (!isNode(node) || (isScalar(node) && node.source === '' && node.type === 'PLAIN')) return undefined
  return node.range?.[0]
}
