import { asObject, asText } from '../json.ts'

/** Arguments of one function call that come in pieces (Vertex), each with the place it belongs to. */
export interface PartialArguments {
  add(pieces: readonly unknown[]): void
  /** The arguments so far, which are forgotten. */
  take(): unknown
}

/** A value under construction: a branch by names or places, or what stands at its end. */
interface Branch {
  readonly isArray: boolean
  readonly children: Map<string, unknown>
}

/** Starts without a piece. A text in several pieces is put together; places are JSONPaths such as `$.cities[0].name`. */
export function createPartialArguments(): PartialArguments {
  let root = branch(false)
  return {
    add: pieces => {
      for (const piece of pieces) {
        setAt(root, pathOf(asText(asObject(piece)?.['jsonPath'])), valueOf(asObject(piece) ?? {}))
      }
    },
    take: () => {
      const taken = plain(root)
      root = branch(false)
      return taken
    },
  }
}

function branch(isArray: boolean): Branch {
  return { isArray, children: new Map() }
}

function isBranch(value: unknown): value is Branch {
  return asObject(value)?.['children'] instanceof Map
}

function valueOf(piece: Readonly<Record<string, unknown>>): unknown {
  return piece['stringValue'] ?? piece['numberValue'] ?? piece['boolValue'] ?? null
}

/** One step of a path: a name, or a place in an array. */
interface Step {
  readonly name: string
  readonly isPlace: boolean
}

/** `$`, then `.name`, `['name']` or `[0]`. */
function pathOf(jsonPath: string): readonly Step[] {
  const steps = jsonPath.matchAll(/\.([^.[]+)|\[(\d+)\]|\[['"]([^'"]*)['"]\]/g)
  return [...steps].map(([, dotted, place, quoted]) => ({
    name: dotted ?? place ?? quoted ?? '',
    isPlace: place !== undefined,
  }))
}

function setAt(root: Branch, path: readonly Step[], value: unknown): void {
  let at = root
  for (const [depth, { name }] of path.entries()) {
    const next = path[depth + 1]
    if (!next) return setValue(at, name, value)
    const child = at.children.get(name)
    const inner = isBranch(child) ? child : branch(next.isPlace)
    at.children.set(name, inner)
    at = inner
  }
}

function setValue({ children }: Branch, name: string, value: unknown): void {
  const before = children.get(name)
  children.set(name, typeof before === 'string' && typeof value === 'string' ? before + value : value)
}

function plain(value: unknown): unknown {
  if (!isBranch(value)) return value
  if (value.isArray) return [...value.children.values()].map(plain)
  return Object.fromEntries([...value.children].map(([name, child]) => [name, plain(child)]))
}
