import type { GatewayExecutor, GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface'
import { type OperationDefinitionNode, parse } from 'graphql'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Principal, UNKNOWN_CLIENT, type Viewer } from '../../platform/identity/viewer.ts'
import { SHARED_WITHIN_MS, withSharedAnswers } from './shared-answers.ts'

const ANNA: Principal = { kind: 'account', accountId: 'a', personId: 'a', sessionId: 's', organizationRole: null }
const QUERY = '{ viewer { id } }'

interface Asking {
  readonly query?: string
  readonly variables?: Record<string, unknown>
  readonly operationName?: string
  readonly viewer?: Partial<Viewer>
}

describe('equal queries at once', () => {
  let nowMs = 0
  let shared = 0
  let asked: PromiseWithResolvers<unknown>[] = []
  let execute: GatewayExecutor

  beforeEach(async () => {
    nowMs = 1_000
    shared = 0
    asked = []
    const gateway = withSharedAnswers<GatewayInterface>(
      {
        onSchemaLoadOrUpdate: () => () => undefined,
        stop: async () => undefined,
        load: async () => ({
          executor: (async () => {
            const answer = Promise.withResolvers()
            asked.push(answer)
            return answer.promise
          }) as GatewayExecutor,
        }),
      },
      { now: () => nowMs, onShared: () => shared++ },
    )
    const { executor } = await gateway.load({ apollo: {} })
    if (!executor) throw new Error('There is an executor.')
    execute = executor
  })

  const ask = ({ query = QUERY, variables, operationName, viewer }: Asking = {}) =>
    execute({
      request: { query, variables, operationName },
      queryHash: query,
      operation: parse(query).definitions[0] as OperationDefinitionNode,
      context: { viewer: { principal: ANNA, language: 'ru', requestId: 'r', client: UNKNOWN_CLIENT, ...viewer } },
    } as unknown as GatewayGraphQLRequestContext)

  it('are asked once, and each gets an answer of its own', async () => {
    const answers = [ask(), ask(), ask()]
    expect(asked).toHaveLength(1)
    asked[0]?.resolve({ data: { viewer: { id: 'a' } } })
    const [first, second, third] = await Promise.all(answers)
    expect([second, third]).toEqual([first, first])
    expect(second?.data).not.toBe(first?.data)
    expect(third?.data?.['viewer']).not.toBe(second?.data?.['viewer'])
    expect(shared).toBe(2)
  })

  it.each<[string, Asking]>([
    ['other variables', { variables: { first: 2 } }],
    ['another operation', { query: '{ viewer { displayName } }' }],
    ['another of the same document', { operationName: 'Other' }],
    ['another language', { viewer: { language: 'en' } }],
    ['another session', { viewer: { principal: { ...ANNA, sessionId: 't' } } }],
    ['another account', { viewer: { principal: { ...ANNA, accountId: 'b' } } }],
    ['another role in it', { viewer: { principal: { ...ANNA, organizationRole: 'owner' } } }],
    ['another device', { viewer: { client: { ...UNKNOWN_CLIENT, device: 'd' } } }],
    [
      'what the network said',
      { viewer: { client: { ...UNKNOWN_CLIENT, network: { phone: '+7' as never, jti: 'j' } } } },
    ],
  ])('are not equal with %s', (_, other) => {
    void ask()
    void ask(other)
    expect(asked).toHaveLength(2)
  })

  it.each<[string, Asking]>([
    [
      'of staff, whose every look is written down',
      { viewer: { principal: { kind: 'staff', staffId: 's', sessionId: 's', roles: [] } } },
    ],
    ['of nobody', { viewer: { principal: { kind: 'anonymous' } } }],
    ['that change something', { query: 'mutation { signOut { __typename } }' }],
  ])('are asked each for itself when they are %s', (_, asking) => {
    void ask(asking)
    void ask(asking)
    expect(asked).toHaveLength(2)
  })

  it('are asked anew when the first is over, or was asked a while ago', async () => {
    const first = ask()
    nowMs += SHARED_WITHIN_MS + 1
    void ask()
    expect(asked).toHaveLength(2)
    asked[0]?.resolve({ data: {} })
    asked[1]?.resolve({ data: {} })
    await first
    await Promise.resolve()
    void ask()
    expect(asked).toHaveLength(3)
  })

  it('are asked anew after a change of the same session has begun, and after it is done', async () => {
    void ask()
    const change = ask({ query: 'mutation { signOut { __typename } }' })
    void ask()
    expect(asked).toHaveLength(3)
    asked[1]?.resolve({ data: {} })
    await change
    void ask()
    expect(asked).toHaveLength(4)
  })

  it('fail together, and the next is asked anew', async () => {
    const answers = [ask(), ask()]
    asked[0]?.reject(new Error('broken'))
    expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    void ask()
    expect(asked).toHaveLength(2)
  })
})
