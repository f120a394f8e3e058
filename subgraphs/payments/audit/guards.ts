import { type RawBuilder, sql } from 'kysely'
import type { LedgerCheck } from './check.ts'
import { KEYS_AND_CHECKS, TRIGGERS } from './guarded.ts'

/** The names that are to be in force, each with its table. */
function guards(byTable: Readonly<Record<string, readonly string[]>>): RawBuilder<object> {
  const pairs = Object.entries(byTable).flatMap(([table, names]) => names.map((name) => ({ table, name })))
  return sql`
    unnest(${pairs.map(({ table }) => table)}::text[], ${pairs.map(({ name }) => name)}::text[]) as guard (owner, name)
  `
}

const constraintsStand: LedgerCheck = {
  invariant: 'I4',
  meaning: 'the keys and checks that have the last word are in force',
  places: () => sql`
    select guard.name || ' is not in force' as place from ${guards(KEYS_AND_CHECKS)}
    where not exists (
      select from pg_constraint as stated
      where stated.conname = guard.name and stated.conrelid = to_regclass(guard.owner) and stated.convalidated
        -- Newer servers know constraints that are written down and not enforced.
        and coalesce((to_jsonb(stated) ->> 'conenforced')::boolean, true) and stated.contype in ('c', 'f')
    ) and not exists (
      select from pg_index as key join pg_class on pg_class.oid = key.indexrelid
      where pg_class.relname = guard.name and key.indrelid = to_regclass(guard.owner)
        and key.indisunique and key.indisvalid
    )
  `,
}

/** For everybody by triggers, for the login role by privileges. */
const ledgerIsImmutable: LedgerCheck = {
  invariant: 'I8',
  meaning: 'entries are immutable, and balances follow them by themselves',
  places: () => sql`
    select guard.name || ' is not in force' as place from ${guards(TRIGGERS)}
    where not exists (
      select from pg_trigger where tgname = guard.name and tgrelid = to_regclass(guard.owner) and tgenabled in ('O', 'A')
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
