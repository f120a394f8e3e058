import { type RawBuilder, sql } from 'kysely'
import type { Placeholders } from '../database/prepared-statement.ts'
import type { LineKeyValues } from './line-key.ts'

/**
 * The lines that the keys may read, as a common table expression: `key` is the key's place in the list, from 1.
 * Every statement that reads rows of lines starts from it, so that the check and the reading are one statement:
 *
 *     with allowed as (${allowedLines(values)}) select … from allowed join ledger_balance using (line_id)
 *
 * A key without an account is staff's, whose role was checked before; a line that is not theirs to see is simply
 * not among the rows, like one that does not exist.
 */
export function allowedLines({ lineIds, accountIds, rights, now }: Placeholders<LineKeyValues>): RawBuilder<unknown> {
  return sql`
    select asked.key::int as key, asked.line_id, asked.account_id, coalesce(access.rights, 0) as rights
    from unnest(${lineIds}::uuid[], ${accountIds}::uuid[], ${rights}::int[])
      with ordinality as asked (line_id, account_id, wanted, key)
    left join line_access as access
      on access.line_id = asked.line_id and access.account_id = asked.account_id
      and (access.until is null or access.until > ${now}::timestamptz)
    where (asked.account_id is null and asked.wanted > 0) or (access.rights & asked.wanted) <> 0
  `
}
