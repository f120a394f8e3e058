import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, phone } from '../../../../cli/testing/fixture.ts'
import { requestPassword, setPolicy, signInWithPassword } from '../../../../cli/testing/one-time-passwords.ts'
import { createStatementWatch } from '../../../../cli/testing/statement-watch.ts'
import { openTestCabinet, type TestCabinet } from '../../../../cli/testing/test-cabinet.ts'

const KNOWN = phone(1)
const CLOSED = phone(2)
const UNKNOWN = phone(404)
const FOREIGN = '+12025550123'

let cabinet: TestCabinet
let now = new Date('2026-11-22T12:00:00Z')
const { onStatement, watch: watchStatements } = createStatementWatch()

beforeAll(async () => {
  cabinet = await openTestCabinet({ clock: { now: () => now }, onStatement })
  await setPolicy(cabinet.database, 'captcha.proofOfWorkCost', 1)
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1 })
  for (const number of [1, 2]) await insertLine(cabinet.database, { number, ownerId: accountId(1) })
  await cabinet.database.sql(`update linked_numbers.line set status = 'CLOSED' where msisdn = $1`, [CLOSED])
  // What a process reads once is read.
  await requestPassword(cabinet, phone(500))
})
afterAll(() => cabinet.close())

/** So long that nothing of before counts. */
function passDays(days: number): void {
  now = new Date(now.getTime() + days * 86_400_000)
}

/** What an answer says with what is different each time left out: ids and moments. */
function shapeOf(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'an id')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a moment')
}

/** The statements and the answer of one question. */
async function watch(question: () => Promise<unknown>): Promise<{ answer: string; statements: string[] }> {
  const { answer, statements } = await watchStatements(question)
  const sent = statements.map(({ subgraph, sql }) => `${subgraph}: ${sql}`)
  // The policies are read once a second, for whoever asks first.
  return { answer: shapeOf(answer), statements: sent.filter((statement) => !statement.includes('from policy')) }
}

const NUMBERS = [UNKNOWN, CLOSED, FOREIGN]

describe('a number that nobody has', () => {
  it.each(NUMBERS)('is asked a password for by the same statements and with the same answer: %s', async (number) => {
    passDays(2)
    const known = await watch(() => requestPassword(cabinet, KNOWN))
    const unknown = await watch(() => requestPassword(cabinet, number))
    expect(known.statements.length).toBeGreaterThan(10)
    expect(known.statements.some((statement) => statement.includes('insert into message'))).toBe(true)
    expect(unknown).toEqual(known)
    // Too soon for another: for both.
    const again = await watch(() => requestPassword(cabinet, KNOWN))
    expect(again.answer).toContain('TooManyRequestsError')
    expect(await watch(() => requestPassword(cabinet, number))).toEqual(again)
  })

  it.each(NUMBERS)('is followed and repeated by the same statements and with the same answer: %s', async (number) => {
    passDays(2)
    const ids = await Promise.all(
      [KNOWN, number].map(async (asked) => (await requestPassword(cabinet, asked)).data.result.delivery.id),
    )
    for (const ask of [
      (id: string) => ({ query: `{ oneTimePasswordDelivery(id: "${id}") { id status resendAt expiresAt } }` }),
      (id: string) => ({
        query: `mutation { resendOneTimePassword(input: { deliveryId: "${id}" }) { __typename
          ... on ResendOneTimePasswordSuccess { delivery { id status resendAt expiresAt } }
          ... on UserError { message path } } }`,
      }),
    ]) {
      const [known, unknown] = [
        await watch(() => cabinet.ask(ask(ids[0]))),
        await watch(() => cabinet.ask(ask(ids[1]))),
      ]
      expect(unknown).toEqual(known)
      now = new Date(now.getTime() + 60_000)
    }
  })

  it.each(NUMBERS)('is guessed at by the same statements and with the same answer: %s', async (number) => {
    const guess = (asked: string) => watch(() => signInWithPassword(cabinet, { phone: asked, code: '123456' }))
    passDays(2)
    await requestPassword(cabinet, KNOWN)
    await requestPassword(cabinet, number)
    for (let tries = 0; tries < 21; tries++) {
      const known = await guess(KNOWN)
      expect(known.answer).toContain(tries < 20 ? 'InvalidOneTimePasswordError' : 'TooManyAttemptsError')
      expect(await guess(number)).toEqual(known)
    }
  })

  it('gets no message, whatever is asked', async () => {
    expect(await cabinet.database.sql('select distinct phone from accounts.message')).toEqual([{ phone: KNOWN }])
  })
})
