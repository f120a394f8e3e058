import { expect, it } from 'vitest'
import { type Logger, silentLogger } from '../../../platform/logger.ts'
import type { DuePage } from '../store/due-page.ts'
import { eachDue } from './each-due.ts'

interface Item {
  readonly id: string
}

const ITEMS: readonly Item[] = Array.from({ length: 25 }, (_, place) => ({ id: `item ${place}` }))

it.each([1, 7, 25, 100])(
  'does each once, a few at a time, in pages of %i, past one that will not do',
  async (pageSize) => {
    const pages: DuePage<Item>[] = []
    const done: string[] = []
    const failed: unknown[] = []
    let working = 0
    let workingMax = 0
    const logger = { ...silentLogger, error: ({ id }: Item) => failed.push(id) } as unknown as Logger
    const looked = await eachDue<Item>({
      read: async (page) => {
        pages.push(page)
        const begin = page.after ? ITEMS.indexOf(page.after) + 1 : 0
        return ITEMS.slice(begin, begin + page.limit)
      },
      work: async ({ id }) => {
        workingMax = Math.max(workingMax, ++working)
        await new Promise(setImmediate)
        working--
        if (id === 'item 3') throw new Error('this one will not do')
        done.push(id)
      },
      atOnce: 4,
      logger,
      failure: 'it failed',
      pageSize,
    })
    expect(looked).toBe(25)
    expect(done.toSorted()).toEqual(
      ITEMS.map(({ id }) => id)
        .filter((id) => id !== 'item 3')
        .toSorted(),
    )
    expect(failed).toEqual(['item 3'])
    expect(workingMax).toBe(Math.min(4, pageSize))
    expect(pages).toHaveLength(Math.floor(25 / pageSize) + 1)
  },
)
