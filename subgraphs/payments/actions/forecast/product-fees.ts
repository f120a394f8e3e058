import { invariant } from '../../../../platform/invariant.ts'
import { type Money, parseKopecks } from '../../../../platform/money.ts'
import type { AskSubgraph } from '../../../../platform/subgraph/ask.ts'
import type { ChargeSource, ComingCharge } from './charge-source.ts'

const COMING_FEES = `query ($lineIds: [ID!]!, $until: DateTime!) {
  comingFees(lineIds: $lineIds, until: $until) { lineId nameRu nameEn fee { amount } dueAt }
}`

/** A fee as products tell of it. */
interface ToldFee {
  readonly lineId: string
  readonly nameRu: string
  readonly nameEn: string
  readonly fee: Pick<Money, 'amount'>
  readonly dueAt: readonly string[]
}

/** The fees of tariffs and options, as products know them; null when they are away. */
export function createProductFees(ask: AskSubgraph): ChargeSource {
  return async (lineIds, { until }) => {
    const variables = { lineIds, until: until.toISOString() }
    const answer = await ask({ query: COMING_FEES, variables }).catch(() => null)
    return answer && (answer['comingFees'] as readonly ToldFee[]).flatMap(toCharges)
  }
}

function toCharges({ lineId, nameRu, nameEn, fee, dueAt }: ToldFee): ComingCharge[] {
  const amount = parseKopecks(fee.amount)
  invariant(amount !== null, 'products tell fees as amounts of money')
  const name = { ru: nameRu, en: nameEn }
  return dueAt.map((at) => ({ lineId, dueAt: new Date(at), kind: 'SUBSCRIPTION_FEE', name, amount: -amount }))
}
