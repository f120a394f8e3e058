import { z } from 'zod'
import type { E164 } from '../../../platform/phone.ts'
import type { AskSubgraph } from '../../../platform/subgraph/ask.ts'

/** What finding the cabinet of a number needs. */
export interface CabinetSearch {
  readonly ask: Readonly<Record<'linked-numbers', AskSubgraph>>
}

/** The cabinet that a number opens, and the line that has the number now. */
export interface Cabinet {
  readonly accountId: string
  readonly lineId: string
}

const answer = z.object({ subscriberByPhone: z.object({ accountId: z.uuid(), lineId: z.uuid() }).nullable() })

/** The cabinet of whoever has this number; null when it is nobody's. */
export async function findCabinetByPhone({ ask }: CabinetSearch, phone: E164): Promise<Cabinet | null> {
  const data = await ask['linked-numbers']({
    query: 'query ($phone: PhoneNumber!) { subscriberByPhone(phone: $phone) { accountId lineId } }',
    variables: { phone },
  })
  return answer.parse(data).subscriberByPhone
}
