import { getNamedType, isInputObjectType } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, phone } from '../../cli/testing/fixture.ts'
import { requestPassword, setPolicy, signInWithPassword } from '../../cli/testing/one-time-passwords.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { systemSleep } from '../../platform/sleep.ts'
import { readOperations } from '../../schema/operations.ts'

const POLL = { timeout: 10_000, interval: 5 }
const DAY_MS = 86_400_000
const NUMBERS = { 'that somebody has': phone(1), 'that nobody has': phone(404) }
const operations = readOperations()

let cabinet: TestCabinet
let now = new Date('2026-11-22T12:00:00Z')
/** How long each step was to be, and what lets it end; null while steps end by themselves. */
let steps: { durationMs: number; end: () => void }[] | null = null

beforeAll(async () => {
  cabinet = await openTestCabinet({
    clock: { now: () => now },
    sleep: (durationMs) => {
      if (steps === null) return systemSleep(1)
      const { promise, resolve } = Promise.withResolvers<void>()
      steps.push({ durationMs, end: resolve })
      return promise
    },
  })
  await setPolicy(cabinet.database, 'captcha.proofOfWorkCost', 1)
  await setPolicy(cabinet.database, 'otp.answerStepMs', 40)
  await setPolicy(cabinet.database, 'password.answerStepMs', 150)
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1 })
  await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
})
afterAll(() => cabinet.close())
beforeEach(() => {
  now = new Date(now.getTime() + 2 * DAY_MS)
  steps = null
})

const typed = (file: string, input: object) =>
  cabinet.ask({ query: operations[`${file}.graphql`] ?? '', variables: { input } })

/** What is asked about a number, after what has to come before it. */
const QUESTIONS: Readonly<
  Record<string, { durationMs: number; prepare: (number: string) => Promise<() => Promise<unknown>> }>
> = {
  requestOneTimePassword: {
    durationMs: 40,
    prepare: async (number) => () => requestPassword(cabinet, number),
  },
  resendOneTimePassword: {
    durationMs: 40,
    async prepare(number) {
      const deliveryId = (await requestPassword(cabinet, number)).data.result.delivery.id
      now = new Date(now.getTime() + 60_000)
      return () => typed('resend-one-time-password', { deliveryId })
    },
  },
  signInWithOneTimePassword: {
    durationMs: 40,
    prepare: async (number) => () => signInWithPassword(cabinet, { phone: number, code: '123456' }),
  },
  signInWithPassword: {
    durationMs: 150,
    prepare: async (number) => () => typed('sign-in-with-password', { phone: number, password: 'a guess' }),
  },
}

describe.each(Object.entries(QUESTIONS))('%s', (_, { durationMs, prepare }) => {
  it.each(Object.entries(NUMBERS))('is answered where a step ends, for a number %s', async (_, number) => {
    const ask = await prepare(number)
    const begun: typeof steps = []
    steps = begun
    let isAnswered = false
    const answering = ask().then(() => {
      isAnswered = true
    })
    await vi.waitFor(() => expect(begun).toHaveLength(1), POLL)
    // Whatever it does at the database is done, and nothing of it is held, long before the step ends.
    await vi.waitFor(async () => expect(await transactionsOpen()).toBe(0), POLL)
    expect(isAnswered).toBe(false)
    await vi.waitFor(() => {
      for (const { end } of begun) end()
      expect(isAnswered).toBe(true)
    }, POLL)
    await answering
    expect(new Set(begun.map((step) => step.durationMs))).toEqual(new Set([durationMs]))
  })
})

it('is how everything answers that takes a number from whoever knows it', () => {
  // Invites whatever number it is, and looks none up.
  const others = ['inviteMember']
  const fields = Object.values(cabinet.subgraphs.accounts.schema.getMutationType()?.getFields() ?? {})
  const takers = fields.filter(({ args }) =>
    args.some(({ type }) => {
      const input = getNamedType(type)
      return isInputObjectType(input) && 'phone' in input.getFields()
    }),
  )
  // A repetition goes to a number that was given before.
  const inSteps = Object.keys(QUESTIONS).filter((name) => name !== 'resendOneTimePassword')
  expect(takers.map(({ name }) => name).sort()).toEqual([...inSteps, ...others].sort())
})

async function transactionsOpen(): Promise<number> {
  const rows = await cabinet.database.sql<{ count: number }>(`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null and backend_type = 'client backend'
  `)
  return rows[0]?.count ?? Number.NaN
}
