import { afterEach, describe, expect, it } from 'vitest'
import { insertAccount } from '../../cli/testing/fixture.ts'
import { operationText } from '../../cli/testing/front-end.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'

const HOME = operationText('home')
const EXPLAIN = { 'x-explain': 'yes' }

describe('the plan and the timings of an operation', () => {
  let cabinet: TestCabinet
  afterEach(() => cabinet.close())

  const askHome = async (isDevelopment: boolean, headers: Readonly<Record<string, string>>) => {
    cabinet = await openTestCabinet({ isDevelopment })
    const account = await insertAccount(cabinet.database, { number: 1 })
    return cabinet.ask({ query: HOME, headers }, await cabinet.accountToken(account))
  }

  it('come with the answer when a developer asks for them', async () => {
    const { data, extensions } = await askHome(true, EXPLAIN)
    expect(data.viewer).not.toBeNull()
    expect(extensions).toEqual({
      explanation: {
        plan: expect.stringMatching(/^QueryPlan \{[\s\S]*Fetch\(service: "accounts"\)/),
        tookMs: expect.any(Number),
        fetches: expect.arrayContaining([
          { subgraph: 'accounts', startMs: expect.any(Number), tookMs: expect.any(Number) },
          { subgraph: 'linked-numbers', startMs: expect.any(Number), tookMs: expect.any(Number) },
        ]),
      },
    })
  })

  it('do not come when nobody asks', async () => {
    expect((await askHome(true, {})).extensions).toBeUndefined()
  })

  it('do not come in production', async () => {
    expect((await askHome(false, EXPLAIN)).extensions).toBeUndefined()
  })
})
