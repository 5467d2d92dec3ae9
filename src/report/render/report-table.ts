/** A column of a report's table. */
export interface ReportColumn {
  /** Heading over neighbouring columns that share it, such as `TTFT`; empty for none. */
  readonly group: string
  readonly label: string
  /** Unit of every number in it; empty for text and plain counts. */
  readonly unit: string
  readonly align: 'left' | 'right'
  /** Id of its definition; empty when it needs none. */
  readonly metric: string
  /** Columns of lower rank are left out first where there is no room. */
  readonly rank: number
}

/** A cell. */
export interface ReportCell {
  readonly text: string
  /** Stands on too few values to lean on. */
  readonly weak: boolean
  /** Id of the definition of what it names; empty when it names none. */
  readonly metric: string
}

/** A table as every renderer shows it. */
export interface ReportTable {
  readonly id: string
  readonly title: string
  /** One sentence under the title; may be empty. */
  readonly note: string
  /** One sentence under the rows; may be empty. */
  readonly foot: string
  readonly columns: readonly ReportColumn[]
  readonly rows: readonly (readonly ReportCell[])[]
}

/** A column of names. */
export function textColumn(label: string, own: Partial<ReportColumn> = {}): ReportColumn {
  return { group: '', label, unit: '', align: 'left', metric: '', rank: 9, ...own }
}

/** A column of numbers. */
export function numberColumn(label: string, own: Partial<ReportColumn> = {}): ReportColumn {
  return { group: '', label, unit: '', align: 'right', metric: '', rank: 5, ...own }
}

/** An ordinary cell, or one that differs in `own`. */
export function cell(text: string, own: Partial<ReportCell> = {}): ReportCell {
  return { text, weak: false, metric: '', ...own }
}
