import { readFileSync } from 'node:fs'
import { buildSchema, isObjectType, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertAccount } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { nextLimit } from './adaptive-limit.ts'
import { createAdmission } from './admission.ts'
import { PRIORITIES, type Priority, priorityOf, VITAL_FIELDS } from './priorities.ts'

const SUPERGRAPH = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8')
/** What comes with the functions that are not there yet. */
const PLANNED: readonly string[] = ['blockLine']

describe('the priority of an operation', () => {
  it.each<[Priority, string]>([
    ['vital', 'mutation { requestOneTimePassword(input: { phone: "x" }) { __typename } }'],
    [
      'vital',
      'mutation A { ...F } fragment F on Mutation { refreshSession(input: { refreshToken: "x" }) { __typename } }',
    ],
    ['vital', 'query { oneTimePasswordDelivery(id: "x") { __typename } }'],
    ['change', 'mutation { unlinkNumber(input: { lineId: "x" }) { __typename } }'],
    ['change', 'mutation { refreshSession(input: {}) { __typename } unlinkNumber(input: {}) { __typename } }'],
    ['read', '{ viewer { id } }'],
    ['read', '{ socialProviders { id } ... { viewer { id } } }'],
    ['read', 'mutation A { refreshSession(input: {}) { __typename } } query B { viewer { id } }'],
    ['stream', 'subscription { balanceChanged(lineId: "x") { sequence } }'],
  ])('%s: %s', (priority, text) => {
    expect(priorityOf(parse(text))).toBe(priority)
  })

  it('is vital for every mutation by which somebody gets in or makes a telephone worthless', () => {
    const schema = buildSchema(SUPERGRAPH, { assumeValid: true })
    const roots = [schema.getMutationType(), schema.getQueryType()].flatMap((type) =>
      isObjectType(type) ? Object.keys(type.getFields()) : [],
    )
    // Of these names all but what begins something else: a new one is found here and needs a place in the table.
    const names = roots.filter((name) =>
      /sign-?in|OneTimePassword|refreshSession|captcha|^block|resetPassword/i.test(name),
    )
    expect(names.filter((name) => !VITAL_FIELDS.has(name))).toEqual([])
    expect([...VITAL_FIELDS].filter((name) => !roots.includes(name) && !PLANNED.includes(name))).toEqual([])
  })
})

describe('the limit', () => {
  const options = { limitMin: 32, limitMax: 1_000 }
  const calm = { loopDelayMs: 1, fetchMs: 5 }

  it('goes down when the loop is late or all subgraphs are slow, and never below the least', () => {
    expect(nextLimit(100, { loopDelayMs: 200, fetchMs: 5, peak: 100 }, options)).toBe(90)
    expect(nextLimit(100, { loopDelayMs: 400, fetchMs: 5, peak: 100 }, options)).toBe(70)
    expect(nextLimit(100, { loopDelayMs: 1, fetchMs: 900, peak: 100 }, options)).toBe(90)
    expect(nextLimit(33, { loopDelayMs: 200, fetchMs: 5, peak: 33 }, options)).toBe(32)
  })

  it('goes up when it was reached and all was well, and stays when it was not reached', () => {
    expect(nextLimit(100, { ...calm, peak: 90 }, options)).toBe(108)
    expect(nextLimit(999, { ...calm, peak: 900 }, options)).toBe(1_000)
    expect(nextLimit(100, { ...calm, peak: 10 }, options)).toBe(100)
  })
})

describe('the admission', () => {
  const fill = (priority: Priority | null, limitMax = 100) => {
    const admission = createAdmission({ limitMin: 10, limitMax })
    let count = 0
    while (count < 1_000 && admission.enter(priority)) count++
    return { admission, count }
  }

  it('lets more in of what goes first', () => {
    expect(PRIORITIES.map((priority) => fill(priority).count)).toEqual([150, 100, 85, 70])
  })

  it('has room for what is vital when all else is sent away', () => {
    const { admission } = fill('change')
    expect(PRIORITIES.map((priority) => admission.hasRoom(priority))).toEqual([true, false, false, false])
    expect(admission.isFull).toBe(false)
  })

  it('reads a few texts that nobody has seen when there is no room, to learn what they are', () => {
    const { admission, count } = fill(null)
    expect(count).toBe(85 + 5)
    admission.feel({ loopDelayMs: 0, fetchMs: 0 })
    expect(admission.enter(null)).toBe(true)
    expect(admission.mayStay('read')).toBe(false)
    expect(admission.mayStay('vital')).toBe(true)
  })

  it('has room beside those that wait for a subgraph in trouble, up to the most that there may be', () => {
    const { admission, count } = fill('change', 200)
    expect(count).toBe(128)
    admission.feel({ loopDelayMs: 100, fetchMs: 0 }, 60)
    expect(admission.limit).toBe(115)
    let more = 0
    while (more < 1_000 && admission.enter('change')) more++
    expect(count + more).toBe(115 + 60)
    admission.feel({ loopDelayMs: 0, fetchMs: 0 }, 150)
    while (more < 1_000 && admission.enter('change')) more++
    expect(count + more).toBe(200)
    admission.feel({ loopDelayMs: 0, fetchMs: 0 }, 0)
    expect(admission.hasRoom('vital')).toBe(false)
  })

  it('sends away what has waited for the process for long, and knows how long that may have been', () => {
    const admission = createAdmission({ limitMin: 10, limitMax: 100 })
    admission.feel({ loopDelayMs: 2_000, fetchMs: 0 })
    expect(admission.waitedMs).toBe(2_000)
    expect(admission.enter('vital')).toBe(true)
    expect([admission.enter('change'), admission.enter('read'), admission.enter(null)]).toEqual([false, false, false])
    admission.feel({ loopDelayMs: -1, fetchMs: 0 })
    expect(admission.waitedMs).toBe(0)
    expect(admission.enter('read')).toBe(true)
  })

  it('is full when there is no room for anything', () => {
    expect(fill('vital').admission.isFull).toBe(true)
  })

  it('tells what it sends away, and its limit', () => {
    const told: unknown[] = []
    const admission = createAdmission(
      { limitMin: 10, limitMax: 10 },
      { requestShed: (priority) => told.push(priority), concurrencyLimitChanged: (limit) => told.push(limit) },
    )
    while (admission.enter('stream'));
    expect(told).toEqual(['stream'])
  })
})

describe('a gateway with more requests than it may work on', { timeout: 60_000 }, () => {
  let cabinet: TestCabinet
  let account: string
  let token: string
  let isHeld = false
  let held: (() => void)[] = []

  beforeAll(async () => {
    cabinet = await openTestCabinet({
      gatewayOptions: { admission: { limitMin: 4, limitMax: 4 } },
      wrapTransport: (_, inner) => ({
        ...inner,
        async send(request) {
          if (isHeld && request.query.includes('viewer')) await new Promise<void>((resolve) => held.push(resolve))
          return inner.send(request)
        },
      }),
    })
    account = await insertAccount(cabinet.database, { number: 1 })
    token = await cabinet.accountToken(account)
  })
  afterAll(() => cabinet.close())

  // Each of a session of its own: else they would share one answer.
  const read = async () => cabinet.ask({ query: '{ viewer { displayName } }' }, await cabinet.accountToken(account))
  const signIn = () => cabinet.ask({ query: '{ socialProviders { id } }' })

  it('sends reads away with 503 and a time to come back, and lets people sign in', async () => {
    await Promise.all([read(), signIn()])
    isHeld = true
    const working = Array.from({ length: 4 }, read)
    await expect.poll(() => held.length).toBe(4)
    const response = await cabinet.gateway.http.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${token}` },
      payload: { query: '{ viewer { displayName } }' },
    })
    expect(response.statusCode).toBe(503)
    const retryAfter = Number(response.headers['retry-after'])
    expect(retryAfter).toBeGreaterThan(0)
    expect(response.json()).toEqual({
      errors: [{ message: expect.stringContaining('Try again'), extensions: { code: 'OVERLOADED', retryAfter } }],
    })
    expect(await signIn()).toMatchObject({ status: 200, errors: undefined })

    // What nobody has seen is read, and then sent away all the same.
    const unseen = await cabinet.ask({ query: '{ viewer { displayName id } }' }, token)
    expect(unseen).toMatchObject({ status: 503, errors: [{ extensions: { code: 'OVERLOADED' } }] })

    isHeld = false
    for (const letGo of held.splice(0)) letGo()
    for (const { status, errors } of await Promise.all(working))
      expect({ status, errors }).toEqual({ status: 200, errors: undefined })
    held = []
    expect((await read()).status).toBe(200)
  })
})
