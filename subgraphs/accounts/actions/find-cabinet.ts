import type { Kysely } from 'kysely'
import { unavailable } from '../../../platform/errors.ts'
import { invariant } from '../../../platform/invariant.ts'
import type { E164 } from '../../../platform/phone.ts'
import type { AskSubgraph } from '../../../platform/subgraph/ask.ts'
import { type Cabinet, readCabinet } from '../store/phone-cabinets.ts'
import type { Tables } from '../store/tables.ts'

/** What finding whoever has a telephone number needs. */
export interface SubscriberDependencies {
  readonly ask: Readonly<Record<'linked-numbers', AskSubgraph>>
}

/** Whoever has a telephone number now, as linked numbers know. */
export interface Subscriber {
  readonly lineId: string
  readonly ownerAccountId: string
  /** The SIM gets no messages. */
  readonly isBlocked: boolean
}

const SUBSCRIBER_BY_PHONE = `query ($phone: PhoneNumber!) {
  subscriberByPhone(phone: $phone) { lineId ownerAccountId isBlocked }
}`

/**
 * Asks linked numbers who has this number; null when nobody does. Rejects with `SUBGRAPH_UNAVAILABLE` when they are
 * away, whatever the number.
 */
export async function findSubscriber({ ask }: SubscriberDependencies, phone: E164): Promise<Subscriber | null> {
  const { subscriberByPhone } = await orUnavailable(
    ask['linked-numbers']({ query: SUBSCRIBER_BY_PHONE, variables: { phone } }),
  )
  return subscriberByPhone as Subscriber | null
}

/** A cabinet that opens with a telephone number, and the line that the number has now. */
export interface PhoneCabinet extends Subscriber {
  readonly accountId: string
}

/**
 * The cabinet that signing in with this number opens: the line's owner's, or, when an organization owns the line, the
 * one of whoever uses it. Null when nobody has the number, or nobody has signed in with an organization's number yet.
 */
export async function findCabinetByPhone(
  dependencies: SubscriberDependencies & { readonly db: Kysely<Tables> },
  phone: E164,
): Promise<PhoneCabinet | null> {
  const subscriber = await findSubscriber(dependencies, phone)
  if (!subscriber) return null
  const accountId = accountOf(await readCabinet(dependencies.db, phone, subscriber))
  return accountId === null ? null : { ...subscriber, accountId }
}

function accountOf(cabinet: Cabinet | null): string | null {
  if (cabinet === null) return null
  return cabinet.ownerKind === 'INDIVIDUAL' ? cabinet.ownerAccountId : cabinet.phoneAccountId
}

const ADMIT_SUBSCRIBER = `mutation ($input: AdmitSubscriberInput!) {
  admitSubscriber(input: $input) { __typename }
}`

/** Lets the cabinet of whoever uses an organization's line see it. Done again it changes nothing. */
export async function admitSubscriber(
  { ask }: SubscriberDependencies,
  input: { readonly lineId: string; readonly accountId: string },
): Promise<void> {
  const { admitSubscriber: result } = await orUnavailable(
    ask['linked-numbers']({ query: ADMIT_SUBSCRIBER, variables: { input } }),
  )
  const { __typename } = result as { readonly __typename: string }
  invariant(__typename === 'AdmitSubscriberSuccess', `a line that was just found can be seen, not ${__typename}`)
}

/** Whatever keeps linked numbers from answering, those who sign in are told that a part is away and when to retry. */
function orUnavailable<Value>(answer: Promise<Value>): Promise<Value> {
  return answer.catch(() => {
    throw unavailable()
  })
}
