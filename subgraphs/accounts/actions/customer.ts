import type { Principal, Viewer } from '../../../platform/identity/viewer.ts'
import { invariant } from '../../../platform/invariant.ts'

/** The customer who is signed in, where `@access` lets nobody else through. */
export function customerOf({ principal }: Viewer): Extract<Principal, { kind: 'account' }> {
  invariant(principal.kind === 'account', 'only customers get here: @access says so')
  return principal
}
