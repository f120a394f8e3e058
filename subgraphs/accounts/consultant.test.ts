import type { Kysely } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { createReader, type Reader } from '../../platform/database/reader.ts'
import type { StaffRole } from '../../platform/identity/viewer.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import { eraseExpired, type UpkeepDependencies, watchDeadlines } from './actions/consultant/upkeep.ts'
import { readMessagesAfter } from './store/consultant/messages.ts'
import { accountsPolicies } from './store/policies.ts'
import type { Tables } from './store/tables.ts'

const START = new Date('2026-11-22T10:00:00Z')
const SECOND_MS = 1_000
const HOUR_MS = 3_600 * SECOND_MS
const DAY_MS = 24 * HOUR_MS

const CONVERSATION = 'id status deadlineAt isEscalated rating { score comment ratedAt }'
const MESSAGE = 'sequence author text articles { slug operation }'
const ERRORS = `... on UserError { reason: message path } ... on TooManyQuestionsError { retryAt }
  ... on InvalidConversationTextError { lengthMax }`
const mutationOf = (name: string, extra = '') => {
  const Name = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  return `mutation ($input: ${Name}Input!) { ${name}(input: $input) {
    __typename ... on ${Name}Success { conversation { ${CONVERSATION} } ${extra} } ${
      name === 'askConsultant' || name === 'answerConversation' || name === 'rateConversation'
        ? ERRORS.replace(name === 'askConsultant' ? '' : '... on TooManyQuestionsError { retryAt }', '')
        : '... on UserError { reason: message path }'
    } } }`
}
const ASK = mutationOf('askConsultant', `question { ${MESSAGE} } answer { ${MESSAGE} }`)
const ANSWER = mutationOf('answerConversation', `answer { ${MESSAGE} }`)
const SHOW = `query ($id: ID!, $first: Int, $after: String) { conversation(id: $id) { ${CONVERSATION}
  messages(first: $first, after: $after) { nodes { ${MESSAGE} } pageInfo { hasNextPage endCursor } } } }`
const LIST = `query ($first: Int, $after: String) { viewer { conversations(first: $first, after: $after) {
  nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`
const QUEUE = `query ($first: Int, $after: String) { consultantQueue(first: $first, after: $after) {
  nodes { id status language deadlineAt isEscalated } pageInfo { hasNextPage endCursor } } }`

const KNOWN = 'How do I take a promised payment?'
const UNKNOWN = 'Do you repair broken umbrellas?'
const NOBODY = accountId(999)

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
type Any = any

describe('the consultant', () => {
  let cabinet: TestCabinet
  let db: Kysely<Tables>
  let reader: Reader
  let now = START
  let made = 0
  let owner: string
  let key = 0

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock: { now: () => now } })
    db = connectDatabase<Tables>({ url: cabinet.database.urls.accounts, logger: silentLogger })
    reader = createReader({ url: cabinet.database.urls.accounts, logger: silentLogger })
  })
  beforeEach(async () => {
    now = START
    await cabinet.database.sql('truncate accounts.conversation, accounts.conversation_message')
    owner = await insertAccount(cabinet.database, { number: ++made })
  })
  afterAll(async () => {
    await reader.close()
    await db.destroy()
    await cabinet.close()
  })

  const later = (ms: number) => {
    now = new Date(now.getTime() + ms)
  }
  const staff = (staffId: string, ...roles: StaffRole[]) =>
    cabinet.signPrincipal({ kind: 'staff', staffId, sessionId: `session of ${staffId}`, roles }, DAY_MS)
  const anna = () => staff('anna', 'consultant')
  const boris = () => staff('boris', 'consultant')
  const chief = () => staff('chief', 'supervisor')
  const person = (account: string) =>
    cabinet.signPrincipal(
      { kind: 'account', accountId: account, personId: account, sessionId: 'session', organizationRole: null },
      DAY_MS,
    )

  async function send(query: string, variables: object, token: string, language = 'en'): Promise<Any> {
    const headers = { 'accept-language': language }
    const answer = await cabinet.ask({ query, variables: { ...variables }, headers }, token)
    expect(answer.errors).toBeUndefined()
    return answer.data
  }
  const ask = async (text: string, input: object = {}, account = owner): Promise<Any> =>
    (await send(ASK, { input: { text, idempotencyKey: `key ${++key}`, ...input } }, await person(account)))
      .askConsultant
  const request = async (conversationId: string, account = owner): Promise<Any> =>
    (await send(mutationOf('requestConsultant'), { input: { conversationId } }, await person(account)))
      .requestConsultant
  const rate = async (conversationId: string, score: number, input: object = {}, account = owner): Promise<Any> =>
    (await send(mutationOf('rateConversation'), { input: { conversationId, score, ...input } }, await person(account)))
      .rateConversation
  const byStaff = async (name: string, conversationId: string, token: string): Promise<Any> =>
    (await send(mutationOf(name), { input: { conversationId } }, token))[name]
  const take = (conversationId: string, token: string) => byStaff('takeConversation', conversationId, token)
  const close = (conversationId: string, token: string) => byStaff('closeConversation', conversationId, token)
  const putBack = (conversationId: string, token: string) => byStaff('returnConversation', conversationId, token)
  const answer = async (conversationId: string, token: string, input: object = {}): Promise<Any> =>
    (
      await send(
        ANSWER,
        { input: { conversationId, text: 'No, sorry.', idempotencyKey: `key ${++key}`, ...input } },
        token,
      )
    ).answerConversation
  const show = async (id: string, token: string, page: object = {}): Promise<Any> =>
    (await send(SHOW, { id, ...page }, token)).conversation
  const queue = async (token: string, page: object = {}): Promise<Any> =>
    (await send(QUEUE, page, token)).consultantQueue
  const waiting = async (text = UNKNOWN, account = owner): Promise<string> =>
    (await ask(text, {}, account)).conversation.id
  const acts = async (kind: string, id: string) =>
    cabinet.database.sql(
      `select account_id, actor from accounts.act where kind = $1 and details ->> 'conversationId' = $2`,
      [kind, id],
    )
  const upkeep = (kysely = db): UpkeepDependencies => ({
    db: kysely,
    clock: cabinet.clock,
    newId: createNewId({ now: () => now }),
    policies: createPolicies({ reader, clock: cabinet.clock, schema: accountsPolicies }),
  })
  const in_ = (seconds: number) => new Date(now.getTime() + seconds * SECOND_MS).toISOString()

  describe('asked what a help article tells', () => {
    it('answers at once, with the article and the operation that does it', async () => {
      expect(await ask(KNOWN)).toMatchObject({
        __typename: 'AskConsultantSuccess',
        conversation: { status: 'SUGGESTED', deadlineAt: null },
        question: { sequence: 1, author: 'CUSTOMER', text: KNOWN, articles: [] },
        answer: {
          sequence: 2,
          author: 'ASSISTANT',
          text: expect.stringMatching(/^Promised payment\n\n/),
          articles: expect.arrayContaining([{ slug: 'promised-payment', operation: 'TakePromisedPayment' }]),
        },
      })
    })

    it('answers in the language of the question', async () => {
      const { answer: given } = await ask('как перевести деньги другому абоненту')
      expect(given.text).toMatch(/^Перевести деньги другому абоненту\n\n/)
    })

    it('goes on in the same conversation', async () => {
      const { conversation } = await ask(KNOWN)
      const second = await ask('What does a transfer to another subscriber cost?', { conversationId: conversation.id })
      expect(second).toMatchObject({ conversation: { id: conversation.id }, question: { sequence: 3 } })
      expect(second.answer.articles[0].slug).toBe('transfer')
    })

    it('calls a person when it did not help, once', async () => {
      const { conversation } = await ask(KNOWN)
      expect(await request(conversation.id)).toMatchObject({
        conversation: { id: conversation.id, status: 'WAITING', deadlineAt: in_(120) },
      })
      const deadline = in_(120)
      later(60 * SECOND_MS)
      expect(await request(conversation.id)).toMatchObject({ conversation: { deadlineAt: deadline } })
      expect(await ask(KNOWN, { conversationId: conversation.id })).toMatchObject({
        answer: null,
        conversation: { status: 'WAITING', deadlineAt: deadline },
      })
    })
  })

  describe('asked what no help article tells', () => {
    it('leaves the question for staff, who take it, answer it and close it', async () => {
      const asked = await ask(UNKNOWN)
      const { id } = asked.conversation
      expect(asked).toMatchObject({ answer: null, conversation: { status: 'WAITING', deadlineAt: in_(120) } })
      expect((await take(id, await anna())).conversation).toMatchObject({ status: 'IN_PROGRESS', deadlineAt: in_(120) })
      expect(await answer(id, await anna())).toMatchObject({
        conversation: { status: 'ANSWERED', deadlineAt: null },
        answer: { sequence: 2, author: 'CONSULTANT', text: 'No, sorry.' },
      })
      const seen = await show(id, await person(owner))
      expect(seen.messages.nodes.map(({ author }: Any) => author)).toEqual(['CUSTOMER', 'CONSULTANT'])
      expect((await close(id, await anna())).conversation.status).toBe('CLOSED')
      expect((await close(id, await anna())).__typename).toBe('CloseConversationSuccess')
    })

    it('tells the customer of the answer, and writes down what staff did', async () => {
      const id = await waiting()
      await take(id, await anna())
      await show(id, await anna())
      await answer(id, await anna())
      await close(id, await anna())
      expect(
        await cabinet.database.sql('select kind, parameters from accounts.notice where account_id = $1', [owner]),
      ).toEqual([{ kind: 'CONSULTANT_ANSWERED', parameters: { conversationId: id } }])
      for (const kind of ['TAKEN', 'READ', 'ANSWERED', 'CLOSED']) {
        expect(await acts(`CONVERSATION_${kind}`, id), kind).toEqual([{ account_id: owner, actor: 'staff:anna' }])
      }
    })

    it('gives what comes after a person answered to persons, with a new deadline', async () => {
      const id = await waiting()
      await take(id, await anna())
      await answer(id, await anna())
      later(HOUR_MS)
      const again = await ask(KNOWN, { conversationId: id })
      expect(again).toMatchObject({ answer: null, conversation: { status: 'WAITING', deadlineAt: in_(120) } })
      expect(again.question.sequence).toBe(3)
    })
  })

  describe('asked under a key', () => {
    it('gives one answer, however often and at once it is sent', async () => {
      for (const text of [KNOWN, UNKNOWN]) {
        const idempotencyKey = `once: ${text}`
        const answers = await Promise.all(Array.from({ length: 20 }, () => ask(text, { idempotencyKey })))
        expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1)
        expect(answers[0].__typename).toBe('AskConsultantSuccess')
      }
      expect(await cabinet.database.sql('select from accounts.conversation')).toHaveLength(2)
      expect(await cabinet.database.sql('select from accounts.conversation_message')).toHaveLength(3)
    })

    it('refuses another body, and another conversation, under the same key', async () => {
      const id = await waiting()
      const idempotencyKey = 'a key of mine'
      await ask(KNOWN, { idempotencyKey })
      const reused = { __typename: 'IdempotencyKeyReusedError', path: ['idempotencyKey'] }
      expect(await ask(UNKNOWN, { idempotencyKey })).toMatchObject(reused)
      expect(await ask(KNOWN, { idempotencyKey, conversationId: id })).toMatchObject(reused)
    })

    it('takes the same key of another account for another', async () => {
      const other = await insertAccount(cabinet.database, { number: ++made })
      const idempotencyKey = 'a common key'
      const mine = await ask(KNOWN, { idempotencyKey })
      expect((await ask(UNKNOWN, { idempotencyKey }, other)).conversation.id).not.toBe(mine.conversation.id)
    })

    it('lets what was refused be asked again under it', async () => {
      const idempotencyKey = 'refused at first'
      expect(await ask(KNOWN, { idempotencyKey, conversationId: NOBODY })).toMatchObject({
        __typename: 'ConversationNotFoundError',
      })
      expect(await ask(KNOWN, { idempotencyKey })).toMatchObject({ __typename: 'AskConsultantSuccess' })
    })

    it('writes an answer of staff once too', async () => {
      const id = await waiting()
      const token = await anna()
      await take(id, token)
      const answers = await Promise.all(Array.from({ length: 10 }, () => answer(id, token, { idempotencyKey: 'same' })))
      expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1)
      expect(await answer(id, token, { idempotencyKey: 'same', text: 'Yes!' })).toMatchObject({
        __typename: 'IdempotencyKeyReusedError',
      })
      await close(id, token)
      expect((await answer(id, token, { idempotencyKey: 'same' })).answer).toEqual(answers[0].answer)
      expect((await show(id, await person(owner))).messages.nodes).toHaveLength(2)
      expect(await cabinet.database.sql('select from accounts.notice where account_id = $1', [owner])).toHaveLength(1)
    })

    it.each(['', 'x'.repeat(101)])('refuses what is no key: %j', async (idempotencyKey) => {
      expect(await ask(KNOWN, { idempotencyKey })).toMatchObject({ __typename: 'InvalidIdempotencyKeyError' })
    })
  })

  describe('lets staff', () => {
    it('take a conversation once, when fifty take it at once', async () => {
      for (let round = 0; round < 3; round++) {
        const id = await waiting()
        const tokens = await Promise.all(Array.from({ length: 50 }, (_, n) => staff(`clerk ${n}`, 'consultant')))
        const outcomes = await Promise.all(tokens.map((token) => take(id, token)))
        const names = outcomes.map(({ __typename }) => __typename as string)
        expect(names.filter((name) => name === 'TakeConversationSuccess')).toHaveLength(1)
        expect(names.filter((name) => name === 'ConversationTakenError')).toHaveLength(49)
        expect(await acts('CONVERSATION_TAKEN', id)).toHaveLength(1)
      }
    })

    it('who supervise take it from a colleague, who then has it no more', async () => {
      const id = await waiting()
      await take(id, await anna())
      expect(await take(id, await boris())).toMatchObject({ __typename: 'ConversationTakenError' })
      expect(await take(id, await chief())).toMatchObject({ conversation: { status: 'IN_PROGRESS' } })
      expect(await answer(id, await anna())).toMatchObject({ __typename: 'ConversationNotTakenError' })
      expect(await answer(id, await chief())).toMatchObject({ __typename: 'AnswerConversationSuccess' })
    })

    it('put it back, with the deadline that it had', async () => {
      const id = await waiting()
      const deadlineAt = in_(120)
      await take(id, await anna())
      later(30 * SECOND_MS)
      expect(await putBack(id, await boris())).toMatchObject({ __typename: 'ConversationNotTakenError' })
      expect(await putBack(id, await anna())).toMatchObject({ conversation: { status: 'WAITING', deadlineAt } })
      expect(await answer(id, await anna())).toMatchObject({ __typename: 'ConversationNotTakenError' })
      expect(await take(id, await boris())).toMatchObject({ conversation: { deadlineAt } })
    })

    it('who take it and vanish lose it after five minutes, and the deadline stays', async () => {
      const id = await waiting()
      const deadlineAt = in_(120)
      await take(id, await anna())
      later(300 * SECOND_MS - 1)
      expect(await take(id, await boris())).toMatchObject({ __typename: 'ConversationTakenError' })
      later(1)
      expect(await answer(id, await anna())).toMatchObject({ __typename: 'ConversationNotTakenError' })
      expect((await queue(await boris())).nodes).toMatchObject([{ id, deadlineAt }])
      await watchDeadlines(upkeep())
      expect(await show(id, await person(owner))).toMatchObject({ status: 'WAITING', deadlineAt })
      expect(await take(id, await boris())).toMatchObject({ conversation: { status: 'IN_PROGRESS', deadlineAt } })
    })

    it('have no more than waits: what is answered, closed or for the help articles is not taken', async () => {
      const id = await waiting()
      await take(id, await anna())
      await answer(id, await anna())
      expect(await take(id, await boris())).toMatchObject({ __typename: 'ConversationNotWaitingError' })
      await close(id, await anna())
      expect(await answer(id, await anna())).toMatchObject({ __typename: 'ConversationClosedError' })
      const suggested = (await ask(KNOWN)).conversation.id
      expect(await take(suggested, await anna())).toMatchObject({ __typename: 'ConversationNotFoundError' })
      expect(await show(suggested, await chief())).toBeNull()
    })

    it('see what waits and what they have, and not what a colleague has', async () => {
      const id = await waiting()
      expect(await show(id, await boris())).toMatchObject({ id })
      await take(id, await anna())
      expect(await show(id, await anna())).toMatchObject({ id, messages: { nodes: [{ text: UNKNOWN }] } })
      expect(await show(id, await boris())).toBeNull()
      expect((await queue(await boris())).nodes).toEqual([])
      expect((await queue(await anna())).nodes).toMatchObject([{ id, status: 'IN_PROGRESS' }])
      expect(await show(id, await chief())).toMatchObject({ id })
      expect((await queue(await chief())).nodes).toMatchObject([{ id }])
      expect(await acts('CONVERSATION_READ', id)).toHaveLength(3)
    })
  })

  describe('when the deadline passes', () => {
    it('hands each conversation to supervisors once, whatever the number of workers', async () => {
      const another = connectDatabase<Tables>({ url: cabinet.database.urls.accounts, logger: silentLogger })
      const ids: string[] = []
      for (let n = 0; n < 25; n++) ids.push(await waiting())
      await take(ids[0] ?? '', await anna())
      later(120 * SECOND_MS - 1)
      expect(await watchDeadlines(upkeep())).toBe(0)
      later(1)
      // The cabinet's own upkeep may be at work too, so the acts are counted and not what each worker says.
      await Promise.all(Array.from({ length: 8 }, (_, n) => watchDeadlines(upkeep(n % 2 === 0 ? db : another))))
      later(DAY_MS)
      expect(await watchDeadlines(upkeep(another))).toBe(0)
      for (const id of ids) expect(await acts('CONVERSATION_ESCALATED', id)).toHaveLength(1)
      expect((await queue(await chief())).nodes.every(({ isEscalated }: Any) => isEscalated)).toBe(true)
      await another.destroy()
    })

    it('hands on a later question of the same conversation too', async () => {
      const id = await waiting()
      later(120 * SECOND_MS)
      await watchDeadlines(upkeep())
      await take(id, await anna())
      await answer(id, await anna())
      await ask('And umbrellas of yours?', { conversationId: id })
      expect(await show(id, await person(owner))).toMatchObject({ isEscalated: false })
      later(120 * SECOND_MS)
      await watchDeadlines(upkeep())
      expect(await acts('CONVERSATION_ESCALATED', id)).toHaveLength(2)
    })

    it('has nothing to hand on where somebody answered in time', async () => {
      const id = await waiting()
      await take(id, await anna())
      await answer(id, await anna())
      later(DAY_MS)
      expect(await watchDeadlines(upkeep())).toBe(0)
    })
  })

  describe('shows pages that stay put while more arrives', () => {
    it('of the queue, the oldest deadline first', async () => {
      const ids: string[] = []
      for (let n = 0; n < 6; n++) {
        ids.push(await waiting())
        if (n % 2 === 1) later(SECOND_MS)
      }
      const first = await queue(await chief(), { first: 2 })
      ids.push(await waiting())
      const second = await queue(await chief(), { first: 3, after: first.pageInfo.endCursor })
      await take(ids[5] ?? '', await anna())
      const third = await queue(await chief(), { first: 3, after: second.pageInfo.endCursor })
      const seen = [first, second, third].flatMap(({ nodes }) => nodes.map(({ id }: Any) => id))
      expect(seen).toEqual(ids)
      expect([first, second, third].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false])
    })

    it('of a conversation, in the order of numbers without gaps though many write at once', async () => {
      const id = await waiting()
      const write = (count: number) =>
        Promise.all(Array.from({ length: count }, (_, n) => ask(`More of it, ${n}`, { conversationId: id })))
      await write(9)
      const token = await person(owner)
      const first = (await show(id, token, { first: 4 })).messages
      await write(10)
      const rest = (await show(id, token, { first: 100, after: first.pageInfo.endCursor })).messages
      expect(first.pageInfo.hasNextPage).toBe(true)
      expect([...first.nodes, ...rest.nodes].map(({ sequence }: Any) => sequence)).toEqual(
        Array.from({ length: 20 }, (_, n) => n + 1),
      )
    })

    it('of an account, the newest conversation first', async () => {
      const ids: string[] = []
      for (let n = 0; n < 5; n++) ids.unshift(await waiting())
      const list = async (page: object): Promise<Any> =>
        (await send(LIST, page, await person(owner))).viewer.conversations
      const first = await list({ first: 3 })
      await waiting()
      const rest = await list({ first: 3, after: first.pageInfo.endCursor })
      expect([...first.nodes, ...rest.nodes].map(({ id }: Any) => id)).toEqual(ids)
      expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    })

    it('and refuses what is no cursor', async () => {
      const id = await waiting()
      for (const [query, token] of [
        [QUEUE, await chief()],
        [LIST, await person(owner)],
        [SHOW, await person(owner)],
      ] as const) {
        const after = Buffer.from("1' or 1=1").toString('base64url')
        const refused = await cabinet.ask({ query, variables: { id, after } }, token)
        expect(refused.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
      }
    })
  })

  it('answers for another’s conversation exactly as for one that does not exist', async () => {
    const id = await waiting()
    const stranger = await insertAccount(cabinet.database, { number: ++made })
    for (const unknown of [id, NOBODY, 'no id', "' or 1=1 --"]) {
      expect(await show(unknown, await person(stranger))).toBeNull()
      const gone = { __typename: 'ConversationNotFoundError', path: ['conversationId'] }
      const outcomes = [
        await ask(KNOWN, { conversationId: unknown }, stranger),
        await request(unknown, stranger),
        await rate(unknown, 5, {}, stranger),
      ]
      for (const outcome of outcomes) expect(outcome).toEqual({ ...gone, reason: outcomes[0].reason })
      expect(outcomes[0]).toMatchObject(gone)
    }
    expect((await send(LIST, {}, await person(stranger))).viewer.conversations.nodes).toEqual([])
    expect((await show(id, await person(owner))).messages.nodes).toHaveLength(1)
  })

  it.each(['', '  \n ', '\u0000', 'x'.repeat(2_001), '😀'.repeat(10_000)])(
    'refuses a text of no or too many characters',
    async (text) => {
      const refused = { __typename: 'InvalidConversationTextError', path: ['text'], lengthMax: 2_000 }
      expect(await ask(text)).toMatchObject(refused)
      expect(await cabinet.database.sql('select from accounts.conversation')).toEqual([])
      const id = await waiting()
      await take(id, await anna())
      expect(await answer(id, await anna(), { text })).toMatchObject(refused)
    },
  )

  it.each([`'; drop table accounts.conversation; --`, '& | !:*', '😀 \u0000 \uD800', '😀'.repeat(2_000)])(
    'takes any other text as it is: %#',
    async (text) => {
      const { question } = await ask(text)
      expect(question.text).toBe(text.replaceAll('\0', '').replaceAll('\uD800', '\uFFFD').trim())
    },
  )

  it('takes thirty questions an hour of one account, however many come at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 45 }, () => ask(UNKNOWN)))
    expect(outcomes.filter(({ __typename }) => __typename === 'AskConsultantSuccess')).toHaveLength(30)
    const refused = outcomes.filter(({ __typename }) => __typename === 'TooManyQuestionsError')
    expect(refused).toHaveLength(15)
    expect(refused[0].retryAt).toBe(in_(3_600))
    expect(await cabinet.database.sql('select from accounts.conversation')).toHaveLength(30)
    later(HOUR_MS - 1)
    expect(await ask(UNKNOWN)).toMatchObject({ __typename: 'TooManyQuestionsError' })
    later(1)
    expect(await ask(UNKNOWN)).toMatchObject({ __typename: 'AskConsultantSuccess' })
  })

  it('is asked nothing more in a conversation that is over', async () => {
    const id = await waiting()
    await take(id, await anna())
    await close(id, await anna())
    expect(await ask(KNOWN, { conversationId: id })).toMatchObject({ __typename: 'ConversationClosedError' })
    expect(await request(id)).toMatchObject({ __typename: 'ConversationClosedError' })
  })

  it('is rated from 1 to 5 when it has answered, and for a day the rating can be replaced', async () => {
    const id = await waiting()
    expect(await rate(id, 5)).toMatchObject({ __typename: 'ConversationNotAnsweredError' })
    await take(id, await anna())
    await answer(id, await anna())
    for (const score of [0, 6, -1]) {
      expect(await rate(id, score)).toMatchObject({ __typename: 'InvalidRatingError', path: ['score'] })
    }
    expect(await rate(id, 4, { comment: 'x'.repeat(501) })).toMatchObject({ path: ['comment'], lengthMax: 500 })
    const ratedAt = now.toISOString()
    expect(await rate(id, 2, { comment: 'Slow' })).toMatchObject({
      conversation: { rating: { score: 2, comment: 'Slow', ratedAt } },
    })
    later(DAY_MS - 1)
    expect(await rate(id, 5)).toMatchObject({ conversation: { rating: { score: 5, comment: null, ratedAt } } })
    later(1)
    expect(await rate(id, 1)).toMatchObject({ __typename: 'RatingFinalError' })
    expect(await show(id, await person(owner))).toMatchObject({ rating: { score: 5 } })
  })

  it('forgets a conversation in which nothing happened for a year, and nothing else', async () => {
    const old = (await ask(KNOWN)).conversation.id
    const stillWaiting = await waiting()
    later(DAY_MS)
    const fresh = (await ask(KNOWN)).conversation.id
    later(364 * DAY_MS)
    expect(await eraseExpired(upkeep())).toBe(0)
    later(1)
    expect(await Promise.all([eraseExpired(upkeep()), eraseExpired(upkeep())])).toContain(1)
    for (const [table, column] of [
      ['conversation', 'id'],
      ['conversation_message', 'conversation_id'],
      ['consultant_request', 'conversation_id'],
      ['conversation_directory', 'conversation_id'],
    ]) {
      const rows = await cabinet.database.sql<{ id: string }>(
        `select distinct ${column} as id from accounts.${table} where ${column} = any($1)`,
        [[old, stillWaiting, fresh]],
      )
      expect(rows.map(({ id }) => id).sort(), table).toEqual([stillWaiting, fresh].sort())
    }
  })

  it('tells those who listen of each message when it is committed, by its conversation and number alone', async () => {
    const listener = new pg.Client(cabinet.database.urls.accounts)
    await listener.connect()
    await listener.query('listen accounts_conversation')
    const heard: (string | undefined)[] = []
    listener.on('notification', ({ payload }) => heard.push(payload))
    const { conversation } = await ask(KNOWN)
    await expect.poll(() => heard).toEqual([`${conversation.id} 1`, `${conversation.id} 2`])
    await listener.end()
  })

  it('gives what was said after a number, so that whoever watches goes on where they stopped', async () => {
    const id = await waiting()
    for (let n = 0; n < 4; n++) await ask(`More of it, ${n}`, { conversationId: id })
    const said = async (sequence: number, account = owner) => {
      const watch = { accountId: account, conversationId: id, sequence, first: 3 }
      const [messages] = await readMessagesAfter(reader, [watch])
      return messages?.map((message) => message.sequence)
    }
    expect(await said(0)).toEqual([1, 2, 3])
    expect(await said(3)).toEqual([4, 5])
    expect(await said(5)).toEqual([])
    expect(await said(0, NOBODY)).toEqual([])
  })
})
