import type { LineKey } from '../../../platform/access/line-key.ts'
import { badUserInput } from '../../../platform/errors.ts'
import { parseSequence } from '../../../platform/events/sequence.ts'
import { toMoney } from '../../../platform/money.ts'
import { decodeCursor, notACursor, readPageSize, toPage } from '../../../platform/pagination.ts'
import type { Context } from '../context.ts'
import type {
  BonusEntryResolvers,
  LedgerEntryExplanationResolvers,
  LedgerEntryResolvers,
  LineLedgerEntriesArgs,
  LineResolvers,
} from '../generated/resolvers.ts'
import type { LedgerUnit } from '../ledger/kinds.ts'
import { summaryOf } from '../statement/summaries.ts'
import type { StatementRow } from '../store/statement.ts'
import { reviewed } from './reviewed.ts'

export const ledgerEntries: NonNullable<LineResolvers['ledgerEntries']> = ({ id }, page, context) =>
  readStatementPage({ lineId: id, ...context.grant, unit: 'KOPECK' }, page, context)

/** A page of a line's statement of money or of points, the newest entries first. */
export async function readStatementPage(
  line: LineKey & { readonly unit: LedgerUnit },
  { first, after, kinds, from, to }: LineLedgerEntriesArgs,
  { statementPages }: Pick<Context, 'statementPages'>,
) {
  if (from && to && from >= to) throw badUserInput('`from` is before `to`.')
  const size = readPageSize(first)
  const before = readSequenceCursor(after)
  const page = reviewed(
    await statementPages.load({
      ...line,
      first: size,
      before,
      kinds: kinds ? [...new Set(kinds)].sort() : null,
      from: from ?? null,
      to: to ?? null,
    }),
  )
  return page && toPage(page.rows, { size, isFirst: before === null, cursorOf: ({ sequence }) => String(sequence) })
}

function readSequenceCursor(after: string | null | undefined): bigint | null {
  const sequence = after === null || after === undefined ? null : parseSequence(decodeCursor(after))
  if (sequence === undefined) throw notACursor()
  return sequence
}

// A transaction has several entries where a fee stands beside what it is for.
const entryId = ({ transaction_id, sequence }: StatementRow) => `${transaction_id}.${sequence}`

export const ledgerEntry: LedgerEntryResolvers = {
  id: entryId,
  amount: ({ change }, _, { currencyCode }) => toMoney(change, currencyCode),
  balanceAfter: ({ balance_after }, _, { currencyCode }) => toMoney(balance_after, currencyCode),
  postedAt: ({ posted_at }) => posted_at,
  explanation: (entry) => entry,
}

export const bonusEntry: BonusEntryResolvers = {
  id: entryId,
  points: ({ change }) => Number(change),
  pointsAfter: ({ balance_after }) => Number(balance_after),
  postedAt: ({ posted_at }) => posted_at,
  explanation: (entry) => entry,
}

export const ledgerEntryExplanation: LedgerEntryExplanationResolvers = {
  summary: ({ kind, details }, _, { viewer }) => summaryOf(kind, details.title ?? null, viewer.language),
  orderId: ({ order_id }) => order_id,
  paymentId: ({ payment_id }) => payment_id,
  consentId: ({ consent_id }) => consent_id,
  policyName: (entry) => (isChosen(entry) ? null : entry.policy_name),
  policyVersion: (entry) => (isChosen(entry) ? null : entry.policy_version),
  feePermille: ({ kind, details }) => (kind === 'PURCHASE_FEE' ? (details.feePermille ?? null) : null),
}

/** Its amount is the subscriber's own: the policy of the transaction says what the fee beside it is. */
function isChosen({ kind }: StatementRow): boolean {
  return kind === 'TRANSFER_OUT'
}
