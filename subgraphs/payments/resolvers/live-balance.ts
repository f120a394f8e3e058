import { toMoney } from '../../../platform/money.ts'
import type { LiveBalanceResolvers } from '../generated/resolvers.ts'

export const liveBalance: LiveBalanceResolvers = {
  isEnabled: ({ is_enabled }) => is_enabled ?? false,
  isSuspended: ({ is_suspended }) => is_suspended ?? false,
  dailyFee: ({ is_enabled, daily_fee, fee }, _, { currencyCode }) =>
    toMoney(is_enabled ? (daily_fee ?? fee) : fee, currencyCode),
  undoUntil: ({ undo_until }, _, { now }) => (undo_until === null || undo_until <= now() ? null : undo_until),
  paidUntil: ({ paid_until }) => paid_until,
  nextChargeAt: ({ next_charge_at }, _, { now }) =>
    next_charge_at === null || next_charge_at > now() ? next_charge_at : now(),
}
