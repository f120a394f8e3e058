import { sql } from 'kysely'
import type { LedgerCheck } from './check.ts'

/** What decides that a thing is done once and nobody is overdrawn, whatever the code does. */
const CONSTRAINTS = [
  'ledger_balance_pkey',
  'ledger_balance_reserved_check',
  'balance_floor',
  'ledger_entry_pkey',
  'ledger_entry_amount_check',
  'ledger_transaction_pkey',
  'ledger_transaction_line_id_source_key_key',
  'hold_pkey',
  'hold_line_id_source_key_key',
  'idempotency_key_pkey',
  'inbox_pkey',
  'top_up_directory_pkey',
]

const TRIGGERS = [
  'ledger_transaction_is_immutable',
  'ledger_entry_is_immutable',
  'ledger_entry_is_posted',
  'hold_is_followed',
  'ledger_balance_is_numbered',
  'points_are_spent_oldest_first',
  'points_are_set_aside_oldest_first',
]

const constraintsStand: LedgerCheck = {
  invariant: 'I4',
  meaning: 'the keys and checks that have the last word are in force',
  places: () => sql`
    select name || ' is not in force' as place from unnest(${CONSTRAINTS}::text[]) as name
    where not exists (
      select from pg_constraint as guard
      left join pg_index as key on key.indexrelid = guard.conindid
      where guard.conname = name and guard.connamespace = current_schema()::regnamespace and guard.convalidated
        and (guard.contype = 'c' or (key.indisunique and key.indisvalid))
    )
  `,
}

/** For everybody by triggers, for the login role by privileges. */
const ledgerIsImmutable: LedgerCheck = {
  invariant: 'I8',
  meaning: 'entries are immutable, and balances follow them by themselves',
  places: () => sql`
    select name || ' is not in force' as place from unnest(${TRIGGERS}::text[]) as name
    where not exists (
      select from pg_trigger join pg_class on pg_class.oid = tgrelid
      where tgname = name and relnamespace = current_schema()::regnamespace and tgenabled in ('O', 'A')
    )
    union all
    select guarded || ' can be changed by ' || current_user as place
    from unnest(array['ledger_transaction', 'ledger_entry']) as guarded
    where has_table_privilege(guarded, 'update') or has_table_privilege(guarded, 'delete')
      or has_table_privilege(guarded, 'truncate')
    union all
    select 'ledger_balance.' || written || ' can be written by ' || current_user
    from unnest(array['posted', 'reserved', 'entry_sequence', 'entry_hash']) as written
    where has_column_privilege('ledger_balance', written, 'update')
  `,
}

/** Receivers may be away for a while; for longer than this somebody should know. */
const WAIT_MINUTES_MAX = 60

const eventsLeave: LedgerCheck = {
  invariant: 'I10',
  meaning: `no event has waited for its receiver for more than ${WAIT_MINUTES_MAX} minutes`,
  places: (now) => sql`
    select count(*) || ' events for ' || receiver as place from outbox
    where created_at < ${now}::timestamptz - make_interval(mins => ${WAIT_MINUTES_MAX}) group by receiver
  `,
}

export const GUARD_CHECKS: readonly LedgerCheck[] = [constraintsStand, ledgerIsImmutable]
export const TIME_CHECKS: readonly LedgerCheck[] = [eventsLeave]
