import { LINE_RIGHTS } from '../../../platform/access/rights.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import { parseId } from '../../../platform/ids.ts'
import { admitAccount } from '../store/subscribers.ts'
import { type AccessDependencies, recordAccessChangeBy } from './change-access.ts'

export interface AdmitSubscriber {
  readonly lineId: string
  readonly accountId: string
}

export type AdmitSubscriberOutcome =
  | { readonly kind: 'admitted'; readonly lineId: string }
  | { readonly kind: 'lineNotFound' }

/** A right that nobody has had before begins with this version. */
const FIRST_VERSION = 1n

/**
 * Lets the account of whoever uses a line see it, once: asked again it changes nothing, also when the owner of the line
 * has taken the right back since.
 */
export async function admitSubscriber(
  dependencies: AccessDependencies,
  command: AdmitSubscriber,
  viewer: Viewer,
): Promise<AdmitSubscriberOutcome> {
  const lineId = parseId(command.lineId)
  const accountId = parseId(command.accountId)
  if (lineId === null || accountId === null) return { kind: 'lineNotFound' }

  const admitted = await dependencies.db.transaction().execute(async (trx) => {
    const known = await admitAccount(trx, lineId, accountId)
    if (known?.isNew) {
      const change = { lineId, accountId, rights: LINE_RIGHTS.VIEW, until: null, version: FIRST_VERSION }
      await recordAccessChangeBy(trx, dependencies, change, actorOf(viewer))
    }
    return known
  })
  if (admitted === null) return { kind: 'lineNotFound' }
  if (admitted.isNew) dependencies.onEvent()
  return { kind: 'admitted', lineId }
}

function actorOf({ principal }: Viewer): string {
  return principal.kind === 'service' ? `service:${principal.name}` : principal.kind
}
