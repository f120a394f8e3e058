import { describe, expect, it } from 'vitest'
import { unavailableErrors } from './unavailable.ts'

const pathsOf = (query: string, variables?: Record<string, unknown>) =>
  unavailableErrors('payments', { query, variables }).map(({ path }) => path)

describe('the errors of a fetch that came to nothing', () => {
  it('say which subgraph, and when to try again', () => {
    expect(unavailableErrors('payments', { query: '{ catalogue }' })).toEqual([
      {
        message: 'This part is not available now (payments). Try again in 5 seconds.',
        path: ['catalogue'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'payments', retryAfter: 5 },
      },
    ])
  })

  it('name each field below a root, by its alias, but not its key, which others can tell', () => {
    expect(pathsOf('{ viewer { __typename id name: displayName lines { nodes { id } } } }')).toEqual([
      ['viewer', 'name'],
      ['viewer', 'lines'],
    ])
  })

  it('name the root when nothing but the key was asked for', () => {
    expect(pathsOf('{ viewer { id } }')).toEqual([['viewer']])
  })

  it('name each field of each entity, of its own type only', () => {
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) {
        ... on Line { balance { asOf } ... on Line { bonuses { points } } }
        ... on Account { limit }
      }
    }`
    const representations = [{ __typename: 'Line' }, { __typename: 'Account' }]
    expect(pathsOf(query, { representations })).toEqual([
      ['_entities', 0, 'balance'],
      ['_entities', 0, 'bonuses'],
      ['_entities', 1, 'limit'],
    ])
  })

  it('name the field of a mutation', () => {
    expect(pathsOf('mutation { unlinkNumber(input: {}) { __typename } }')).toEqual([['unlinkNumber']])
  })
})
