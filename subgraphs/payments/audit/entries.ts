import { type RawBuilder, sql } from 'kysely'
import { type LineCheck, type LineRange, within } from './check.ts'

/** Only a line that was opened with nothing has a transaction without entries. */
const transactionsHaveEntries: LineCheck = {
  invariant: 'I1',
  meaning: 'every transaction has its entries, and every entry its transaction',
  isOfBalance: true,
  places: (range) => sql`
    select cause.line_id, 'transaction ' || cause.id as place from ledger_transaction as cause
    where ${within('cause', range)} and cause.kind <> 'OPENING_BALANCE' and not exists (
      select from ledger_entry as entry where entry.line_id = cause.line_id and entry.transaction_id = cause.id
    )
    union all
    select entry.line_id, 'transaction ' || entry.transaction_id from ledger_entry as entry
    where ${within('entry', range)} and not exists (
      select from ledger_transaction as cause where cause.line_id = entry.line_id and cause.id = entry.transaction_id
    )
  `,
}

const balancesAreSums: LineCheck = {
  invariant: 'I2',
  meaning: 'each stored balance is the sum of its entries',
  isOfBalance: true,
  places: (range) => sql`
    with summed as (
      select line_id, unit, sum(customer_change(entry)) as total,
        sum(customer_change(entry)) filter (where kind = 'OPENING_BALANCE') as opened_with
      from ledger_entry as entry where ${within('entry', range)} group by line_id, unit
    ), stored as (
      select * from ledger_balance as balance where ${within('balance', range)}
    )
    select coalesce(stored.line_id, summed.line_id) as line_id, coalesce(stored.unit, summed.unit)::text as place
    from stored full join summed on summed.line_id = stored.line_id and summed.unit = stored.unit
    where (coalesce(stored.posted, 0), coalesce(stored.opened_with, 0))
      is distinct from (coalesce(summed.total, 0), coalesce(summed.opened_with, 0))
  `,
}

const entriesAreNumbered: LineCheck = {
  invariant: 'I2',
  meaning: 'entries are numbered without gaps, each with its kind, its moment and the balance after it',
  isOfBalance: true,
  places: (range) => sql`
    select line_id, unit || ' entry ' || sequence as place
    from (${chained(range)}) as chained
    where sequence <> coalesce(previous_sequence, 0) + 1
      or balance_after <> coalesce(previous_balance, 0) + customer_change(entry)
      or posted_at < previous_posted_at
    union all
    select balance.line_id, balance.unit || ' entries up to ' || balance.entry_sequence
    from ledger_balance as balance
    where ${within('balance', range)} and balance.entry_sequence <> (
      select coalesce(max(sequence), 0) from ledger_entry as entry
      where entry.line_id = balance.line_id and entry.unit = balance.unit
    )
  `,
}

/** Each link is computed anew from the hash before it as it is stored: where all links hold, so does the chain. */
const hashesAreChained: LineCheck = {
  invariant: 'I8',
  meaning: 'entries and their causes are as they were posted: the chain of hashes is unbroken',
  isOfBalance: true,
  places: (range) => sql`
    select chained.line_id, chained.unit || ' entry ' || chained.sequence as place
    from (${chained(range)}) as chained
    left join ledger_transaction as cause on cause.line_id = chained.line_id and cause.id = chained.transaction_id
    where chained.hash is distinct from chain_hash(coalesce(previous_hash, ''::bytea), chained.entry, cause)
    union all
    select balance.line_id, balance.unit || ' end of the chain'
    from ledger_balance as balance
    left join ledger_entry as last on last.line_id = balance.line_id and last.unit = balance.unit
      and last.sequence = balance.entry_sequence
    where ${within('balance', range)} and balance.entry_hash is distinct from coalesce(last.hash, ''::bytea)
  `,
}

/** The entries of a range beside what came before each. */
function chained(range: LineRange): RawBuilder<object> {
  return sql`
    select entry.*, entry, lag(sequence) over own as previous_sequence, lag(balance_after) over own as previous_balance,
      lag(posted_at) over own as previous_posted_at, lag(hash) over own as previous_hash
    from ledger_entry as entry where ${within('entry', range)}
    window own as (partition by line_id, unit order by sequence)
  `
}

export const ENTRY_CHECKS: readonly LineCheck[] = [
  transactionsHaveEntries,
  balancesAreSums,
  entriesAreNumbered,
  hashesAreChained,
]
