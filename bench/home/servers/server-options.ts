import type { JSONWebKeySet } from 'jose'
import type { SubgraphName } from '../../../platform/subgraph/name.ts'

/** What a server of the bench is started with, as JSON in its first argument. */
export interface ServerOptions {
  readonly port: number
  readonly accessTokenKeys: JSONWebKeySet
  /** For servers over the whole database. */
  readonly databaseUrl?: string
  readonly subgraphDatabaseUrls?: Readonly<Record<SubgraphName, string>>
  /** For gateways: where the subgraphs are, and the key that signs who asks. */
  readonly subgraphUrls?: Readonly<Record<string, string>>
  readonly gatewayKeys?: JSONWebKeySet
}

/** Every option is there for the servers that read it: the case that starts one knows which it needs. */
export function readServerOptions(): Required<ServerOptions> {
  const [, , text] = process.argv
  if (text === undefined) throw new Error('the bench starts this with its options as JSON')
  return JSON.parse(text) as Required<ServerOptions>
}
