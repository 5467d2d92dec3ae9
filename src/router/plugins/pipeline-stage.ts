import type { JsonObject } from '../../core/index.ts'

/** Something a plugin did to a request or an answer; goes into the record and into `openrouter_metadata.pipeline`. */
export interface PipelineStage {
  readonly type: 'response_healing' | 'context_compression' | 'plugin'
  readonly name: string
  /** Sentence such as `12 of 40 messages left out`. */
  readonly summary: string
  readonly data: JsonObject
}
