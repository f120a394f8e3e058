/** One line of the page with one of its options: a line with three options has three rows. */
export interface HomeRow {
  readonly display_name: string
  readonly line_id: string | null
  readonly msisdn: string
  readonly alias: string | null
  readonly status: string
  readonly available: string
  readonly reserved: string
  readonly points: string
  readonly expiring_points: string | null
  readonly expires_at: Date | null
  readonly tariff_id: string
  readonly tariff_name: string
  readonly tariff_fee: string
  readonly tariff_activated_on: string
  readonly option_id: string | null
  readonly option_name: string
  readonly option_fee: string
  readonly option_period: string
  readonly option_activated_on: string
}

/**
 * The home screen by hand: account $1, one line more than the page ($2) after line $3, at the moment $4. It reads over
 * the borders of the subgraphs, as nothing in the product may, and checks the rights on each line as they do.
 */
export const HOME_ROWS_SQL = `
  select account.display_name, page.line_id, line.msisdn, page.alias, line.status,
    money.posted - money.reserved as available, money.reserved, points.posted - points.reserved as points,
    expiring.points as expiring_points, expiring.expires_at,
    tariff.id as tariff_id, tariff_version.name_ru as tariff_name, tariff_version.fee_kopecks as tariff_fee,
    line_tariff.activated_on as tariff_activated_on,
    line_option.id as option_id, option_version.name_ru as option_name, option_version.fee_kopecks as option_fee,
    option_version.period as option_period, line_option.activated_on as option_activated_on
  from accounts.account
  left join lateral (
    select account_line.line_id, account_line.alias from linked_numbers.account_line
    where account_line.account_id = account.id and account_line.line_id > $3
      and (account_line.until is null or account_line.until > $4)
    order by account_line.line_id limit $2
  ) as page on true
  left join linked_numbers.line_access as access on access.line_id = page.line_id and access.account_id = account.id
    and access.rights & 1 <> 0 and (access.until is null or access.until > $4)
  left join linked_numbers.line on line.id = access.line_id
  left join payments.ledger_balance as money on money.line_id = line.id and money.unit = 'KOPECK'
  left join payments.ledger_balance as points on points.line_id = line.id and points.unit = 'POINT'
  left join lateral (
    select sum(remaining) as points, expires_at from payments.bonus_lot
    where bonus_lot.line_id = line.id and remaining > 0 and expires_at > $4
    group by expires_at order by expires_at limit 1
  ) as expiring on true
  left join products.line_tariff on line_tariff.line_id = line.id
  left join products.offering as tariff on tariff.id = line_tariff.offering_id
  left join lateral (
    select name_ru, fee_kopecks from products.offering_version
    where offering_id = tariff.id and valid_from <= $4 order by version desc limit 1
  ) as tariff_version on true
  left join products.line_option on line_option.line_id = line.id and line_option.deactivated_at is null
  left join products.offering as option on option.id = line_option.offering_id
  left join lateral (
    select name_ru, fee_kopecks, period from products.offering_version
    where offering_id = option.id and valid_from <= $4 order by version desc limit 1
  ) as option_version on true
  where account.id = $1
  order by page.line_id, line_option.activated_on, option.code`
