import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { Secrets } from '../../../platform/identity/secrets.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import type { Randomness } from '../../../platform/random.ts'
import { createRounds, type Rounds, reasonOf } from '../messages/rounds.ts'
import { queueMessage } from '../store/messages.ts'
import { lockWaitingNotices, markDispatched, type NoticeKind, putOff, type WaitingNotice } from '../store/notices.ts'
import { findNotificationSettings, type NotificationSetting } from '../store/notification-settings.ts'
import type { AccountsPolicies } from '../store/policies.ts'
import type { Tables } from '../store/tables.ts'
import { CATEGORY_OF, isEnabled } from './categories.ts'
import { noticeText } from './texts.ts'

export interface NotifierOptions {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly random: Randomness
  readonly secrets: Secrets
  readonly policies: Policies<AccountsPolicies>
  readonly logger: Logger
  /** Called after messages are committed. */
  readonly onMessages: () => void
  readonly pollIntervalMs?: number
}

const BATCH_SIZE = 100
const POLL_INTERVAL_MS = 1_000
/** Their message is queued with what they tell of: the number to write to is sealed by then. */
const TOLD_ALREADY: readonly NoticeKind[] = ['ACCOUNT_CLOSED']
const MS_AN_HOUR = 3_600_000

/**
 * Turns notices into text messages, by what each account has set. A notice is locked, its message queued and the notice
 * struck off in one transaction: once, by whatever number of notifiers, whichever of them dies.
 */
export function createNotifier(options: NotifierOptions): Rounds {
  const { onMessages, logger, pollIntervalMs = POLL_INTERVAL_MS } = options
  return createRounds({
    name: 'notifier',
    logger,
    pollIntervalMs,
    async round() {
      const dispatched = await dispatchNotices(options)
      if (dispatched > 0) onMessages()
      return dispatched === BATCH_SIZE
    },
  })
}

/** One batch; gives how many there were. One that cannot be worded is put off, and holds up no other. */
export async function dispatchNotices(options: Omit<NotifierOptions, 'onMessages'>): Promise<number> {
  const { db, clock, policies } = options
  return db.transaction().execute(async (trx) => {
    const notices = await lockWaitingNotices(trx, { limit: BATCH_SIZE, now: clock.now() })
    if (notices.length === 0) return 0
    const { 'notice.messageHours': hours, 'operator.timeZone': timeZone } = await policies.current()
    const accountIds = [...new Set(notices.map(({ account_id }) => account_id))]
    const settings = Map.groupBy(await findNotificationSettings(trx, accountIds), ({ account_id }) => account_id)
    for (const notice of notices) {
      const text = findWords(notice, timeZone, options)
      if (text === null) await putOff(trx, notice, clock.now())
      else await dispatch(trx, options, { notice, text, settings: settings.get(notice.account_id) ?? [], hours })
    }
    return notices.length
  })
}

/** What a notice says; null when there are no words for it: not even whether it goes by message is known then. */
function findWords(
  { id, kind, parameters, language }: WaitingNotice,
  timeZone: string,
  { logger }: Pick<NotifierOptions, 'logger'>,
): string | null {
  try {
    return noticeText(kind, { ...parameters, timeZone }, language)
  } catch (error) {
    // Not the error itself: it may quote what the notice was written with.
    logger.error({ id, kind, reason: reasonOf(error) }, 'a notice cannot be worded; it is tried again later')
    return null
  }
}

interface Dispatch {
  readonly notice: WaitingNotice
  readonly text: string
  readonly settings: readonly NotificationSetting[]
  readonly hours: number
}

async function dispatch(
  trx: Transaction<Tables>,
  { clock, random, secrets }: Pick<NotifierOptions, 'clock' | 'random' | 'secrets'>,
  { notice, text, settings, hours }: Dispatch,
): Promise<void> {
  const at = clock.now()
  const { id, kind, phone } = notice
  const category = CATEGORY_OF[kind]
  if (phone !== null && !TOLD_ALREADY.includes(kind) && isEnabled(category, 'SMS', settings)) {
    const expiresAt = new Date(at.getTime() + hours * MS_AN_HOUR)
    // The message has the notice's id: the same notice could not be queued twice even by mistake.
    await queueMessage(trx, { secrets, random }, { id, phone, purpose: 'NOTICE', text, at, expiresAt })
  }
  await markDispatched(trx, notice, { isListed: isEnabled(category, 'IN_APP', settings), at })
}
