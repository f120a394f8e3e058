import { buildSchema, type FieldNode, Kind, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { fragmentsOf } from '../fragments.ts'
import { ProjectionRun } from './project.ts'
import { compileProjector } from './projector.ts'

const schema = buildSchema(`
  type Query { name: String count: Int! kind: Kind media: Media song: Song list: [Song!] grid: [[Song!]!] any: Any }
  enum Kind { A B }
  scalar Any
  interface Media { id: ID! }
  type Song implements Media { id: ID! singer: String media: Media }
  type Film implements Media { id: ID! }
`)

function project(query: string, data: Record<string, unknown>, conditions: Record<string, boolean> = {}) {
  const document = parse(query)
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  const { selections } = (operation as OperationDefinitionNode).selectionSet
  const type = schema.getQueryType()
  if (!type) throw new Error('The schema has a query type.')
  const run = new ProjectionRun((key) => `introspected ${key}`)
  const fetchedName = ({ alias, name }: FieldNode) => (alias?.value === 'taken' ? 'fetched' : (alias ?? name).value)
  const context = { schema, fragments: fragmentsOf(document), conditions, fetchedName }
  const answer = compileProjector(context, type, selections)(data, run)
  return {
    answer: typeof answer === 'symbol' ? null : answer,
    text: JSON.stringify(answer),
    errors: run.errors.map(({ message, path }) => [message, path?.join('.')]),
  }
}

describe('a projection', () => {
  it('has the keys that were asked for in the order of the query, and no more', () => {
    const data = { count: 1, song: { __typename: 'Song', id: '1', singer: 'x' }, name: 'n' }
    expect(project('{ n: name name song { singer id } count }', { ...data, n: 'n' }).text).toBe(
      '{"n":"n","name":"n","song":{"singer":"x","id":"1"},"count":1}',
    )
  })

  it('shows an object that is its own projection as it came', () => {
    const song = { id: '1', singer: null }
    const { answer } = project('{ song { id singer } }', { song })
    expect((answer as { song: unknown }).song).toBe(song)
  })

  it('makes of what was not fetched a null, without changing what was fetched', () => {
    const data = { song: { id: '1' } }
    expect(project('{ song { id singer } name }', data).answer).toEqual({ song: { id: '1', singer: null }, name: null })
    expect(data).toEqual({ song: { id: '1' } })
  })

  it('opens the fragments that are for the type of the object', () => {
    const query =
      '{ media { __typename ... on Film { film: id } ... on Media { id } ...S } } fragment S on Song { singer }'
    const media = { __typename: 'Song', id: '1', film: '1', singer: 'x' }
    expect(project(query, { media }).text).toBe('{"media":{"__typename":"Song","id":"1","singer":"x"}}')
  })

  it('leaves out what conditions leave out', () => {
    const query = 'query ($c: Boolean!) { name @skip(if: $c) kind @include(if: $c) any @skip(if: true) }'
    const data = { name: 'n', kind: 'A', any: 1 }
    expect(project(query, data, { c: true }).answer).toEqual({ kind: 'A' })
    expect(project(query, data, { c: false }).answer).toEqual({ name: 'n' })
  })

  it('lets a null rise to the nearest place where one may be, and tells of it once', () => {
    const { answer, errors } = project('{ list { id } name }', { list: [{ id: '1' }, { id: null }], name: 'n' })
    expect(answer).toEqual({ list: null, name: 'n' })
    expect(errors).toEqual([['Cannot return null for non-nullable field Song.id.', 'list.1.id']])
  })

  it('tells at which place of a list a null stands', () => {
    const { answer, errors } = project('{ grid { id } }', { grid: [[{ id: '1' }], [null]] })
    expect(answer).toEqual({ grid: null })
    expect(errors).toEqual([['Cannot return null for non-nullable array element of type Song at index 0.', 'grid.1.0']])
  })

  it('is null as a whole when a null rises to the top', () => {
    expect(project('{ count }', {}).answer).toBeNull()
  })

  it('refuses values of another type than the field has, but takes anything for a scalar of our own', () => {
    const { answer, errors } = project('{ name kind any list { id } }', {
      name: 1,
      kind: 'C',
      any: { x: 1 },
      list: 'no',
    })
    expect(answer).toEqual({ name: null, kind: null, any: { x: 1 }, list: null })
    expect(errors.map(([, path]) => path)).toEqual(['name', 'kind', 'list'])
  })

  it('refuses an object of a type that nobody knows', () => {
    const { answer, errors } = project('{ media { id } }', { media: { __typename: 'Ghost', id: '1' } })
    expect(answer).toEqual({ media: null })
    expect(errors).toEqual([['Invalid __typename found for object at field Query.media.', 'media']])
  })

  it('tells of each trouble once, however often objects are looked at', () => {
    const { errors } = project('{ song { id media { id } singer } }', {
      song: { id: '1', media: { __typename: 'Film', id: null }, singer: 'x' },
    })
    expect(errors).toEqual([['Cannot return null for non-nullable field Film.id.', 'song.media.id']])
  })

  it('takes the answers of introspection', () => {
    expect(project('{ s: __schema { queryType { name } } __typename }', {}).answer).toEqual({
      s: 'introspected s',
      __typename: 'Query',
    })
  })

  it('shows under the client’s name what had to be fetched by another, without changing what was fetched', () => {
    const song = { fetched: 'x', id: '1', taken: 'of the plan' }
    expect(project('{ song { taken: singer id } }', { song }).text).toBe('{"song":{"taken":"x","id":"1"}}')
    expect(song).toEqual({ fetched: 'x', id: '1', taken: 'of the plan' })
  })

  it('shows a field that the client calls __proto__', () => {
    expect(project('{ __proto__: name }', JSON.parse('{ "__proto__": "x" }')).text).toBe('{"__proto__":"x"}')
  })
})
