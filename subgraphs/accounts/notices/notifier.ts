import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { Secrets } from '../../../platform/identity/secrets.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import type { Randomness } from '../../../platform/random.ts'
import { createRounds, type Rounds } from '../messages/rounds.ts'
import { queueMessage } from '../store/messages.ts'
import { lockWaitingNotices, markDispatched, type NoticeKind, type WaitingNotice } from '../store/notices.ts'
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

/** One batch; gives how many there were. */
export async function dispatchNotices(options: Omit<NotifierOptions, 'onMessages' | 'logger'>): Promise<number> {
  return options.db.transaction().execute(async (trx) => {
    const notices = await lockWaitingNotices(trx, BATCH_SIZE)
    if (notices.length === 0) return 0
    const { 'notice.messageHours': hours } = await options.policies.current()
    const accountIds = [...new Set(notices.map(({ account_id }) => account_id))]
    const settings = Map.groupBy(await findNotificationSettings(trx, accountIds), ({ account_id }) => account_id)
    for (const notice of notices) {
      await dispatch(trx, options, { notice, settings: settings.get(notice.account_id) ?? [], hours })
    }
    return notices.length
  })
}

interface Dispatch {
  readonly notice: WaitingNotice
  readonly settings: readonly NotificationSetting[]
  readonly hours: number
}

async function dispatch(
  trx: Transaction<Tables>,
  { clock, random, secrets }: Pick<NotifierOptions, 'clock' | 'random' | 'secrets'>,
  { notice, settings, hours }: Dispatch,
): Promise<void> {
  const at = clock.now()
  const { id, kind, parameters, language, phone } = notice
  const category = CATEGORY_OF[kind]
  if (phone !== null && !TOLD_ALREADY.includes(kind) && isEnabled(category, 'SMS', settings)) {
    const text = noticeText(kind, parameters, language)
    const expiresAt = new Date(at.getTime() + hours * MS_AN_HOUR)
    // The message has the notice's id: the same notice could not be queued twice even by mistake.
    await queueMessage(trx, { secrets, random }, { id, phone, purpose: 'NOTICE', text, at, expiresAt })
  }
  await markDispatched(trx, notice, { isListed: isEnabled(category, 'IN_APP', settings), at })
}
