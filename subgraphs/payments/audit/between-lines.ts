import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { LedgerKind } from '../ledger/kinds.ts'
import type { LedgerUnit, Tables } from '../store/tables.ts'
import type { LedgerCheck } from './check.ts'

/** What lines gave one another, for one unit. */
export interface BetweenLines {
  readonly unit: LedgerUnit
  /** What one line has got and the other has not given yet, or less than none for what was given and is not there yet. */
  readonly underWay: bigint
  /** How many causes gave one line what no other has given, or the other way round. */
  readonly breaches: number
  readonly examples: readonly string[]
}

const KINDS = ['TRANSFER_OUT', 'TRANSFER_IN', 'BONUS_GIVEN', 'BONUS_RECEIVED'] as const satisfies readonly LedgerKind[]
const TRANSFER_KEY = '^transfer:[0-9a-f-]{36}$'

/** Whether an entry, by its alias, gives one line what another gives away; both do it by the same source key. */
export function isBetweenLines(alias: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql`(
    ${column('kind')}::text = any(${KINDS}::text[])
    or 'TRANSFERS' in (${column('debit_account')}, ${column('credit_account')})
  )`
}

/**
 * Compares what lines got with what others gave, by cause, over all lines: the two may be kept on different machines, so
 * this is the one check that brings together rows of several, of each cause two sums. A transfer is credited first, and
 * its sender's money held until it is taken; a gift of points is taken first, and an event brings it.
 */
export async function readBetweenLines(trx: Transaction<Tables>, examplesMax: number): Promise<BetweenLines[]> {
  const { rows } = await sql<BetweenLines>`
    with moved as (
      select cause.source_key, entry.unit,
        coalesce(sum(entry.amount) filter (where entry.credit_account = 'CUSTOMER'), 0)::bigint as credited,
        coalesce(sum(entry.amount) filter (where entry.debit_account = 'CUSTOMER'), 0)::bigint as taken
      from ledger_entry as entry
      join ledger_transaction as cause on cause.line_id = entry.line_id and cause.id = entry.transaction_id
      where ${isBetweenLines('entry')}
      group by cause.source_key, entry.unit
    ), waiting as (
      select hold.source_key, 'KOPECK'::ledger_unit as unit, payment.amount as credited, 0::bigint as taken
      from hold
      join payment on payment.line_id = hold.line_id and payment.id = substr(hold.source_key, 10)::uuid
      where hold.state = 'PENDING' and hold.source_key ~ ${TRANSFER_KEY}
        and payment.kind = 'TRANSFER_OUT' and payment.status = 'PENDING' and hold.amount = payment.amount + payment.fee
      union all
      select 'gift:' || (payload ->> 'giftId'), 'POINT', 0, (
        select sum((lot ->> 'points')::bigint) from jsonb_array_elements(payload -> 'lots') as lot
      )::bigint
      from outbox where payload ->> 'kind' = 'BonusPointsGiven'
    ), unequal as (
      select moved.*, waiting.source_key is not null as is_under_way
      from moved left join waiting using (source_key, unit, credited, taken)
      where moved.credited <> moved.taken
    )
    select units.unit, coalesce(sum(credited - taken) filter (where is_under_way), 0)::bigint as "underWay",
      count(*) filter (where not is_under_way)::int as breaches,
      coalesce((array_agg(
        source_key || ': ' || credited || ' came, ' || taken || ' went' order by source_key
      ) filter (where not is_under_way))[1:${examplesMax}::int], '{}') as examples
    from unnest(enum_range(null::ledger_unit)) as units (unit) left join unequal using (unit) group by units.unit
  `.execute(trx)
  return rows
}

/** What brings a transfer to its end is written with it: without its event it would wait for ever. */
export const transfersAreOnTheirWay: LedgerCheck = {
  invariant: 'I10',
  meaning: 'a transfer that waits for the other line has an event on its way',
  places: () => sql`
    select 'payment ' || substr(hold.source_key, 10) || ' of line ' || hold.line_id as place from hold
    where hold.state = 'PENDING' and hold.source_key ~ ${TRANSFER_KEY} and not exists (
      select from outbox where 'transfer:' || (payload ->> 'transferId') = hold.source_key
    )
  `,
}
