/** A JSON Schema node, as far as it is looked into here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}
