import { type ExecutionResult, GraphQLError } from 'graphql'
import { request } from 'undici'
import type { Clock } from '../clock.ts'
import { signInternalToken } from '../identity/internal-token.ts'
import type { SigningKey } from '../identity/keys.ts'
import { serviceViewer } from '../identity/viewer.ts'
import type { NewId } from '../ids.ts'
import { traceparent } from '../sight/tracing.ts'
import type { SubgraphName } from './name.ts'
import type { Subgraph, SubgraphRequest } from './subgraph.ts'

/**
 * Asks another subgraph in the asker's own name: for fields that clients cannot reach. Gives the data; rejects when
 * the other is away or has errors, so that the asker's own work is undone or done again.
 */
export type AskSubgraph = (request: SubgraphRequest) => Promise<Readonly<Record<string, unknown>>>

/** To a subgraph of this process. */
export function createLocalAsk(asker: SubgraphName, asked: Subgraph, newId: NewId): AskSubgraph {
  return async (question) => dataOf(asked.name, await asked.execute(question, serviceViewer(asker, newId())))
}

export interface HttpAskOptions {
  readonly asker: SubgraphName
  readonly asked: SubgraphName
  /** Its GraphQL endpoint. */
  readonly url: string
  readonly signer: SigningKey
  readonly clock: Clock
  readonly newId: NewId
}

const TIMEOUT_MS = 2_000

/** To a subgraph in another process. */
export function createHttpAsk({ asker, asked, url, signer, clock, newId }: HttpAskOptions): AskSubgraph {
  return async (question) => {
    const viewer = serviceViewer(asker, newId())
    const parent = traceparent()
    const token = await signInternalToken({ issuer: asker, ...viewer }, asked, signer, clock)
    const response = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-request-id': viewer.requestId,
        ...(parent !== undefined && { traceparent: parent }),
      },
      body: JSON.stringify(question),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return dataOf(asked, (await response.body.json()) as ExecutionResult)
  }
}

function dataOf(asked: SubgraphName, { data, errors }: ExecutionResult): Readonly<Record<string, unknown>> {
  const [error] = errors ?? []
  if (error) throw new GraphQLError(`${asked}: ${error.message}`, { extensions: error.extensions })
  if (!data) throw new Error(`${asked} answered neither data nor errors`)
  return data
}
