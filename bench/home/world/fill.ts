import { createPool } from '../../../platform/database/connect.ts'
import { silentLogger } from '../../../platform/logger.ts'
import type { Crowd } from './crowd.ts'

const TARIFF_COUNT = 5
const OPTION_COUNT = 12

/** Fills a migrated database with the accounts of the crowds, by few statements over whole sets: always the same rows. */
export async function fillWorld(adminUrl: string, crowds: readonly Crowd[]): Promise<void> {
  const pool = createPool({ url: adminUrl, poolSizeMax: 1, logger: silentLogger })
  try {
    for (const statement of [...makeLines(crowds), ...FILL]) await pool.query(statement)
  } finally {
    await pool.end()
  }
}

/** Two temporary tables that all others are made from: accounts by number, lines by number with their account. */
function makeLines(crowds: readonly Crowd[]): string[] {
  return [
    `create function pg_temp.fixed_id(kind int, number bigint) returns uuid immutable language sql as
       $$ select ('0190000' || kind || '-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$`,
    'create temporary table bench_account (number int primary key, line_count int not null)',
    ...crowds.map(
      ({ firstAccount, accountCount, linesEach }) =>
        `insert into bench_account select ${firstAccount} + n, ${linesEach} from generate_series(0, ${accountCount - 1}) as n`,
    ),
    `create temporary table bench_line as
       select row_number() over (order by number, place)::int as n,
         pg_temp.fixed_id(1, number) as account_id, pg_temp.fixed_id(2, row_number() over (order by number, place)) as id
       from bench_account cross join lateral generate_series(1, line_count) as place`,
  ]
}

const LINE_ACCESS_COPIES = ['linked_numbers', 'products', 'payments'].map(
  (schema) =>
    `insert into ${schema}.line_access (line_id, account_id, rights, version) select id, account_id, 15, 1 from bench_line`,
)

const PEOPLE = [
  `insert into accounts.account (id, kind, display_name, language, customer_ref)
     select pg_temp.fixed_id(1, number), 'INDIVIDUAL', 'Абонент ' || number, 'ru', 'C-' || number from bench_account`,
]

const NUMBERS = [
  `insert into linked_numbers.line (id, msisdn, owner_account_id, region, status, activated_on)
     select id, '+7916' || lpad(n::text, 7, '0'), account_id, 'Moscow',
       case when n % 50 = 0 then 'BLOCKED' else 'ACTIVE' end, '2024-01-15' from bench_line`,
  'insert into linked_numbers.directory (msisdn, line_id) select msisdn, id from linked_numbers.line',
  `insert into linked_numbers.account_line (account_id, line_id, alias)
     select account_id, id, case when n % 3 = 0 then 'Номер ' || n end from bench_line`,
  ...LINE_ACCESS_COPIES,
]

/** Among the offerings are a free tariff, a daily and a one-time option: they have no monthly charge. */
const CATALOGUE = [
  `insert into products.offering (id, code, kind)
     select pg_temp.fixed_id(3, n), 'tariff-' || n, 'TARIFF' from generate_series(1, ${TARIFF_COUNT}) as n
     union all
     select pg_temp.fixed_id(3, 100 + n), 'option-' || n, 'OPTION' from generate_series(1, ${OPTION_COUNT}) as n`,
  `insert into products.offering_version
       (offering_id, version, valid_from, name_ru, name_en, category, fee_kopecks, period, allowances)
     select id, 1, '2020-01-01', 'Тариф или опция ' || code, 'Offering ' || code, 'Internet',
       case code when 'tariff-5' then 0 else 10000 + 1990 * length(code) + ascii(right(code, 1)) * 100 end,
       case code when 'option-3' then 'DAY' when 'option-7' then 'ONCE' else 'MONTH' end,
       '[{"kind":"DATA","quantity":1024,"unit":"MEGABYTE"}]' from products.offering`,
]

const PRODUCTS = [
  `insert into products.line_tariff (line_id, offering_id, activated_on)
     select id, pg_temp.fixed_id(3, 1 + n % ${TARIFF_COUNT}), date '2023-01-01' + (n * 7) % 700 from bench_line`,
  `insert into products.line_option (line_id, id, offering_id, activated_on)
     select bench_line.id, pg_temp.fixed_id(4, n::bigint * 10 + place),
       pg_temp.fixed_id(3, 101 + (n + place * 5) % ${OPTION_COUNT}), date '2024-01-01' + (n * 11 + place) % 500
     from bench_line cross join lateral generate_series(1, 1 + n % 3) as place`,
]

/** Each line was opened with money, points and one lot of points: balances are the sums of the entries. */
const MONEY = [
  `insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
     select id, pg_temp.fixed_id(5, n), 'OPENING_BALANCE', 'opening-balance', '2024-01-15', '2024-01-15' from bench_line`,
  `insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
     select id, pg_temp.fixed_id(5, n), unit, 'OPENING_BALANCE', 'CUSTOMER',
       case unit when 'KOPECK' then 5000 + (n * 37) % 300000 else 10 + n % 500 end
     from bench_line cross join unnest(array['KOPECK', 'POINT']::payments.ledger_unit[]) as unit`,
  `insert into payments.hold (line_id, id, unit, amount, kind, source_key, created_at, expires_at)
     select line_id, pg_temp.fixed_id(8, row_number() over ()), unit, 500, 'SERVICE_CHARGE', 'bench', '2024-01-15', '2099-01-15'
     from payments.ledger_entry where unit = 'KOPECK' and amount % 7 = 0`,
  `insert into payments.bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
     select line_id, pg_temp.fixed_id(6, 1), amount, amount, '2024-01-15', '2099-01-15'
     from payments.ledger_entry where unit = 'POINT'`,
]

const FILL = [...PEOPLE, ...NUMBERS, ...CATALOGUE, ...PRODUCTS, ...MONEY, 'vacuum analyze', 'checkpoint']
