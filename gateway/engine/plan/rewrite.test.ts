import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { compileRewrites } from './rewrite.ts'

const schema = buildSchema('type Query { a: Book } type Book { size: Int } type Toy { size: Boolean }')

describe('rewrites', () => {
  it('rename a key below a type, also when its value is 0, false or null', () => {
    const rewrite = compileRewrites(schema, [
      { kind: 'KeyRenamer', path: ['items', '... on Toy', 'size__alias_0'], renameKeyTo: 'size' },
    ])
    const data = {
      items: [
        { __typename: 'Toy', size__alias_0: false },
        { __typename: 'Toy', size__alias_0: null },
        { __typename: 'Book', size__alias_0: 1 },
      ],
    }
    rewrite?.(data)
    expect(data.items).toEqual([
      { __typename: 'Toy', size: false },
      { __typename: 'Toy', size: null },
      { __typename: 'Book', size__alias_0: 1 },
    ])
  })

  it('set a value, as the type by which a subgraph knows an entity', () => {
    const rewrite = compileRewrites(schema, [
      { kind: 'ValueSetter', path: ['... on Book', '__typename'], setValueTo: 'Media' },
    ])
    const representation = { __typename: 'Book' }
    rewrite?.(representation)
    expect(representation).toEqual({ __typename: 'Media' })
  })

  it('are nothing when there are none', () => {
    expect(compileRewrites(schema, [])).toBeUndefined()
  })
})
