import { describe, expect, it } from 'vitest'
import { createBatchLoader } from './batch-loader.ts'

interface Key {
  readonly owner: string
  readonly id: number
}

function createLoader(read: (keys: readonly Key[]) => Promise<readonly string[]>) {
  const batches: (readonly Key[])[] = []
  const loader = createBatchLoader<Key, string>({
    read: (keys) => {
      batches.push(keys)
      return read(keys)
    },
    keyText: ({ owner, id }) => `${owner} ${id}`,
    owner: ({ owner }) => owner,
  })
  return { loader, batches }
}

const echo = async (keys: readonly Key[]) => keys.map(({ owner, id }) => `${owner}${id}`)

describe('a batch loader', () => {
  it('reads what one turn of the event loop asks for at once, each key once, and answers in order', async () => {
    const { loader, batches } = createLoader(echo)
    const keys = [1, 2, 1, 3].map((id) => ({ owner: 'a', id }))
    const later = Promise.resolve().then(() => loader.load({ owner: 'b', id: 9 }))
    expect(await loader.loadMany(keys)).toEqual(['a1', 'a2', 'a1', 'a3'])
    expect(await later).toBe('b9')
    expect(batches.map((batch) => batch.map(({ id }) => id))).toEqual([[1, 2, 3, 9]])
  })

  it('remembers nothing from one turn to the next', async () => {
    const { loader, batches } = createLoader(echo)
    await loader.load({ owner: 'a', id: 1 })
    await loader.load({ owner: 'a', id: 1 })
    expect(batches).toHaveLength(2)
  })

  it('reads for each owner apart when a batch fails, so that only the one at fault is refused', async () => {
    const { loader, batches } = createLoader(async (keys) => {
      if (keys.some(({ owner }) => owner === 'bad')) throw new Error('poison')
      return echo(keys)
    })
    const keys = [
      { owner: 'good', id: 1 },
      { owner: 'bad', id: 2 },
      { owner: 'good', id: 3 },
      { owner: 'fine', id: 4 },
    ]
    const values = await loader.loadMany(keys)
    expect(values).toEqual(['good1', new Error('poison'), 'good3', 'fine4'])
    expect(batches).toHaveLength(4)
  })

  it('does not try one owner twice', async () => {
    const { loader, batches } = createLoader(() => Promise.reject(new Error('poison')))
    await expect(loader.load({ owner: 'bad', id: 1 })).rejects.toThrow('poison')
    expect(batches).toHaveLength(1)
  })

  it('keeps a batch below a size that a statement can take', async () => {
    const { loader, batches } = createLoader(echo)
    await loader.loadMany(Array.from({ length: 2_500 }, (_, id) => ({ owner: 'a', id })))
    expect(batches.map((batch) => batch.length)).toEqual([1_000, 1_000, 500])
  })
})
