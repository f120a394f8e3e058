import type { JSONWebKeySet } from 'jose'
import { createAuthenticator } from '../../../gateway/authenticate.ts'
import { systemClock } from '../../../platform/clock.ts'
import { createEndedSessions } from '../../../platform/identity/ended-sessions.ts'
import { findKeyAmong, publicKeys } from '../../../platform/identity/keys.ts'
import type { Principal } from '../../../platform/identity/viewer.ts'

/** Checks access tokens as the product does, its memory of those already checked included: the same for every server. */
export function createBenchAuthenticator(
  keys: JSONWebKeySet,
): (authorization: string | undefined) => Promise<Principal> {
  return createAuthenticator({
    findKey: findKeyAmong(publicKeys(keys)),
    clock: systemClock,
    endedSessions: createEndedSessions(systemClock),
  })
}

/** The account that is signed in; throws for everybody else, who are not part of the bench. */
export function accountOf(principal: Principal): string {
  if (principal.kind !== 'account') throw new Error('the bench asks for accounts only')
  return principal.accountId
}
