/** A base URL ready to call, or the variables that are missing. */
export type ExpandedBaseUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly missing: readonly string[] }

/**
 * Fills the `${NAME}` parts of a provider's base URL (account, region, resource) from variables, such as
 * the environment. Pure. An empty variable counts as missing.
 */
export function expandBaseUrl(
  baseUrl: string,
  variables: Readonly<Record<string, string | undefined>>,
): ExpandedBaseUrl {
  const names = [...baseUrl.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name)
  const missing = [...new Set(names)].filter(name => !variables[name])
  if (missing.length > 0) return { ok: false, missing }
  const url = baseUrl.replaceAll(/\$\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(variables[name] ?? ''),
  )
  return { ok: true, url }
}
