import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountId, giveAccess, insertAccount } from '../../cli/testing/fixture.ts'
import { type E164, maskPhone, parsePhone } from '../../platform/phone.ts'
import { readOperations } from '../../schema/operations.ts'
import { expirePoints } from './actions/bonus/expire-points.ts'
import { createCardsInMemory } from './testing/cards-in-memory.ts'
import { type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './testing/money-world.ts'
import { createWorker, type Worker } from './testing/worker.ts'

const MINUTE_MS = 60_000

describe('a gift of bonus points', () => {
  let world: MoneyWorld
  let worker: Worker
  let simChange: Date | null = null
  /** What happens while the network is asked. */
  let meanwhile: () => Promise<unknown> = async () => null
  let keys = 0

  beforeAll(async () => {
    const retrieveDate = async () => {
      await meanwhile()
      return simChange
    }
    world = await openMoneyWorld({ simSwap: { retrieveDate, check: async () => false } })
    const clock = { now: () => world.clock.now }
    worker = createWorker({ database: world.cabinet.database, clock, savedCards: createCardsInMemory() })
  })
  beforeEach(() => {
    world.clock.now = NOON
    simChange = null
    meanwhile = async () => null
  })
  afterAll(async () => {
    await worker.close()
    await world.close()
  })

  const line = (points: bigint) => world.line(0n, undefined, points)
  interface Gift {
    readonly to: { readonly phone: string }
    readonly points: number
    readonly key?: string
    readonly token?: string
  }
  async function giveAs(from: TestLine, { to, points, key = `gift-${++keys}`, token }: Gift) {
    const input = { fromLineId: from.id, toPhone: to.phone, points, idempotencyKey: key }
    return world.run('give-bonus-points', { input }, token ?? (await world.tokenOf(from)))
  }
  const give = (from: TestLine, to: { readonly phone: string }, points: number) => giveAs(from, { to, points })
  const points = async ({ id }: TestLine) => {
    const [row] = await world.sql<{ posted: string; lots: string }>(
      `select posted::text, (select coalesce(sum(remaining), 0)::text from payments.bonus_lot where line_id = $1) as lots
       from payments.ledger_balance where line_id = $1 and unit = 'POINT'`,
      [id],
    )
    expect(row?.posted).toBe(row?.lots)
    return Number(row?.posted)
  }
  /** The line's statement of points, as its owner sees it. */
  const entries = async (line: TestLine, language = 'en') => {
    const selection = 'bonuses { entries { nodes { kind points pointsAfter explanation { summary } } } }'
    const query = `{ line(id: "${line.id}") { ${selection} } }`
    const { data } = await world.cabinet.ask(
      { query, headers: { 'accept-language': language } },
      await world.tokenOf(line),
    )
    return data.line.bonuses.entries.nodes
  }
  const masked = ({ phone }: TestLine) => maskPhone(parsePhone(phone) as E164)
  const codes = (answer: { reasons?: { code: string }[] }) => answer.reasons?.map(({ code }) => code)

  it('moves them with the days on which they expire', async () => {
    const [from, to] = [await line(100n), await line(0n)]
    expect(await give(from, to, 40)).toMatchObject({
      __typename: 'GiveBonusPointsSuccess',
      points: 40,
      line: { id: from.id, bonuses: { points: 60 } },
    })
    await world.settled()
    expect([await points(from), await points(to)]).toEqual([60, 40])
    const expiries = await world.sql(
      'select line_id, expires_at from payments.bonus_lot where line_id = any($1) and remaining > 0',
      [[from.id, to.id]],
    )
    expect(expiries).toHaveLength(2)
    expect(expiries[0]?.['expires_at']).toEqual(expiries[1]?.['expires_at'])
    expect(await entries(from)).toEqual([
      {
        kind: 'BONUS_GIVEN',
        points: -40,
        pointsAfter: 60,
        explanation: { summary: `Points given away: ${masked(to)}` },
      },
      expect.objectContaining({ points: 100, pointsAfter: 100 }),
    ])
    expect(await entries(to, 'ru')).toEqual([
      {
        ...{ kind: 'BONUS_RECEIVED', points: 40, pointsAfter: 40 },
        explanation: { summary: `Баллы получены в подарок: «${masked(from)}»` },
      },
    ])
    const acts = await world.sql('select kind from accounts.act where line_id = any($1) order by 1', [[from.id, to.id]])
    expect(acts.map(({ kind }) => kind)).toEqual(['BONUS_POINTS_GIVEN', 'BONUS_POINTS_RECEIVED'])
    expect(await world.told(from)).toEqual([
      'Bonus points of the number were given away: 40. If it was not you, call support at once.',
    ])
    expect(await world.told(to, 'ru')).toEqual(['На номер подарили бонусные баллы: 40. От кого — в личном кабинете.'])
  })

  it('expires by the version of the policy by which it was earned, whenever it was given', async () => {
    const [from, to] = [await line(100n), await line(0n)]
    await world.sql('update payments.bonus_lot set earned_at = $2, expires_at = $3 where line_id = $1', [
      from.id,
      new Date(NOON.getTime() - 2 * MINUTE_MS),
      new Date(NOON.getTime() + MINUTE_MS),
    ])
    await world.sql(
      `insert into payments.policy (name, version, value, valid_from) values ('bonus.ttlMonths', 2, '6', $1)`,
      [new Date(NOON.getTime() - MINUTE_MS)],
    )
    await give(from, to, 40)
    await world.settled()
    world.clock.now = new Date(NOON.getTime() + MINUTE_MS)
    await expirePoints(worker.dependencies)
    const expired = `select line_id, policy_version from payments.ledger_transaction
      where kind = 'BONUS_EXPIRED' and line_id = any($1) order by line_id`
    expect(await world.sql(expired, [[from.id, to.id]])).toEqual(
      [from.id, to.id].toSorted().map((id) => ({ line_id: id, policy_version: 1 })),
    )
  })

  it('is given once by a key, however often it is sent', async () => {
    const [from, to] = [await line(100n), await line(0n)]
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => giveAs(from, { to, points: 30, key: 'the key' })),
    )
    const kinds = new Set(answers.map(({ __typename }) => __typename))
    kinds.delete('OperationInProgressError')
    expect([...kinds]).toEqual(['GiveBonusPointsSuccess'])
    expect(await giveAs(from, { to, points: 30, key: 'the key' })).toMatchObject({
      __typename: 'GiveBonusPointsSuccess',
      points: 30,
    })
    expect(await giveAs(from, { to, points: 31, key: 'the key' })).toMatchObject({
      __typename: 'IdempotencyKeyReusedError',
    })
    await world.settled()
    expect([await points(from), await points(to)]).toEqual([70, 30])
  })

  it('never gives more than there are, by however many at once', async () => {
    const [from, to] = [await line(100n), await line(0n)]
    const answers = await Promise.all(Array.from({ length: 30 }, () => give(from, to, 15)))
    expect(answers.filter(({ __typename }) => __typename === 'GiveBonusPointsSuccess')).toHaveLength(6)
    await world.settled()
    expect([await points(from), await points(to)]).toEqual([10, 90])
  })

  it('gives none whose time is over, though no round has taken them away yet', async () => {
    const [from, to] = [await line(100n), await line(0n)]
    await world.sql(
      `insert into payments.bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
       select line_id, gen_random_uuid(), 30, 30, earned_at, $2 from payments.bonus_lot where line_id = $1`,
      [from.id, NOON],
    )
    await world.sql(
      'update payments.bonus_lot set remaining = 70, earned = 70 where line_id = $1 and expires_at > $2',
      [from.id, NOON],
    )
    expect(codes(await give(from, to, 71))).toEqual(['NOT_ENOUGH_POINTS'])
    expect(await give(from, to, 60)).toMatchObject({ line: { bonuses: { points: 10 } } })
    await world.settled()
    expect(await points(to)).toBe(60)
    const [received] = await world.sql('select expires_at from payments.bonus_lot where line_id = $1', [to.id])
    expect(received?.['expires_at']).not.toEqual(NOON)
  })

  it('names all that stands against it', async () => {
    const from = await line(5n)
    simChange = new Date(NOON.getTime() - MINUTE_MS)
    const refused = await give(from, { phone: '+79990000000' }, 5_000)
    expect(codes(refused)).toEqual([
      'TOO_MANY_POINTS',
      'RECEIVER_NOT_FOUND',
      'GIFT_DAY_LIMIT',
      'NOT_ENOUGH_POINTS',
      'SIM_CHANGED',
    ])
    for (const { message, remedy } of refused.reasons) expect(`${message} ${remedy}`).not.toMatch(/%|undefined/)
    expect(await points(from)).toBe(5)
    // What is known of a person's SIM is remembered for a while: another's.
    simChange = null
    const other = await line(5n)
    expect(codes(await give(other, other, 1))).toEqual(['TOO_FEW_POINTS', 'SAME_LINE', 'NOT_ENOUGH_POINTS'])
    expect(codes(await give(other, other, -3))).toEqual(['TOO_FEW_POINTS', 'SAME_LINE'])
    expect(await give(other, { phone: 'nobody' }, 10)).toMatchObject({ __typename: 'InvalidPhoneNumberError' })
    expect(await points(other)).toBe(5)
  })

  it('advises no smaller gift where none can be given', async () => {
    const [from, to] = [await line(9n), await line(0n)]
    expect((await give(from, to, 10)).reasons).toMatchObject([
      {
        code: 'NOT_ENOUGH_POINTS',
        message: expect.stringContaining(': 0'),
        remedy: expect.stringContaining('services'),
      },
    ])
    const spent = await line(100n)
    await world.sql('insert into payments.bonus_gift_day (line_id, day, points) values ($1, $2, 2995)', [
      spent.id,
      '2026-11-18',
    ])
    expect((await give(spent, to, 10)).reasons).toMatchObject([
      { code: 'GIFT_DAY_LIMIT', message: expect.stringContaining(': 0'), remedy: 'Wait until tomorrow.' },
    ])
  })

  it('tells until when it is held as people read it', async () => {
    const from = await line(100n)
    simChange = new Date(NOON.getTime() - 60 * MINUTE_MS)
    const input = { fromLineId: from.id, toPhone: (await line(0n)).phone, points: 20, idempotencyKey: 'held' }
    const query = readOperations()['give-bonus-points.graphql'] ?? ''
    const headers = { 'accept-language': 'ru' }
    const { data } = await world.cabinet.ask({ query, variables: { input }, headers }, await world.tokenOf(from))
    expect(data.giveBonusPoints.reasons).toMatchObject([
      { code: 'SIM_CHANGED', message: expect.stringMatching(/закрыты до 19 ноября 2026.*11:00\.$/) },
    ])
  })

  it('is for who owns or manages the line: to others it answers like none', async () => {
    const [from, to] = [await line(100n), await line(0n)]
    await insertAccount(world.cabinet.database, { number: 901 })
    const friend = accountId(901)
    const token = await world.cabinet.accountToken(friend)
    const missing = { __typename: 'LineNotFoundError', path: ['fromLineId'] }
    expect(await giveAs(from, { to, points: 20, token })).toMatchObject(missing)
    await giveAccess(world.cabinet.database, { lineId: from.id, accountId: friend, rights: 3 })
    expect(await giveAs(from, { to, points: 20, token })).toMatchObject(missing)
    expect(await points(from)).toBe(100)
  })

  it('is not given by who lost the right while it was on its way', async () => {
    const [from, to] = [await line(100n), await line(0n)]
    meanwhile = () => world.sql('update payments.line_access set rights = 3 where line_id = $1', [from.id])
    expect(await give(from, to, 20)).toMatchObject({ __typename: 'LineNotFoundError', path: ['fromLineId'] })
    expect(await points(from)).toBe(100)
  })
})
