import { request } from 'undici'
import type { Clock } from '../clock.ts'
import { signInternalToken } from '../identity/internal-token.ts'
import type { SigningKey } from '../identity/keys.ts'
import { traceparent } from '../sight/tracing.ts'
import type { SubgraphName } from '../subgraph/name.ts'
import type { Deliver } from './outbox.ts'

export interface HttpDeliveryOptions {
  /** The subgraph that tells. */
  readonly issuer: SubgraphName
  /** The subgraph that is told. */
  readonly receiver: SubgraphName
  /** Its GraphQL endpoint; events go to `/events` beside it. */
  readonly url: string
  readonly signer: SigningKey
  readonly clock: Clock
}

const TIMEOUT_MS = 5_000

/** Takes events to another process, signed by the subgraph that tells. */
export function createHttpDelivery({ issuer, receiver, url, signer, clock }: HttpDeliveryOptions): Deliver {
  const endpoint = new URL('/events', url)
  return async (event) => {
    const parent = traceparent()
    const token = await signInternalToken(
      { issuer, principal: { kind: 'service', name: issuer }, language: 'ru' },
      receiver,
      signer,
      clock,
    )
    const response = await request(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        ...(parent !== undefined && { traceparent: parent }),
      },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body.dump()
    if (response.statusCode !== 204) throw new Error(`${receiver} answered an event with status ${response.statusCode}`)
  }
}
