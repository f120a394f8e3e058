import type { TestDatabase } from '../../testing/test-database.ts'

const LINE = 'left join linked_numbers.line on line.id = line_id'
const ACCOUNT = 'left join accounts.account on account.id = account_id'
const OFFERING = 'left join products.offering on offering.id = offering_id'

/** What each table holds by the names that the world outside knows; an id appears only where it leads nowhere. */
const QUERIES: Readonly<Record<string, string>> = {
  account: 'select customer_ref, kind, display_name, language from accounts.account',
  customer_directory: `select directory.customer_ref, account.customer_ref as known_as
    from accounts.customer_directory as directory ${ACCOUNT}`,
  organization_member: `select organization.customer_ref, member.customer_ref as member, role
    from accounts.organization_member
    left join accounts.account as organization on organization.id = organization_id
    left join accounts.account as member on member.id = member_id`,
  line: `select msisdn, customer_ref, region, status, activated_on
    from linked_numbers.line left join accounts.account on account.id = owner_account_id`,
  directory: `select directory.msisdn, line.msisdn as line from linked_numbers.directory ${LINE}`,
  line_access: `select msisdn, customer_ref, rights, until, version from linked_numbers.line_access ${LINE} ${ACCOUNT}`,
  account_line: `select msisdn, customer_ref, until, alias from linked_numbers.account_line ${LINE} ${ACCOUNT}`,
  access_audit: `select msisdn, customer_ref, rights, until, changed_by from linked_numbers.access_audit ${LINE} ${ACCOUNT}`,
  usage_record: `select msisdn, external_id, kind, started_at, counterparty, quantity, unit, cost_kopecks
    from linked_numbers.usage_record ${LINE}`,
  offering: 'select code, kind, is_archived from products.offering',
  offering_version: `select code, version, name_ru, name_en, category, fee_kopecks, period, allowances
    from products.offering_version ${OFFERING}`,
  line_tariff: `select msisdn, code, line_tariff.activated_on from products.line_tariff ${LINE} ${OFFERING}`,
  line_option: `select msisdn, code, line_option.activated_on, deactivated_at from products.line_option ${LINE} ${OFFERING}`,
  products_access: `select msisdn, customer_ref, rights, until, version from products.line_access ${LINE} ${ACCOUNT}`,
  payments_access: `select msisdn, customer_ref, rights, until, version from payments.line_access ${LINE} ${ACCOUNT}`,
  ledger_transaction: `select msisdn, kind, source_key, case kind when 'TOP_UP' then occurred_at end as occurred_at
    from payments.ledger_transaction ${LINE}`,
  ledger_entry: `select msisdn, source_key, unit, debit_account, credit_account, amount
    from payments.ledger_entry as entry
    left join payments.ledger_transaction as cause on cause.line_id = entry.line_id and cause.id = transaction_id
    left join linked_numbers.line on line.id = entry.line_id`,
  ledger_balance: `select msisdn, unit, posted, reserved, debt_limit from payments.ledger_balance ${LINE}`,
  bonus_lot: `select msisdn, earned, remaining from payments.bonus_lot ${LINE}`,
  top_up_directory: `select external_id, msisdn from payments.top_up_directory ${LINE}`,
}

/** A count and a digest of each table, by natural keys: two databases with the same hold the same. */
export async function readContents(database: TestDatabase): Promise<Record<string, string>> {
  const contents: Record<string, string> = {}
  for (const [name, query] of Object.entries(QUERIES)) {
    const [row] = await database.sql<{ content: string }>(`
      select count(*) || ' ' || coalesce(md5(string_agg(content::text, e'\\n' order by content::text)), '') as content
      from (${query}) as content
    `)
    contents[name] = row?.content ?? ''
  }
  return contents
}

/** The same with ids and moments: a second run of the same files must not touch a row. */
export async function readRows(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.sql<{ name: string }>(`
    select schemaname || '.' || tablename as name from pg_tables
    where schemaname in ('accounts', 'linked_numbers', 'products', 'payments') and tablename not like 'kysely%'
    order by 1
  `)
  const rows: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await database.sql<{ content: string }>(
      `select coalesce(md5(string_agg(t::text || xmin, e'\\n' order by t::text)), '') as content from ${name} as t`,
    )
    rows[name] = row?.content ?? ''
  }
  return rows
}
