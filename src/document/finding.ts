import type { Problem } from '../core/index.ts'
import { capProblems, maxProblems } from './cap-problems.ts'
import type { OpenDocument, Path } from './open-document.ts'

/** Something wrong with the value at a path, before its place in the text is known. */
export interface Finding {
  readonly path: Path
  readonly rule: string
  readonly message: string
  /** What is added to the message; worked out only for problems that are told. */
  readonly hint?: () => string
  /** `key`: the key is what is wrong, not its value. */
  readonly at?: 'key' | 'value'
}

/**
 * Turns findings into problems of `file`, in order of their places: the first hundred, and one line for the rest, since
 * finding a place takes as long as the file is.
 */
export function problemsOf(
  findings: readonly Finding[],
  { file, document }: { readonly file: string; readonly document: OpenDocument },
): readonly Problem[] {
  const problemOf = ({ path, rule, message, hint, at }: Finding): Problem => {
    const { line, column } = at === 'key' ? document.placeOfKey(path) : document.placeOf(path)
    return { file, line, column, rule, message: hint ? message + hint() : message }
  }
  const problems = findings
    .slice(0, maxProblems)
    .map(problemOf)
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
  return capProblems(problems, findings.length)
}

/** A path as people write it: `arms[0].name`; `the document` for the root. */
export function pathText(path: Path): string {
  const text = path.map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  return text.replace(/^\./, '') || 'the document'
}
