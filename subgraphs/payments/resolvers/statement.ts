import { badUserInput } from '../../../platform/errors.ts'
import { parseSequence } from '../../../platform/events/sequence.ts'
import { toMoney } from '../../../platform/money.ts'
import { decodeCursor, notACursor, readPageSize, toPage } from '../../../platform/pagination.ts'
import type { LedgerEntryExplanationResolvers, LedgerEntryResolvers, LineResolvers } from '../generated/resolvers.ts'
import { summaryOf } from '../statement/summaries.ts'
import { reviewed } from './reviewed.ts'

/** A page of a line's statement, the newest entries first. */
export const ledgerEntries: NonNullable<LineResolvers['ledgerEntries']> = async (
  { id },
  { first, after, kinds, from, to },
  { grant, statementPages },
) => {
  if (from && to && from >= to) throw badUserInput('`from` is before `to`.')
  const size = readPageSize(first)
  const before = readSequenceCursor(after)
  const page = reviewed(
    await statementPages.load({
      lineId: id,
      ...grant,
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

export const ledgerEntry: LedgerEntryResolvers = {
  // A transaction has several entries where a fee stands beside what it is for.
  id: ({ transaction_id, sequence }) => `${transaction_id}.${sequence}`,
  amount: ({ change }, _, { currencyCode }) => toMoney(change, currencyCode),
  balanceAfter: ({ balance_after }, _, { currencyCode }) => toMoney(balance_after, currencyCode),
  postedAt: ({ posted_at }) => posted_at,
  explanation: (entry) => entry,
}

export const ledgerEntryExplanation: LedgerEntryExplanationResolvers = {
  summary: ({ kind, details }, _, { viewer }) => summaryOf(kind, details.title ?? null, viewer.language),
  orderId: ({ order_id }) => order_id,
  paymentId: ({ payment_id }) => payment_id,
  consentId: ({ consent_id }) => consent_id,
  policyName: ({ policy_name }) => policy_name,
  policyVersion: ({ policy_version }) => policy_version,
  feePermille: ({ kind, details }) => (kind === 'PURCHASE_FEE' ? (details.feePermille ?? null) : null),
}
