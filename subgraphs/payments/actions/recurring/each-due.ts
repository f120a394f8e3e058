import type { Logger } from '../../../../platform/logger.ts'

/** Where the next page begins, and how many there are on it. */
export interface DuePage {
  readonly after: string
  readonly limit: number
}

export interface DueWork<Item> {
  /** A page of what is due, in the order of the ids. */
  readonly read: (page: DuePage) => Promise<readonly Item[]>
  readonly idOf: (item: Item) => string
  readonly work: (item: Item) => Promise<void>
  /** How many are worked on at once. */
  readonly atOnce: number
  readonly logger: Logger
  /** What failed, as a log says it. */
  readonly failure: string
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Does the work of all that is due, each once in this round. One that fails is reported and left for the next round: it
 * holds up no other. Returns how many were looked at.
 */
export async function eachDue<Item>({ read, idOf, work, atOnce, logger, failure }: DueWork<Item>): Promise<number> {
  let count = 0
  let after = FIRST_ID
  for (;;) {
    const page = await read({ after, limit: atOnce })
    await Promise.all(
      page.map((item) => work(item).catch((error: unknown) => logger.error({ err: error, id: idOf(item) }, failure))),
    )
    count += page.length
    const last = page.at(-1)
    if (last === undefined || page.length < atOnce) return count
    after = idOf(last)
  }
}
