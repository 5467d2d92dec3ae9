import type { JsonObject } from '../../core/index.ts'
import { found, type KnownRead, type ReadAnswer, refused } from './read.ts'

/** `GET /generation?id=`. Known as soon as the answer has ended, until `maxGenerations` newer ones have. */
export function readGeneration(read: KnownRead): ReadAnswer {
  const data = generationOf(read)
  return data ? found({ data }) : noGeneration(read)
}

/** `GET /generation/content?id=`: never there, since contents are not kept. */
export function readGenerationContent(read: KnownRead): ReadAnswer {
  if (!generationOf(read)) return noGeneration(read)
  return refused('not_found', 'Generation content not found: logging of inputs and outputs is off')
}

/** Only the caller that asked for an answer is told about it. */
function generationOf({ context, caller, query }: KnownRead): JsonObject | undefined {
  return context.generations.get(query.get('id') ?? '', caller.id)
}

function noGeneration({ query }: KnownRead): ReadAnswer {
  const id = query.get('id') ?? ''
  if (id === '') return refused('invalid_request', 'id: required')
  return refused('not_found', `Generation ${id.slice(0, 100)} not found`)
}
