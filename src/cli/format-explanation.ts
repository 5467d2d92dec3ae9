import type { Explained } from '../router/index.ts'
import { plainTable } from './plain-table.ts'

type Explanation = Extract<Explained, { ok: true }>['explanation']

/** The explanation of a decision for people. Pure. */
export function formatExplanation(
  explained: Explained,
  { withKeys, simulated }: { readonly withKeys: boolean; readonly simulated: boolean },
): string {
  const notes = [
    'A router that has just started: nothing is known of health, and no conversation is pinned.',
    ...(withKeys || simulated ? [] : ['Keys are taken to be there; --with-keys looks for them.']),
  ]
  if (!explained.ok) return [`refused: ${explained.refusal.message}`, '', ...notes].join('\n')
  const { explanation, refusal } = explained
  return [
    ...headLines(explanation),
    '',
    ...(refusal ? [`no endpoints: ${refusal.message}`, lastFilter(refusal)] : candidateLines(explanation)),
    ...exclusionLines(explanation),
    '',
    ...notes,
  ].join('\n')
}

function headLines({ policy, strategy, rule, models, sticky, ignored = [] }: Explanation): readonly string[] {
  const source = sticky.key_source === '' ? 'nothing' : sticky.key_source
  const by = sticky.drawn_by_key ? 'by its key' : 'by chance'
  return [
    `policy         ${policy}`,
    `names          ${strategy}${rule === null ? '' : `, task rule ${rule}`}`,
    ...models.map(
      m =>
        `model          ${m.model}${m.requested === m.model ? '' : ` for ${m.requested}`} (${m.via}${m.variant === null ? '' : ` :${m.variant}`}), ${m.decided_by}; sticky: ${m.sticky}`,
    ),
    `conversation   named by ${source}; its first endpoint is drawn ${by}`,
    ...(ignored.length > 0 ? [`ignored        ${ignored.join(', ')}`] : []),
  ]
}

function candidateLines({ candidates }: Explanation): readonly string[] {
  const table = plainTable(['', 'candidate', 'score', 'reason'])
  for (const [place, { endpoint, score, reason }] of candidates.entries()) {
    table.push([place + 1, endpoint, score, reason])
  }
  return [table.toString()]
}

function exclusionLines({ excluded }: Explanation): readonly string[] {
  if (excluded.length === 0) return ['', 'excluded       none']
  const byRule = [...Map.groupBy(excluded, ({ rule }) => rule)]
  return [
    '',
    `excluded       ${excluded.length}`,
    ...byRule.flatMap(([rule, entries]) => [`  ${rule} (${entries.length})`].concat(detailLines(entries))),
  ]
}

function detailLines(exclusions: Explanation['excluded']): readonly string[] {
  const byDetail = [...Map.groupBy(exclusions, ({ detail }) => detail)]
  return byDetail.map(([detail, same]) => `    ${same.map(({ endpoint }) => endpoint).join(', ')}: ${detail}`)
}

function lastFilter({ availability }: NonNullable<Extract<Explained, { ok: true }>['refusal']>): string {
  const names = availability?.excludedBy ?? []
  return `excluded_by    ${names.length > 0 ? names.join(', ') : 'no filter'}`
}
