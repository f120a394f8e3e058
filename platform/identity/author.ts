import { isIP } from 'node:net'
import type { ActAuthor } from '../events/event.ts'
import type { Principal, Viewer } from './viewer.ts'

/**
 * Who does what is about to be written into the audit trail of an account, from where and why. Who signs in is nobody
 * yet: what they do before is done by whoever holds the account.
 */
export function authorOf({ principal, client, requestId }: Viewer, accountId: string): ActAuthor {
  return {
    actor: principal.kind === 'anonymous' ? `account:${accountId}` : authorName(principal),
    staffRoles: principal.kind === 'staff' ? principal.roles : null,
    address: networkAddress(client.address),
    sessionId: 'sessionId' in principal ? principal.sessionId : null,
    requestId,
    reason: client.reason,
  }
}

/** How whoever acts is named in what is kept. */
export function authorName(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'account':
      return `account:${principal.personId}`
    case 'staff':
      return `staff:${principal.staffId}`
    case 'service':
      return `service:${principal.name}`
  }
}

/** What a database takes for an address: whatever else a proxy may have sent is not worth losing an act for. */
function networkAddress(address: string | null): string | null {
  const bare = address?.replace(/%.*/, '') ?? ''
  return isIP(bare) === 0 ? null : bare
}
