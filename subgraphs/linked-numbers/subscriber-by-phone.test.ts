import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { principalOf, VIEWER_KINDS } from '../../cli/testing/access/viewers.ts'
import { accountId, insertCatalogue, insertLine, lineId, phone } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { type Principal, UNKNOWN_CLIENT } from '../../platform/identity/viewer.ts'
import { SUBGRAPH_NAMES } from '../../platform/subgraph/name.ts'

describe('whose a number is', () => {
  let cabinet: TestCabinet

  beforeAll(async () => {
    cabinet = await openTestCabinet()
    await insertCatalogue(cabinet.database)
    await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
  })

  afterAll(() => cabinet.close())

  const query = 'query ($phone: PhoneNumber!) { subscriberByPhone(phone: $phone) { accountId lineId } }'
  const ask = async (principal: Principal, number: number) => {
    const viewer = { principal, language: 'en', requestId: 'a request', client: UNKNOWN_CLIENT } as const
    const { data } = await cabinet.subgraphs['linked-numbers'].execute(
      { query, variables: { phone: phone(number) } },
      viewer,
    )
    return data?.['subscriberByPhone'] ?? null
  }

  it('is told to accounts', async () => {
    const accounts = { kind: 'service', name: 'accounts' } as const
    expect(await ask(accounts, 1)).toEqual({ accountId: accountId(1), lineId: lineId(1) })
    expect(await ask(accounts, 2)).toBeNull()
  })

  it('is told to nobody else', async () => {
    const others = SUBGRAPH_NAMES.filter((name) => name !== 'accounts')
    for (const name of others) expect(await ask({ kind: 'service', name }, 1)).toBeNull()
    for (const viewer of VIEWER_KINDS) expect(await ask(principalOf(viewer), 1)).toBeNull()
    const { errors } = await cabinet.ask(
      { query, variables: { phone: phone(1) } },
      await cabinet.accountToken(accountId(1)),
    )
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }])
  })
})
