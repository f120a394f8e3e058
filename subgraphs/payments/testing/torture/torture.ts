import type { Kysely } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { NewId } from '../../../../platform/ids.ts'
import { give } from '../../ledger/posting.ts'
import type { Tables } from '../../store/tables.ts'
import type { LedgerParts } from '../model/world.ts'

/** What a torture works with; a test puts broken parts here, and is told of it. */
export interface TortureWorld {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
  readonly parts: LedgerParts
  /** Told how many of how many things are done. */
  readonly onDone?: ((done: number, total: number) => void) | undefined
}

/** What came out: nothing is wrong when there are no problems. */
export interface TortureReport {
  readonly name: string
  readonly problems: readonly string[]
  readonly figures: Readonly<Record<string, number>>
}

/** Opens lines with an amount of money each, and gives their ids. */
export async function openLines(
  { db, clock, newId, parts }: TortureWorld,
  amounts: readonly bigint[],
): Promise<string[]> {
  const opened: string[] = []
  for (const amount of amounts) {
    const lineId = newId()
    await db.insertInto('ledger_balance').values({ line_id: lineId, unit: 'KOPECK' }).execute()
    const opening = { lineId, kind: 'OPENING_BALANCE', sourceKey: 'opening-balance', occurredAt: clock.now() } as const
    await db
      .transaction()
      .execute((trx) =>
        parts.post(trx, { clock, newId }, { ...opening, movements: [give('KOPECK', 'OPENING_BALANCE', amount)] }),
      )
    opened.push(lineId)
  }
  return opened
}

export interface ParallelOptions {
  readonly count: number
  readonly atOnce: number
  readonly onDone?: TortureWorld['onDone']
}

/** Does as many things as there are numbers below `count`, some at once. */
export async function inParallel(
  { count, atOnce, onDone }: ParallelOptions,
  work: (number: number) => Promise<void>,
): Promise<void> {
  let next = 0
  let done = 0
  const client = async () => {
    while (next < count) {
      await work(next++)
      onDone?.(++done, count)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, client))
}

/** What a line has, as the ledger says. */
export async function postedOf({ db }: Pick<TortureWorld, 'db'>, lineIds: readonly string[]): Promise<bigint[]> {
  const rows = await db
    .selectFrom('ledger_balance')
    .select(['line_id', 'posted'])
    .where('line_id', 'in', lineIds)
    .where('unit', '=', 'KOPECK')
    .execute()
  return lineIds.map((lineId) => rows.find((row) => row.line_id === lineId)?.posted ?? 0n)
}

/** Notes an error as a problem, a few of them in full. */
export function noteError(problems: string[], error: unknown): void {
  problems.push((error as Error).message)
}
