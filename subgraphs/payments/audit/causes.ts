import { type RawBuilder, sql } from 'kysely'
import type { LedgerAccount } from '../ledger/kinds.ts'
import { type LineCheck, type LineRange, type Place, within } from './check.ts'

const causesMoveMoneyOnce: LineCheck = {
  invariant: 'I4',
  meaning: 'a cause moves the money of a line once',
  isOfBalance: false,
  places: (range) => sql`
    select cause.line_id, 'cause ' || cause.source_key as place from ledger_transaction as cause
    where ${within('cause', range)} group by cause.line_id, cause.source_key having count(*) > 1
    union all
    select hold.line_id, 'hold for ' || hold.source_key from hold
    where ${within('hold', range)} group by hold.line_id, hold.source_key having count(*) > 1
  `,
}

interface Directory {
  readonly table: string
  readonly column: string
  /** What stands before the other's id in the source key of the posting. */
  readonly prefix: string
  readonly account: LedgerAccount
}

/** Where a payment that somebody else took is written down with its line, before it is credited there. */
const DIRECTORIES: readonly Directory[] = [
  { table: 'top_up_directory', column: 'external_id', prefix: 'top-up:', account: 'EXTERNAL_TOP_UP' },
  { table: 'acquirer_payment_directory', column: 'acquirer_id', prefix: 'acquirer:', account: 'CARD_ACQUIRING' },
]

const topUpsAreCreditedOnce: LineCheck = {
  invariant: 'I9',
  meaning: 'a payment that somebody else took is credited once, to the line that it was for',
  isOfBalance: false,
  places: (range) => sql`
    ${sql.join(
      DIRECTORIES.map((directory) => creditedElsewhere(directory, range)),
      sql` union all `,
    )}
    union all
    select cause.line_id, 'payment ' || cause.payment_id
    from ledger_transaction as cause
    where ${within('cause', range)} and cause.kind = 'TOP_UP' and cause.payment_id is not null
    group by cause.line_id, cause.payment_id having count(*) > 1
  `,
}

function creditedElsewhere({ table, column, prefix, account }: Directory, range: LineRange): RawBuilder<Place> {
  return sql`
    select cause.line_id, 'transaction ' || cause.id as place
    from ledger_transaction as cause
    join ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
      and entry.debit_account::text = ${account}
    left join ${sql.table(table)} as told on told.${sql.ref(column)} = substr(cause.source_key, ${prefix.length + 1}::int)
    where ${within('cause', range)} and cause.kind = 'TOP_UP' and starts_with(cause.source_key, ${prefix})
      and told.line_id is distinct from cause.line_id
  `
}

export const CAUSE_CHECKS: readonly LineCheck[] = [causesMoveMoneyOnce, topUpsAreCreditedOnce]
