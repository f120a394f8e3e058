import { describe, expect, it } from 'vitest'
import { compileFlatten, pathsOfTargets } from './flatten.ts'
import type { Cursor, Run } from './step.ts'

const run = {} as Run<never>

async function targetsAt(path: string[], data: Record<string, unknown>): Promise<Cursor | undefined> {
  let seen: Cursor | undefined
  const step = compileFlatten<never>(path, async (cursor) => {
    seen = cursor
  })
  await step({ path: [], targets: [data] }, run)
  return seen
}

describe('a flatten', () => {
  it('finds objects in lists of lists and passes by nulls', async () => {
    const data = { a: [[{ b: { id: 1 } }, null], null, [{ b: null }, { b: { id: 2 } }]] }
    expect((await targetsAt(['a', '@', '@', 'b'], data))?.targets).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('does nothing when the path leads nowhere', async () => {
    expect(await targetsAt(['a', 'b'], { a: null })).toBeUndefined()
  })

  it('tells all places of an object that stands at two', () => {
    const shared = { id: 1 }
    const data = { a: [shared, { id: 2 }, shared] }
    const paths = pathsOfTargets(data, { path: ['a', '@'], targets: [shared] })
    expect(paths.get(shared)).toEqual([
      ['a', 0],
      ['a', 2],
    ])
  })
})
