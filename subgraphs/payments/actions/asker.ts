import type { Grant } from '../../../platform/access/grant.ts'
import type { AccountPrincipal, Viewer } from '../../../platform/identity/viewer.ts'
import { invariant } from '../../../platform/invariant.ts'

/** Who asks for money to move, and with what right on the line. */
export interface Asker {
  readonly grant: Grant
  readonly viewer: Viewer
}

/** The customer who asks: the policy of the field lets in nobody else. */
export function asAccount({ viewer: { principal } }: Asker): AccountPrincipal {
  invariant(principal.kind === 'account', 'only customers move their money')
  return principal
}
