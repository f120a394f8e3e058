/** Reads lines that an account may see: $1 the ids, $2 the account, $3 the moment. */
const ALLOWED = `
  from linked_numbers.line_access as access
  %joins%
  where access.line_id = any($1) and access.account_id = $2 and access.rights & 1 <> 0
    and (access.until is null or access.until > $3)`

function ofAllowedLines(columns: string, joins: string, rest = ''): string {
  return `select access.line_id, ${columns} ${ALLOWED.replace('%joins%', joins)} ${rest}`
}

const CURRENT_VERSION = (offering: string) => `
  join lateral (
    select name_ru as name, fee_kopecks as fee, period from products.offering_version
    where offering_id = ${offering} and valid_from <= $3 order by version desc limit 1
  ) as version on true`

/** The statements of the monolith: what a team writes that has one database and asks it once for each kind of thing. */
export const STATEMENTS = {
  account: 'select id, display_name as "displayName" from accounts.account where id = any($1)',
  page: `
    select line_id from linked_numbers.account_line
    where account_id = $1 and line_id > $2 and (until is null or until > $4) order by line_id limit $3`,
  lines: ofAllowedLines(
    'line.id, line.msisdn, account_line.alias, line.status',
    `join linked_numbers.line on line.id = access.line_id
     left join linked_numbers.account_line
       on account_line.account_id = access.account_id and account_line.line_id = access.line_id`,
  ),
  balances: ofAllowedLines(
    'money.posted - money.reserved as available, money.reserved, points.posted - points.reserved as points',
    `join payments.ledger_balance as money on money.line_id = access.line_id and money.unit = 'KOPECK'
     join payments.ledger_balance as points on points.line_id = access.line_id and points.unit = 'POINT'`,
  ),
  expiringPoints: ofAllowedLines(
    'lot.points, lot.expires_at',
    `join lateral (
       select sum(remaining) as points, expires_at from payments.bonus_lot
       where bonus_lot.line_id = access.line_id and remaining > 0 and expires_at > $3
       group by expires_at order by expires_at limit 1
     ) as lot on true`,
  ),
  tariffs: ofAllowedLines(
    'tariff.offering_id as id, version.name, version.fee, tariff.activated_on',
    `join products.line_tariff as tariff on tariff.line_id = access.line_id ${CURRENT_VERSION('tariff.offering_id')}`,
  ),
  options: ofAllowedLines(
    'option.id, version.name, version.fee, version.period, option.activated_on',
    `join products.line_option as option on option.line_id = access.line_id and option.deactivated_at is null
     join products.offering on offering.id = option.offering_id ${CURRENT_VERSION('option.offering_id')}`,
    'order by access.line_id, option.activated_on, offering.code',
  ),
} as const
