import { findSilentPurchase } from '../../store/purchases.ts'
import { type EndingDependencies, endPurchaseAs } from './end-purchase.ts'

/** For how long a merchant is asked before somebody may say in its place how a purchase ended. */
const SILENT_MS = 86_400_000

/**
 * Ends a purchase as its merchant has said otherwise than by its system: by telephone, or in its register. False when there
 * is none under that number that its merchant has been silent about for a day.
 */
export async function settleByHand(
  dependencies: EndingDependencies,
  { transactionId, isPaid }: { readonly transactionId: string; readonly isPaid: boolean },
): Promise<boolean> {
  const before = new Date(dependencies.clock.now().getTime() - SILENT_MS)
  const purchase = await findSilentPurchase(dependencies.db, { transactionId, before })
  if (purchase === null) return false
  return endPurchaseAs(dependencies, purchase, isPaid ? { kind: 'done' } : { kind: 'refused', code: 'PAYMENT_REFUSED' })
}
