import type { IncomingMessage } from 'node:http'
import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import { TOKEN_ALGORITHM } from '../platform/identity/keys.ts'
import type { NetworkAssertion } from '../platform/identity/viewer.ts'
import { parseE164 } from '../platform/phone.ts'
import { createAddressList } from '../platform/serving/address-list.ts'

/** The header in which the element says whose telephone a request came from: a signed token of its own. */
export const NETWORK_HEADER = 'x-network-subscriber'
export const NETWORK_TOKEN_TYPE = 'network-subscriber+jwt'
export const NETWORK_AUDIENCE = 'cabinet'

/** How far the element's clock and the age of what it said may be from ours. */
const TIME_DIFFERENCE_MAX_SECONDS = 30

export interface NetworkElementOptions {
  /** Addresses or networks (CIDR) of the elements, as the gateway's own socket sees them. */
  readonly peers: readonly string[]
  /** Finds the public keys of the elements. */
  readonly findKey: JWTVerifyGetKey
  readonly clock: Clock
}

/** Reads what the trusted network element said of a request; null when it said nothing that is to be believed. */
export type ReadNetwork = (request: IncomingMessage) => Promise<NetworkAssertion | null>

/** Nobody is believed, where the operator has no such element. */
export const noNetworkElement: ReadNetwork = async () => null

const claims = z.object({ sub: z.string(), iat: z.number(), jti: z.string().min(16).max(100) })

/**
 * Believes the header only when the request came over a connection of the element itself, whatever any proxy says, and
 * when the element's key signed it a moment ago. Anything else is as if there were no header: a spoofer learns nothing.
 */
export function createNetworkElement({ peers, findKey, clock }: NetworkElementOptions): ReadNetwork {
  const listed = createAddressList(peers)
  return async ({ socket, rawHeaders }) => {
    const token = onlyHeader(rawHeaders)
    if (token === null || !listed.has(socket.remoteAddress)) return null
    const now = clock.now()
    const said = await verify(token, findKey, now)
    if (!said || Math.abs(now.getTime() / 1_000 - said.iat) > TIME_DIFFERENCE_MAX_SECONDS) return null
    const phone = parseE164(said.sub)
    return phone && { phone, jti: said.jti }
  }
}

/** The header's value as it came, in whatever letter case; null when there is none, or more than one. */
function onlyHeader(rawHeaders: readonly string[]): string | null {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === NETWORK_HEADER,
  )
  return values.length === 1 ? (values[0] ?? null) : null
}

async function verify(token: string, findKey: JWTVerifyGetKey, now: Date): Promise<z.output<typeof claims> | null> {
  try {
    const { payload } = await jwtVerify(token, findKey, {
      algorithms: [TOKEN_ALGORITHM],
      audience: NETWORK_AUDIENCE,
      typ: NETWORK_TOKEN_TYPE,
      currentDate: now,
    })
    return claims.safeParse(payload).data ?? null
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}
