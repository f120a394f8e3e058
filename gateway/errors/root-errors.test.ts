import { GraphQLError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { withoutFailedRoots } from './root-errors.ts'

const QUERY = '{ viewer { id displayName language } catalogue { nodes { id } } }'
const at = (...path: (string | number)[]) => new GraphQLError('broke', { path, extensions: { code: 'X' } })

describe('a root object that one subgraph failed to tell of', () => {
  it('is left out of what is merged, and its error goes to its fields', () => {
    const result = withoutFailedRoots(QUERY, { data: { viewer: null, catalogue: null }, errors: [at('viewer')] })
    expect(result).toEqual({
      data: { catalogue: null },
      errors: [
        { message: 'broke', extensions: { code: 'X' }, path: ['viewer', 'displayName'] },
        { message: 'broke', extensions: { code: 'X' }, path: ['viewer', 'language'] },
      ],
    })
  })

  it('stays null when that is the answer', () => {
    const result = { data: { viewer: null }, errors: undefined }
    expect(withoutFailedRoots(QUERY, result)).toEqual(result)
  })

  it('stays when only something in it broke', () => {
    const result = { data: { viewer: { id: '1', displayName: null } }, errors: [at('viewer', 'displayName')] }
    expect(withoutFailedRoots(QUERY, result)).toEqual(result)
  })
})
