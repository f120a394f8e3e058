import { writeEvent } from '../../../platform/events/outbox.ts'
import { authorOf } from '../../../platform/identity/author.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import { findOwner } from '../store/access.ts'
import type { AccessDependencies } from './change-access.ts'

/** Tells the trail of the line's owner that a member of staff sees the line, before they are shown it. */
export async function recordLineSight(
  { db, clock, newId, onEvent }: AccessDependencies,
  lineId: string,
  viewer: Viewer,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const accountId = await findOwner(trx, lineId)
    if (accountId === null) return
    await writeEvent(
      trx,
      {
        id: newId(),
        kind: 'ActRecorded',
        occurredAt: clock.now().toISOString(),
        accountId,
        act: 'LINE_SEEN',
        lineId,
        details: {},
        by: authorOf(viewer, accountId),
      },
      ['accounts'],
    )
  })
  onEvent()
}
