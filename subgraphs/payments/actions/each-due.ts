import type { Logger } from '../../../platform/logger.ts'
import type { DuePage } from '../store/due-page.ts'

export interface DueWork<Item extends { readonly id: string }> {
  /** A page of what is due, in an order in which each is looked at once. */
  readonly read: (page: DuePage<Item>) => Promise<readonly Item[]>
  readonly work: (item: Item) => Promise<unknown>
  /** How many are worked on at once. */
  readonly atOnce: number
  readonly logger: Logger
  /** What failed, as a log says it. */
  readonly failure: string
  readonly pageSize?: number
}

const PAGE_SIZE = 500

/**
 * Does the work of all that is due, each once in this round. One that fails is reported and left for the next round: it
 * holds up no other. Returns how many were looked at.
 */
export async function eachDue<Item extends { readonly id: string }>(dueWork: DueWork<Item>): Promise<number> {
  const { read, pageSize: limit = PAGE_SIZE } = dueWork
  let count = 0
  let after: Item | null = null
  for (;;) {
    const page: readonly Item[] = await read({ after, limit })
    await workOn(page, dueWork)
    count += page.length
    after = page.at(-1) ?? null
    if (after === null || page.length < limit) return count
  }
}

async function workOn<Item extends { readonly id: string }>(
  page: readonly Item[],
  { work, atOnce, logger, failure }: DueWork<Item>,
): Promise<void> {
  const waiting = page.values()
  const takeTurns = async () => {
    for (const item of waiting) {
      await work(item).catch((error: unknown) => logger.error({ err: error, id: item.id }, failure))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, takeTurns))
}
