import type { AskSubgraph } from '../../../../platform/subgraph/ask.ts'
import type { ChargeSource } from './charge-source.ts'
import { createProductFees } from './product-fees.ts'

/** What a forecast knows of: whatever else moves money on a day that is known is told by one more of these. */
export function chargeSources({ ask }: { readonly ask: Readonly<Record<'products', AskSubgraph>> }): ChargeSource[] {
  return [createProductFees(ask.products)]
}
