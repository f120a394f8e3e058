import type { Transaction } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import { writeEvent } from '../../../platform/events/outbox.ts'
import { authorOf } from '../../../platform/identity/author.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { CurrencyCode } from '../../../platform/money.ts'
import { findOwner } from '../store/line-access.ts'
import type { Tables } from '../store/tables.ts'

/** Something that was done to a line's money. */
export interface LineAct {
  readonly lineId: string
  /** In the past tense: `TRANSFER_SENT`. */
  readonly act: string
  /** No secret and nothing that a log may not hold but ids. */
  readonly details: Readonly<Record<string, unknown>>
  /** An account that it concerns beside the line's owner and the one that acts: whose card pays. */
  readonly concerns?: string | null
}

/** Something that was done to what an account itself has here. */
export interface AccountAct {
  readonly accountId: string
  readonly act: string
  readonly details: Readonly<Record<string, unknown>>
}

export interface RecordDependencies {
  readonly clock: Clock
  readonly newId: NewId
  readonly currencyCode: CurrencyCode
}

/** Writes into the audit trail of one account. */
export async function recordAccountAct(
  trx: Transaction<Tables>,
  { clock, newId, currencyCode }: RecordDependencies,
  { accountId, act, details: what }: AccountAct,
  viewer: Viewer,
): Promise<void> {
  const details = withCurrency(what, currencyCode)
  const occurredAt = clock.now().toISOString()
  const by = authorOf(viewer, accountId)
  await writeEvent(trx, { id: newId(), kind: 'ActRecorded', occurredAt, accountId, act, lineId: null, details, by }, [
    'accounts',
  ])
}

/** Writes into the audit trail of the line's owner, and of the account that acted or is concerned where that is another. */
export async function recordAct(
  trx: Transaction<Tables>,
  { clock, newId, currencyCode }: RecordDependencies,
  { lineId, act, details: what, concerns }: LineAct,
  viewer: Viewer,
): Promise<void> {
  const details = withCurrency(what, currencyCode)
  const { principal } = viewer
  const actor = principal.kind === 'account' ? principal.accountId : null
  const told = new Set([await findOwner(trx, lineId), actor, concerns ?? null].filter((id) => id !== null))
  const occurredAt = clock.now().toISOString()
  for (const accountId of told) {
    const by = authorOf(viewer, accountId)
    await writeEvent(trx, { id: newId(), kind: 'ActRecorded', occurredAt, accountId, act, lineId, details, by }, [
      'accounts',
    ])
  }
}

/** By which acts name amounts. */
const AMOUNTS = ['kopecks', 'amount', 'cap', 'monthlyAmount', 'dailyFee']

/** Whoever tells of an amount later need not know in what it is. */
function withCurrency(
  details: Readonly<Record<string, unknown>>,
  currencyCode: CurrencyCode,
): Readonly<Record<string, unknown>> {
  return AMOUNTS.some((name) => name in details) ? { ...details, currencyCode } : details
}
