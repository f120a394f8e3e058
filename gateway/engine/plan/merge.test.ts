import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createMerge } from './merge.ts'

const merge = createMerge(
  buildSchema('type Query { media: Media } interface Media { id: ID } type Song implements Media { id: ID }'),
)

describe('merging', () => {
  it('merges objects and lists of one length item by item', () => {
    const target = { a: { x: 1 }, list: [{ x: 1 }, { x: 2 }] }
    merge(target, { a: { y: 2 }, list: [{ y: 1 }, { y: 2 }] })
    expect(target).toEqual({
      a: { x: 1, y: 2 },
      list: [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
    })
  })

  it('takes the newer of leaves and of lists that differ in length', () => {
    const target = { leaf: 1, list: [1, 2] }
    merge(target, { leaf: 0, list: [3] })
    expect(target).toEqual({ leaf: 0, list: [3] })
  })

  it('lets no null hide what is known, in either order', () => {
    const known = { viewer: { id: '1' } }
    merge(known, { viewer: null })
    expect(known).toEqual({ viewer: { id: '1' } })
    const unknown = { viewer: null }
    merge(unknown, { viewer: { id: '1' } })
    expect(unknown).toEqual({ viewer: { id: '1' } })
  })

  it('keeps the name of a type when a subgraph tells only that of an interface', () => {
    const target = { __typename: 'Song' }
    merge(target, { __typename: 'Media' })
    expect(target.__typename).toBe('Song')
  })

  it('takes a field that is called __proto__ for a field', () => {
    const target: Record<string, unknown> = {}
    merge(target, JSON.parse('{ "__proto__": { "polluted": true } }'))
    expect(Object.keys(target)).toEqual(['__proto__'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect((target as { polluted?: boolean }).polluted).toBeUndefined()
  })
})
