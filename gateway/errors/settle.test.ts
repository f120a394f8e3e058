import { describe, expect, it } from 'vitest'
import { type SettledResult, settleErrors, settleResult } from './settle.ts'

const AWAY = { message: 'away', extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'payments' } }
const pathsOf = (paths: (string | number)[][], data: unknown) =>
  settleErrors(
    paths.map((path) => ({ ...AWAY, path })),
    data,
  ).map(({ path }) => path)

describe('the errors of an answer', () => {
  it('point at the null that the client sees, not below it', () => {
    expect(pathsOf([['viewer', 'lines', 'nodes', 0, 'balance', 'available']], { viewer: { lines: null } })).toEqual([
      ['viewer', 'lines'],
    ])
  })

  it('keep a path that ends at a null', () => {
    const data = { viewer: { lines: { nodes: [{ balance: null }] } } }
    expect(pathsOf([['viewer', 'lines', 'nodes', 0, 'balance']], data)).toEqual([
      ['viewer', 'lines', 'nodes', 0, 'balance'],
    ])
  })

  it('are told once for a place, though several fields were lost with it', () => {
    expect(
      pathsOf(
        [
          ['viewer', 'lines'],
          ['viewer', 'displayName'],
        ],
        { viewer: null },
      ),
    ).toEqual([['viewer']])
  })

  it('are told for each subgraph that is away', () => {
    const errors = ['payments', 'products'].map((subgraph) => ({
      message: 'away',
      path: ['viewer'],
      extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph },
    }))
    expect(settleErrors(errors, { viewer: null })).toHaveLength(2)
  })

  it('end before the @ that stands for every item of a list', () => {
    expect(pathsOf([['viewer', 'nodes', '@', 'balance']], { viewer: { nodes: [] } })).toEqual([['viewer', 'nodes']])
  })

  it('end above a field that only the plan asked for', () => {
    expect(pathsOf([['viewer', '__key']], { viewer: { id: 1 } })).toEqual([['viewer']])
  })

  it('name the root field when the whole answer is null', () => {
    expect(pathsOf([['grantLineAccess', 'line']], null)).toEqual([['grantLineAccess']])
  })

  it('stay as they are without a path, each message once', () => {
    const errors = [{ message: 'a' }, { message: 'a' }, { message: 'b' }]
    expect(settleErrors(errors, undefined)).toEqual([{ message: 'a' }, { message: 'b' }])
  })
})

describe('an answer of which nothing is left', () => {
  const valueCompletion = [{ message: 'Cannot return null for the secret of the plan', path: ['providers', 0] }]

  it('says where the null was that nobody had explained, and nothing of the inside', () => {
    const result: SettledResult = { data: null, extensions: { valueCompletion } }
    settleResult(result)
    expect(result).toEqual({
      data: null,
      errors: [
        {
          message: 'Something broke on our side. Try again later.',
          path: ['providers', 0],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    })
  })

  it('says what was explained, and no more; and one of which something is left says nothing of it', () => {
    const explained: SettledResult = {
      data: null,
      errors: [{ ...AWAY, path: ['providers'] }],
      extensions: { valueCompletion },
    }
    settleResult(explained)
    expect(explained).toEqual({ data: null, errors: [{ ...AWAY, path: ['providers'] }] })
    const partial: SettledResult = { data: { providers: null }, extensions: { valueCompletion } }
    settleResult(partial)
    expect(partial).toEqual({ data: { providers: null } })
  })
})
