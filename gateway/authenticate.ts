import { HeaderMap } from '@apollo/server'
import { GraphQLError } from 'graphql'
import type { JWTVerifyGetKey } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../platform/clock.ts'
import { RETRY_AFTER_SECONDS } from '../platform/errors.ts'
import { type TokenVerdict, verifyAccessToken } from '../platform/identity/access-token.ts'
import type { EndedSessions } from '../platform/identity/ended-sessions.ts'
import { ANONYMOUS, type Principal, type SignedInPrincipal } from '../platform/identity/viewer.ts'
import { KeysUnavailableError } from './access-token-keys.ts'

export interface AuthenticatorOptions {
  readonly findKey: JWTVerifyGetKey
  readonly clock: Clock
  /** Sessions whose tokens are good no more, though their time is not over. */
  readonly endedSessions: Pick<EndedSessions, 'has'>
}

const TOKENS_MAX = 10_000

/**
 * Finds who asks from the `Authorization` header. No header is an anonymous viewer; a header that cannot be believed is
 * refused as a whole with 401, so that a client never mistakes an anonymous answer for its own.
 */
export function createAuthenticator({ findKey, clock, endedSessions }: AuthenticatorOptions) {
  // A signature is checked once for each token: its time is looked at on every request.
  const verified = new LRUCache<string, TokenVerdict & { kind: 'valid' }>({ max: TOKENS_MAX })

  function refuseEnded(principal: SignedInPrincipal): Principal {
    if (!endedSessions.has(principal.sessionId)) return principal
    throw refused('SESSION_ENDED', 'The session has ended. Sign in again.')
  }

  return async (authorization: string | undefined): Promise<Principal> => {
    if (authorization === undefined) return ANONYMOUS
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
    if (token === undefined) throw refused('TOKEN_INVALID', 'Send the access token as `Authorization: Bearer …`.')
    const known = verified.get(token)
    if (known && known.expiresAtMs > clock.now().getTime()) return refuseEnded(known.principal)
    const verdict = await verifyAccessToken(token, findKey, clock).catch(toClientError)
    switch (verdict.kind) {
      case 'valid':
        verified.set(token, verdict)
        return refuseEnded(verdict.principal)
      case 'expired':
        throw refused('TOKEN_EXPIRED', 'The access token has expired. Refresh the session or sign in again.')
      case 'invalid':
        throw refused('TOKEN_INVALID', 'The access token is not valid. Sign in again.')
    }
  }
}

/** Nothing is known of the token, so it is not refused: the client keeps it and asks again. */
function toClientError(error: unknown): never {
  if (!(error instanceof KeysUnavailableError)) throw error
  const http = { status: 503, headers: new HeaderMap([['retry-after', String(RETRY_AFTER_SECONDS)]]) }
  const away = { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'accounts', retryAfter: RETRY_AFTER_SECONDS }
  const extensions: Record<string, unknown> = { ...away, http }
  throw new GraphQLError('Who you are cannot be checked now. Try again in some seconds.', { extensions })
}

function refused(reason: string, message: string): GraphQLError {
  const http = { status: 401, headers: new HeaderMap([['www-authenticate', 'Bearer error="invalid_token"']]) }
  const extensions: Record<string, unknown> = { code: 'UNAUTHENTICATED', reason, http }
  return new GraphQLError(message, { extensions })
}
