import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UNKNOWN_CLIENT } from '../platform/identity/viewer.ts'
import type { SubgraphName } from '../platform/subgraph/name.ts'
import { readPolicies } from './testing/access/policies.ts'
import { RECIPES } from './testing/access/recipes.ts'
import { askText } from './testing/access/table.ts'
import {
  OWNER_ID,
  principalOf,
  STRANGER_ID,
  type Subject,
  VIEWER_KINDS,
  type ViewerKind,
} from './testing/access/viewers.ts'
import { createWorld, MISSING, SUBSCRIBER_PHONE } from './testing/access/world.ts'
import { askFirst } from './testing/event-stream.ts'
import { insertLine, lineId } from './testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const policies = readPolicies()
const EVERYTHING = `{
  __typename id msisdn alias status region activatedOn rights accessList { accountId rights until }
  tariff { id } activeOptions { id } balance { asOf } bonuses { points }
  promisedPayment { id } promisedPaymentEligibility { isEligible }
}`
const REFUSAL = '{ __typename ... on UserError { message path } }'

/** A line by a field of the root: its name, then the ways of asking for it. */
const ROOT_QUESTIONS: Readonly<Record<string, readonly ((subject: Subject) => string)[]>> = {
  'Query.line': [({ lineId: id }) => `{ line(id: "${id}") ${EVERYTHING} }`],
  'Query.lineByPhone': [
    ({ phone }) => `{ lineByPhone(phone: "${phone}") ${EVERYTHING} }`,
    ({ phone }) => `{ lineByPhone(phone: "${phone.replace('+7', '8 ')}") ${EVERYTHING} }`,
  ],
  'Mutation.enableNumberManagement': [
    ({ lineId: id }) => `mutation { enableNumberManagement(input: { lineId: "${id}" }) ${REFUSAL} }`,
  ],
  'Mutation.disableNumberManagement': [
    ({ lineId: id }) => `mutation { disableNumberManagement(input: { lineId: "${id}" }) ${REFUSAL} }`,
  ],
  'Mutation.quotePurchase': [
    purchase('merchantId: "nobody", reference: "1", amount: "1.00"'),
    purchase('merchantId: "nobody", reference: "1", amount: "nonsense"'),
  ],
  'Mutation.giveBonusPoints': [
    gift(`toPhone: "${SUBSCRIBER_PHONE}", points: 10, idempotencyKey: "1"`),
    gift(`toPhone: "nonsense", points: 10, idempotencyKey: "2"`),
    gift(`toPhone: "${MISSING.phone}", points: -1, idempotencyKey: "3"`),
    gift(`toPhone: "${SUBSCRIBER_PHONE}", points: 10, idempotencyKey: ""`),
  ],
  'Mutation.grantLineAccess': [
    grant(`phone: "${SUBSCRIBER_PHONE}", rights: [VIEW]`),
    grant('phone: "nonsense", rights: [VIEW]'),
    grant(`phone: "${MISSING.phone}", rights: [VIEW]`),
    grant(`phone: "${SUBSCRIBER_PHONE}", rights: []`),
    grant(`phone: "${SUBSCRIBER_PHONE}", rights: [VIEW], until: "2020-01-01T00:00:00Z"`),
  ],
  'Mutation.revokeLineAccess': [revoke(OWNER_ID), revoke(STRANGER_ID), revoke(MISSING.accountId), revoke('nonsense')],
  'Mutation.quoteTransfer': [
    transfer(`toPhone: "${SUBSCRIBER_PHONE}", amount: "10.00"`),
    transfer(`toPhone: "${MISSING.phone}", amount: "10.00"`),
    transfer('toPhone: "nonsense", amount: "10.00"'),
    transfer(`toPhone: "${SUBSCRIBER_PHONE}", amount: "0.00"`),
  ],
  'Mutation.takePromisedPayment': [promise('10.00'), promise('0.00'), promise('900000.00')],
  'Mutation.unlinkNumber': [({ lineId: id }) => `mutation { unlinkNumber(input: { lineId: "${id}" }) ${REFUSAL} }`],
  'Mutation.setAutoPayment': [
    money('setAutoPayment', `cardId: "${MISSING.lineId}", amount: "100", threshold: "50"`),
    money('setAutoPayment', 'cardId: "nonsense", amount: "1"'),
  ],
  'Mutation.disableAutoPayment': [money('disableAutoPayment', `autoPaymentId: "${MISSING.lineId}"`)],
  'Mutation.setSpendCap': [money('setSpendCap', 'monthlyAmount: "500"'), money('setSpendCap', 'monthlyAmount: "1"')],
  'Mutation.removeSpendCap': [money('removeSpendCap')],
  'Mutation.enableLiveBalance': [
    ({ lineId: id }) => money('enableLiveBalance', `dailyFee: "1.00", idempotencyKey: "${id}"`)({ lineId: id }),
    ({ lineId: id }) => money('enableLiveBalance', `dailyFee: "9.00", idempotencyKey: "other ${id}"`)({ lineId: id }),
  ],
  'Mutation.undoLiveBalance': [money('undoLiveBalance')],
  'Mutation.disableLiveBalance': [money('disableLiveBalance')],
  'Query.payment': [
    ({ lineId: id }) =>
      `{ payment(lineId: "${id}", id: "${id}") { id status amount { amount } createdAt confirmationUrl failure { code } } }`,
  ],
  'Mutation.topUp': [
    topUp('amount: "150.00"'),
    topUp('amount: "-1.00"'),
    topUp('amount: "0.01"'),
    topUp(`amount: "150.00", cardId: "${MISSING.lineId}"`),
    ({ lineId: id }) =>
      `mutation { topUp(input: { lineId: "${id}", amount: "1.00", returnUrl: "", idempotencyKey: "" }) ${REFUSAL} }`,
  ],
  'Subscription.balanceChanged': [
    ({ lineId: id }) => `subscription { balanceChanged(lineId: "${id}") { sequence line { id msisdn } } }`,
    ({ lineId: id }) => `subscription { balanceChanged(lineId: "${id}", afterSequence: "1") { sequence line { id } } }`,
  ],
}

function money(mutation: string, rest = '') {
  return ({ lineId: id }: Pick<Subject, 'lineId'>) =>
    `mutation { ${mutation}(input: { lineId: "${id}", ${rest} }) ${REFUSAL} }`
}

function topUp(rest: string) {
  return ({ lineId: id }: Subject) =>
    // A key is of one line.
    `mutation { topUp(input: { lineId: "${id}", returnUrl: "http://localhost/", idempotencyKey: "${id} ${rest.length}", ${rest} }) ${REFUSAL} }`
}

function grant(rest: string) {
  return ({ lineId: id }: Subject) => `mutation { grantLineAccess(input: { lineId: "${id}", ${rest} }) ${REFUSAL} }`
}

function purchase(rest: string) {
  return ({ lineId: id }: Subject) => `mutation { quotePurchase(input: { lineId: "${id}", ${rest} }) ${REFUSAL} }`
}

function gift(rest: string) {
  return ({ lineId: id }: Subject) => `mutation { giveBonusPoints(input: { fromLineId: "${id}", ${rest} }) ${REFUSAL} }`
}

function transfer(rest: string) {
  return ({ lineId: id }: Subject) => `mutation { quoteTransfer(input: { fromLineId: "${id}", ${rest} }) ${REFUSAL} }`
}

function promise(amount: string) {
  return ({ lineId: id }: Subject) =>
    `mutation { takePromisedPayment(input: { lineId: "${id}", amount: "${amount}", idempotencyKey: "${id}" }) ${REFUSAL} }`
}

function revoke(accountId: string) {
  return ({ lineId: id }: Subject) =>
    `mutation { revokeLineAccess(input: { lineId: "${id}", accountId: "${accountId}" }) ${REFUSAL} }`
}

/** Everyone to whom the line is another's: nothing was given to them, or no longer is. */
const OTHERS = VIEWER_KINDS.filter((viewer) => viewer.isBelieved && viewer.rights.length === 0 && !viewer.staffRole)

describe("another account's line answers exactly as one that does not exist", () => {
  let cabinet: TestCabinet
  let foreign: Subject

  beforeAll(async () => {
    cabinet = await openTestCabinet()
    const world = await createWorld(cabinet.database)
    foreign = world.subjectFor(VIEWER_KINDS[0] as ViewerKind)
  })

  afterAll(() => cabinet.close())

  const askAnything = (query: string, token: string | undefined) =>
    query.startsWith('subscription') ? askFirst(cabinet, { query }, token) : askText(cabinet, query, token)

  it('is asked for in every way that the schema has', () => {
    const ways = policies.fields.filter(({ isRoot, line, returns }) => isRoot && (line !== null || returns === 'Line'))
    expect(ways.map(({ type, field }) => `${type}.${field}`).sort()).toEqual(Object.keys(ROOT_QUESTIONS).sort())
  })

  describe.each(OTHERS)('to $name', (viewer) => {
    it.each(Object.entries(ROOT_QUESTIONS))('by %s', async (_, questions) => {
      const token = await viewer.token(cabinet)
      for (const question of questions) {
        const [answer, missing] = [
          await askAnything(question(foreign), token),
          await askAnything(question(MISSING), token),
        ]
        expect(blind(answer, foreign)).toBe(blind(missing, MISSING))
      }
    })

    it.each(references())('by reference to %s in %s', async (entity, subgraph, selection) => {
      const ask = async (id: string) => {
        const result = await cabinet.subgraphs[subgraph].execute(
          {
            query: `query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on ${entity} { ${selection} } } }`,
            variables: { of: [{ __typename: entity, id }] },
          },
          { principal: principalOf(viewer), language: 'en', requestId: 'a request', client: UNKNOWN_CLIENT },
        )
        return JSON.stringify(result)
      }
      const [theirs, missing] =
        entity === 'Line' ? [foreign.lineId, MISSING.lineId] : [foreign.accountId, MISSING.accountId]
      expect((await ask(theirs)).replaceAll(theirs, 'id')).toBe((await ask(missing)).replaceAll(missing, 'id'))
    })
  })

  it('and otherwise than to its owner, or the comparison would show nothing', async () => {
    const token = await cabinet.accountToken(OWNER_ID)
    for (const question of Object.values(ROOT_QUESTIONS).flatMap(([first]) => first ?? [])) {
      const answer = await askAnything(question(foreign), token)
      expect(blind(answer, foreign)).not.toBe(blind(await askAnything(question(MISSING), token), MISSING))
    }
  })

  it('as the cursor of a page', async () => {
    await insertLine(cabinet.database, { number: 900, ownerId: STRANGER_ID })
    const token = await cabinet.accountToken(STRANGER_ID)
    const page = (after: string) => {
      const cursor = Buffer.from(after).toString('base64url')
      return askText(
        cabinet,
        `{ viewer { lines(first: 1, after: "${cursor}") { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
        token,
      )
    }
    const text = await page(foreign.lineId)
    expect(text).toContain(lineId(900))
    expect(text).toBe(await page(lineId(899)))
  })
})

/** An answer without what it was asked with. */
function blind(text: string, subject: Subject): string {
  return text.replaceAll(subject.lineId, 'the line').replaceAll(subject.phone, 'the phone')
}

/** Each entity in each subgraph that knows it, with all that the subgraph tells of it. */
function references(): [entity: string, subgraph: SubgraphName, selection: string][] {
  const found = new Map<string, [string, SubgraphName, string]>()
  for (const { type, field, isRoot, isComposite, subgraphs } of policies.fields) {
    if (isRoot) continue
    for (const subgraph of subgraphs) {
      const given = RECIPES[`${type}.${field}`]?.arguments?.(MISSING) ?? ''
      const selection = `${found.get(`${type} ${subgraph}`)?.[2] ?? ''} ${field}${given}${isComposite ? ' { __typename }' : ''}`
      found.set(`${type} ${subgraph}`, [type, subgraph, selection])
    }
  }
  return [...found.values()]
}
