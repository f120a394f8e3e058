import { buildSchema, type OperationDefinitionNode, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { fragmentsOf } from './fragments.ts'
import { compileIntrospection, withoutIntrospection } from './introspection.ts'

const schema = buildSchema('type Query { name: String }')

describe('introspection', () => {
  it('answers inside fragments, by their conditions and with variables', () => {
    const document = parse(`
      query ($t: String!, $no: Boolean!) { name ...F ... @include(if: $no) { __schema { queryType { name } } } }
      fragment F on Query { type: __type(name: $t) { kind } name }
    `)
    const operation = document.definitions[0] as OperationDefinitionNode
    const introspect = compileIntrospection(schema, operation, fragmentsOf(document))
    expect(introspect?.({ t: 'Query', no: false })).toEqual({ type: { kind: 'OBJECT' } })
  })

  it('is not asked when the operation does not ask for it', () => {
    const document = parse('{ name }')
    const operation = document.definitions[0] as OperationDefinitionNode
    expect(compileIntrospection(schema, operation, fragmentsOf(document))).toBeUndefined()
  })

  it('is taken out of what is planned, and leaves no selection empty', () => {
    const document = parse('{ ... @skip(if: false) { __schema { queryType { name } } } name }')
    expect(print(withoutIntrospection(document)).replaceAll(/\s+/g, ' ')).toBe(
      '{ ... @skip(if: false) { __typename } name }',
    )
  })
})
