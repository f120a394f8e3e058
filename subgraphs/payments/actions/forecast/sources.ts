import type { ActionDependencies } from '../actions.ts'
import type { ChargeSource } from './charge-source.ts'
import { createDatedCharges } from './dated-charges.ts'
import { createProductFees } from './product-fees.ts'

/** What a forecast knows of: whatever else moves money on a day that is known is told by one more of these. */
export function chargeSources(dependencies: Pick<ActionDependencies, 'reader' | 'policies' | 'ask'>): ChargeSource[] {
  return [createProductFees(dependencies.ask.products), createDatedCharges(dependencies)]
}
