import type { EncodeOptions } from '../protocol.ts'

/** How one host serves the messages API. */
interface Host {
  readonly modelIn: 'body' | 'path'
  readonly keyHeader: string
  /** `anthropic_version` of the body, where the model stands in the path. */
  readonly version: string
  readonly path: (options: EncodeOptions) => string
}

/** As Anthropic itself does, and those that copy it. */
const usual: Host = { modelIn: 'body', keyHeader: 'x-api-key', version: '', path: () => '/messages' }

/** By provider id; from the documentation of each. */
const hosts: Readonly<Record<string, Host>> = {
  'google-vertex': {
    modelIn: 'path',
    keyHeader: 'authorization',
    version: 'vertex-2023-10-16',
    path: ({ upstreamModel, stream }) =>
      `/${encodeURIComponent(upstreamModel)}:${stream ? 'streamRawPredict' : 'rawPredict'}`,
  },
}

/** What a host does; as Anthropic where nothing else is known. Pure. */
export function hostOf(provider = ''): Host {
  return Object.hasOwn(hosts, provider) ? (hosts[provider] ?? usual) : usual
}
