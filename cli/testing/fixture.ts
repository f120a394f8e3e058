import type { TestDatabase } from './test-database.ts'

/** Fixed ids, so that a test reads well: an account is 1…, a line 2…, an offering 3…. */
export function accountId(number: number): string {
  return fixedId(1, number)
}

export function lineId(number: number): string {
  return fixedId(2, number)
}

export function offeringId(number: number): string {
  return fixedId(3, number)
}

function fixedId(kind: number, number: number): string {
  return `0190000${kind}-0000-7000-8000-${String(number).padStart(12, '0')}`
}

export function phone(number: number): string {
  return `+7916${String(number).padStart(7, '0')}`
}

export interface FixtureAccount {
  readonly number: number
  readonly kind?: 'INDIVIDUAL' | 'ORGANIZATION'
  readonly displayName?: string
}

/** Makes an account. */
export async function insertAccount(database: TestDatabase, account: FixtureAccount): Promise<string> {
  const id = accountId(account.number)
  const name = account.displayName ?? `Account ${account.number}`
  await database.sql(
    `insert into accounts.account (id, kind, display_name, language, customer_ref) values ($1, $2, $3, 'ru', $4)`,
    [id, account.kind ?? 'INDIVIDUAL', name, `C-${account.number}`],
  )
  return id
}

/** Makes a conversation with the consultant that waits for staff, with one question in it. */
export async function insertConversation(database: TestDatabase, ownerId: string, id: string): Promise<void> {
  await database.sql(
    `insert into accounts.conversation
       (account_id, id, language, status, last_sequence, created_at, changed_at, is_for_staff, deadline_at)
     values ($1, $2, 'en', 'WAITING', 1, now(), now(), true, now() + interval '2 minutes')`,
    [ownerId, id],
  )
  await database.sql('insert into accounts.conversation_directory (conversation_id, account_id) values ($1, $2)', [
    id,
    ownerId,
  ])
  await database.sql(
    `insert into accounts.conversation_message
       (account_id, conversation_id, sequence, author, language, text, written_at)
     values ($1, $2, 1, 'CUSTOMER', 'en', 'Is anybody there?', now())`,
    [ownerId, id],
  )
}

export interface FixtureLine {
  readonly number: number
  readonly ownerId: string
  readonly kopecks?: bigint
  readonly points?: bigint
  readonly optionCount?: number
}

/** Makes a line as an import leaves it: in every subgraph, with a tariff, options, money and points. */
export async function insertLine(database: TestDatabase, line: FixtureLine): Promise<string> {
  const id = lineId(line.number)
  const { ownerId, kopecks = 15_000n, points = 70n, optionCount = 1 } = line
  await database.sql(
    `insert into linked_numbers.line (id, msisdn, owner_account_id, region, status, activated_on)
     values ($1, $2, $3, 'Moscow', 'ACTIVE', '2024-01-15')`,
    [id, phone(line.number), ownerId],
  )
  await database.sql('insert into linked_numbers.directory (msisdn, line_id) values ($1, $2)', [phone(line.number), id])
  await giveAccess(database, { lineId: id, accountId: ownerId, rights: 15 })
  await insertLineProducts(database, id, optionCount)
  await insertLineMoney(database, id, { kopecks, points })
  return id
}

export interface FixtureAccess {
  readonly lineId: string
  readonly accountId: string
  readonly rights: number
  readonly until?: Date | null
}

/** Gives an account rights on a line, in the three subgraphs that know of rights. */
export async function giveAccess(database: TestDatabase, access: FixtureAccess): Promise<void> {
  const { lineId: id, accountId: account, rights, until = null } = access
  for (const schema of ['linked_numbers', 'products', 'payments']) {
    await database.sql(
      `insert into ${schema}.line_access (line_id, account_id, rights, until, version) values ($1, $2, $3, $4, 1)`,
      [id, account, rights, until],
    )
  }
  if (rights === 0) return
  await database.sql('insert into linked_numbers.account_line (account_id, line_id, until) values ($1, $2, $3)', [
    account,
    id,
    until,
  ])
}

export interface FixtureCard {
  readonly accountId: string
  readonly id: string
}

/** Saves a card whose token nobody can read: for what only has to have one. */
export async function insertCard(database: TestDatabase, { accountId: account, id }: FixtureCard): Promise<void> {
  await database.sql(
    `insert into payments.card (account_id, id, token_sealed, fingerprint, brand, last4, expiry_year, expiry_month, saved_at)
     values ($1, $2, 'sealed', 'the one', 'Mir', '1234', 2030, 1, '2026-01-01')`,
    [account, id],
  )
}

export interface FixturePromise {
  readonly lineId: string
  readonly kopecks: number
  readonly accountId?: string
  readonly at?: Date
}

/** Lets a line owe an amount for three days, as a promised payment does that costs nothing. */
export async function promiseKopecks(
  { sql }: Pick<TestDatabase, 'sql'>,
  { lineId: id, kopecks, accountId: account = id, at }: FixturePromise,
): Promise<void> {
  await sql(
    `insert into payments.promised_payment (line_id, id, account_id, amount, fee, taken_at, due_at)
     select $1, $1, $2, $3, 0, taken_at, taken_at + interval '3 days' from coalesce($4::timestamptz, now()) as taken_at`,
    [id, account, kopecks, at ?? null],
  )
  await sql(`update payments.ledger_balance set promised = $2 where line_id = $1 and unit = 'KOPECK'`, [id, kopecks])
}

/** One tariff (300 ₽) and three options (50, 60, 70 ₽ a month). */
export async function insertCatalogue(database: TestDatabase): Promise<void> {
  const offerings = [
    { number: 1, kind: 'TARIFF', code: 'base', name: 'Base', fee: 30_000 },
    ...[1, 2, 3].map((n) => ({
      number: 1 + n,
      kind: 'OPTION',
      code: `option-${n}`,
      name: `Option ${n}`,
      fee: 4_000 + n * 1_000,
    })),
  ]
  for (const { number, kind, code, name, fee } of offerings) {
    await database.sql('insert into products.offering (id, code, kind) values ($1, $2, $3)', [
      offeringId(number),
      code,
      kind,
    ])
    await database.sql(
      `insert into products.offering_version
         (offering_id, version, valid_from, name_ru, name_en, category, fee_kopecks, period, allowances)
       values ($1, 1, '2020-01-01', $2, $2, 'Internet', $3, 'MONTH', '[{"kind":"DATA","quantity":1024,"unit":"MEGABYTE"}]')`,
      [offeringId(number), name, fee],
    )
  }
}

async function insertLineProducts(database: TestDatabase, id: string, optionCount: number): Promise<void> {
  await database.sql(
    `insert into products.line_tariff (line_id, offering_id, activated_on) values ($1, $2, '2024-01-15')`,
    [id, offeringId(1)],
  )
  for (let option = 1; option <= optionCount; option++) {
    await database.sql(
      `insert into products.line_option (line_id, id, offering_id, activated_on) values ($1, $2, $3, '2024-02-01')`,
      [id, fixedId(4, option), offeringId(1 + option)],
    )
  }
}

async function insertLineMoney(
  database: TestDatabase,
  id: string,
  { kopecks, points }: { readonly kopecks: bigint; readonly points: bigint },
): Promise<void> {
  await database.sql(
    `insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
     values ($1, $2, 'OPENING_BALANCE', 'opening-balance', '2024-01-15', '2024-01-15')`,
    [id, fixedId(5, 1)],
  )
  const entry = `insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
                 values ($1, $2, $3, 'OPENING_BALANCE', 'CUSTOMER', $4)`
  await database.sql(`insert into payments.ledger_balance (line_id, unit) values ($1, 'KOPECK'), ($1, 'POINT')`, [id])
  if (kopecks > 0n) await database.sql(entry, [id, fixedId(5, 1), 'KOPECK', kopecks])
  if (points > 0n) await database.sql(entry, [id, fixedId(5, 1), 'POINT', points])
  if (points === 0n) return
  await database.sql(
    `insert into payments.bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
     values ($1, $2, $3, $3, '2024-01-15', '2099-01-15')`,
    [id, fixedId(6, 1), points],
  )
}

export interface FixturePosting {
  readonly lineId: string
  readonly amount: number
  readonly unit?: 'KOPECK' | 'POINT'
  /** The payment that brings it. */
  readonly paymentId?: string
}

/** Posts to a line what it is given: triggers do the rest, as with every posting. */
export async function insertPosting(database: Pick<TestDatabase, 'sql'>, posting: FixturePosting): Promise<void> {
  const { lineId: id, amount, unit = 'KOPECK', paymentId = null } = posting
  await database.sql(
    `with cause as (
       insert into payments.ledger_transaction (line_id, id, kind, source_key, payment_id, occurred_at, posted_at)
       values ($1, gen_random_uuid(), 'TOP_UP', gen_random_uuid(), $4, now(), now()) returning line_id, id
     )
     insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
     select line_id, id, $3::payments.ledger_unit, 'EXTERNAL_TOP_UP', 'CUSTOMER', $2 from cause`,
    [id, amount, unit, paymentId],
  )
}
