import { readActivity, readCredits, readKey } from './account-reads.ts'
import { readGeneration, readGenerationContent } from './generation-reads.ts'
import { countModels, listEndpoints, listModels, listZdrEndpoints, readModel } from './model-reads.ts'
import { listStates } from './state-reads.ts'
import { providersBody } from './providers-body.ts'
import { found, type KnownRead, type Read, type ReadAnswer } from './read.ts'

/** One route of the read API. */
type ReadRoute = {
  /** Segments below `/v1`; `*` is any one of them. */
  readonly path: string
} & (
  | { readonly needsKey: false; readonly answer: (read: Read) => ReadAnswer }
  /** On routers that have keys. */
  | { readonly needsKey: true; readonly answer: (read: KnownRead) => ReadAnswer }
)

/** As in OpenRouter's own API, what the market offers is open to everyone. */
const routes: readonly ReadRoute[] = [
  { path: 'models', needsKey: false, answer: listModels },
  { path: 'models/count', needsKey: false, answer: countModels },
  { path: 'model/*/*', needsKey: false, answer: readModel },
  { path: 'models/*/*/endpoints', needsKey: false, answer: listEndpoints },
  { path: 'endpoints/zdr', needsKey: false, answer: listZdrEndpoints },
  { path: 'endpoints/states', needsKey: true, answer: listStates },
  { path: 'providers', needsKey: false, answer: listProviders },
  { path: 'generation', needsKey: true, answer: readGeneration },
  { path: 'generation/content', needsKey: true, answer: readGenerationContent },
  { path: 'key', needsKey: true, answer: readKey },
  { path: 'credits', needsKey: true, answer: readCredits },
  { path: 'activity', needsKey: true, answer: readActivity },
]

/** The route of a path below `/v1` (without slashes at its ends), with the variable parts of the path, decoded. Pure. */
export function findRead(
  path: string,
): { readonly route: ReadRoute; readonly parts: readonly string[] } | undefined {
  const segments = path.split('/')
  const route = routes.find(candidate => matches(candidate.path.split('/'), segments))
  if (!route) return undefined
  const isVariable = route.path.split('/').map(segment => segment === '*')
  return { route, parts: segments.filter((_, index) => isVariable[index]).map(decode) }
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (part === '*' ? segments[index] !== '' : part === segments[index]))
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray percent sign names nothing.
    return text
  }
}

function listProviders({ context }: Read): ReadAnswer {
  return found({ data: providersBody(context.catalog) })
}
