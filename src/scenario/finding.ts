import type { Problem } from '../core/index.ts'
import type { OpenDocument, Path } from './open-document.ts'

/** Something wrong with the value at a path, before its place in the text is known. */
export interface Finding {
  readonly path: Path
  readonly rule: string
  readonly message: string
  /** `key`: the key is what is wrong, not its value. */
  readonly at?: 'key' | 'value'
}

/** Turns findings into problems of `file`, in order of their places. */
export function problemsOf(
  findings: readonly Finding[],
  { file, document }: { readonly file: string; readonly document: OpenDocument },
): readonly Problem[] {
  return findings
    .map(({ path, rule, message, at }) => ({
      file,
      ...(at === 'key' ? document.placeOfKey(path) : document.placeOf(path)),
      rule,
      message,
    }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
}

/** A path as people write it: `arms[0].name`; `the document` for the root. */
export function pathText(path: Path): string {
  const text = path.map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  return text.replace(/^\./, '') || 'the document'
}
