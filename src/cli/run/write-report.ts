import {
  type RecordReader,
  readSummary,
  renderHtml,
  renderJson,
  renderMarkdown,
  type RunSummary,
} from '../../report/index.ts'
import { writeTextFile } from '../write-file.ts'
import type { RunFolder } from './run-folder.ts'

/** Reads what the store knows of a run and writes summary.json, report.md and report.html into its folder. */
export async function writeReport(
  reader: RecordReader,
  runId: string,
  folder: RunFolder,
): Promise<RunSummary> {
  const summary = await readSummary(reader, runId)
  await Promise.all([
    writeTextFile(folder.file('summary.json'), renderJson(summary)),
    writeTextFile(folder.file('report.md'), renderMarkdown(summary)),
    writeTextFile(folder.file('report.html'), renderHtml(summary)),
  ])
  return summary
}
