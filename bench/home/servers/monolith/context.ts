import DataLoader from 'dataloader'
import pg from 'pg'
import type { AccountRow, BalanceRow, ExpiringPointsRow, LineRow, OfLine, OptionRow, TariffRow } from './rows.ts'
import { STATEMENTS } from './statements.ts'

/** What the resolvers of one request work with: the loaders live as long as it. */
export interface MonolithContext {
  readonly accountId: string
  readonly now: Date
  pageOfLineIds(first: number, afterLineId: string): Promise<string[]>
  readonly accounts: DataLoader<string, AccountRow | null>
  readonly lines: DataLoader<string, LineRow | null>
  readonly balances: DataLoader<string, BalanceRow | null>
  readonly expiringPoints: DataLoader<string, ExpiringPointsRow | null>
  readonly tariffs: DataLoader<string, TariffRow | null>
  readonly options: DataLoader<string, OptionRow[] | null>
}

export function createMonolithPool(connectionString: string): pg.Pool {
  pg.types.setTypeParser(pg.types.builtins.DATE, String)
  return new pg.Pool({ connectionString, max: 10, options: '-c plan_cache_mode=force_generic_plan' })
}

export function createMonolithContext(pool: pg.Pool, accountId: string): MonolithContext {
  const now = new Date()
  const query = async <Row extends object>(name: keyof typeof STATEMENTS, values: unknown[]): Promise<Row[]> =>
    (await pool.query<Row>({ name, text: STATEMENTS[name], values })).rows
  const oneOfLine = <Row extends OfLine>(name: keyof typeof STATEMENTS) =>
    new DataLoader<string, Row | null>(async (ids) => {
      const rows = new Map((await query<Row>(name, [ids, accountId, now])).map((row) => [row.line_id, row]))
      return ids.map((id) => rows.get(id) ?? null)
    })
  return {
    accountId,
    now,
    async pageOfLineIds(first, afterLineId) {
      const rows = await query<OfLine>('page', [accountId, afterLineId, first, now])
      return rows.map((row) => row.line_id)
    },
    accounts: new DataLoader(async (ids) => {
      const rows = new Map((await query<AccountRow>('account', [ids])).map((row) => [row.id, row]))
      return ids.map((id) => rows.get(id) ?? null)
    }),
    lines: oneOfLine<LineRow>('lines'),
    balances: oneOfLine<BalanceRow>('balances'),
    expiringPoints: oneOfLine<ExpiringPointsRow>('expiringPoints'),
    tariffs: oneOfLine<TariffRow>('tariffs'),
    options: new DataLoader<string, OptionRow[] | null>(async (ids) => {
      const rows = Map.groupBy(await query<OptionRow>('options', [ids, accountId, now]), (row) => row.line_id)
      return ids.map((id) => rows.get(id) ?? [])
    }),
  }
}
