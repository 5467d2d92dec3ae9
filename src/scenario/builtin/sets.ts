import type { Prompt } from '../prompt.ts'
import { briefSet } from './brief.ts'
import { quickstartChats } from './quickstart-chats.ts'
import { quickstartSingles } from './quickstart-singles.ts'

/** Names of the built-in prompt sets. */
export const builtinSetNames = ['quickstart', 'brief'] as const

/** Name of a built-in prompt set. */
export type BuiltinSetName = (typeof builtinSetNames)[number]

/** The built-in prompt sets: written for this project, the same in every version that keeps their name. */
export const builtinSets: Readonly<Record<BuiltinSetName, readonly Prompt[]>> = {
  quickstart: [...quickstartChats, ...quickstartSingles],
  brief: briefSet,
}
