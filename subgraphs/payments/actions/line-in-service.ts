import { unavailable } from '../../../platform/errors.ts'
import { type E164, parseE164 } from '../../../platform/phone.ts'
import type { ActionDependencies } from './actions.ts'

/** A line as linked numbers know it. */
export interface LineInService {
  readonly id: string
  /** Null when its number is another line's by now. */
  readonly phone: E164 | null
  /** `YYYY-MM-DD`. */
  readonly activatedOn: string
}

type Asking = Pick<ActionDependencies, 'ask'>

const LINE_IN_SERVICE = 'query ($lineId: ID!) { lineInService(lineId: $lineId) { id msisdn activatedOn } }'

/** Null for a line that there is not, or that is closed. Throws the retryable `SUBGRAPH_UNAVAILABLE` when nobody answers. */
export async function findLineInService({ ask }: Asking, lineId: string): Promise<LineInService | null> {
  const answer = await orUnavailable(ask['linked-numbers']({ query: LINE_IN_SERVICE, variables: { lineId } }))
  const line = answer['lineInService'] as { id: string; msisdn: string | null; activatedOn: string } | null
  if (!line) return null
  return { id: line.id, phone: line.msisdn === null ? null : parseE164(line.msisdn), activatedOn: line.activatedOn }
}

const STANDINGS = 'query ($lineIds: [ID!]!) { linesInService(lineIds: $lineIds) { id isBlocked } }'

/** How a line stands that is not closed. */
export interface LineStanding {
  readonly id: string
  readonly isBlocked: boolean
}

/** What is due on a line, and how that stands: null when it is closed. */
export type Standing<Item> = Item & { readonly standing: LineStanding | null }

/** Asks of all lines of a page at once. Throws `SUBGRAPH_UNAVAILABLE` when nobody answers. */
export async function withStandings<Item>(
  { ask }: Asking,
  items: readonly Item[],
  lineIdOf: (item: Item) => string,
): Promise<Standing<Item>[]> {
  if (items.length === 0) return []
  const lineIds = [...new Set(items.map(lineIdOf))]
  const answer = await orUnavailable(ask['linked-numbers']({ query: STANDINGS, variables: { lineIds } }))
  const lines = answer['linesInService'] as readonly LineStanding[]
  const byId = new Map(lines.map((line) => [line.id, line]))
  return items.map((item) => ({ ...item, standing: byId.get(lineIdOf(item)) ?? null }))
}

const SUBSCRIBER_BY_PHONE = 'query ($phone: PhoneNumber!) { subscriberByPhone(phone: $phone) { lineId } }'

/** The line that has a number now; null when none of ours has. Throws `SUBGRAPH_UNAVAILABLE` when nobody answers. */
export async function findLineByPhone({ ask }: Asking, phone: E164): Promise<string | null> {
  const answer = await orUnavailable(ask['linked-numbers']({ query: SUBSCRIBER_BY_PHONE, variables: { phone } }))
  return (answer['subscriberByPhone'] as { lineId: string } | null)?.lineId ?? null
}

/** Whatever keeps the others from answering, people are told that a part is away and when to try again. */
export function orUnavailable<Value>(answer: Promise<Value>): Promise<Value> {
  return answer.catch(() => {
    throw unavailable()
  })
}
