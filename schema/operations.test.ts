import { existsSync, readFileSync } from 'node:fs'
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  validate,
  visit,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ORGANIZATION_ID,
  STRANGER_ID,
  type Subject,
  VIEWER_KINDS,
  type ViewerKind,
} from '../cli/testing/access/viewers.ts'
import { createWorld, SUBSCRIBER_PHONE } from '../cli/testing/access/world.ts'
import { openTestCabinet, type TestCabinet } from '../cli/testing/test-cabinet.ts'
import { apiSchema } from './compose.ts'
import { readOperations } from './operations.ts'

/** How a test sends one operation. */
interface OperationRecipe {
  /** Who sends it: the name of a kind of viewer. */
  readonly as: string
  readonly variables?: (subject: Subject) => object
  /** What the answer's data holds, at least. */
  readonly answer: (subject: Subject) => object
}

const access = (accountId: string, ...rights: string[]) => ({ accountId, rights, until: null })
const holdsOffer = expect.objectContaining({ code: 'option-1' })

/** By file. An operation without a recipe fails the test: say who sends it and what comes back. */
const RECIPES: Readonly<Record<string, OperationRecipe>> = {
  'account.graphql': {
    as: 'organization: owner',
    answer: () => ({
      viewer: {
        id: ORGANIZATION_ID,
        kind: 'ORGANIZATION',
        language: 'RU',
        members: [{ id: STRANGER_ID, displayName: 'Account 3', role: 'USER' }],
      },
    }),
  },
  'account-by-id.graphql': {
    as: 'staff: consultant',
    variables: () => ({ id: STRANGER_ID }),
    answer: () => ({ account: { id: STRANGER_ID, members: [], lines: { nodes: [{ msisdn: SUBSCRIBER_PHONE }] } } }),
  },
  'catalogue.graphql': {
    as: 'anonymous',
    answer: () => ({
      tariffs: [
        { code: 'base', monthlyFee: { amount: '300.00', currencyCode: 'RUB' }, allowances: [{ unit: 'MEGABYTE' }] },
      ],
      options: [{ code: 'option-1', period: 'MONTH' }, { code: 'option-2' }, { code: 'option-3' }],
    }),
  },
  'grant-line-access.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { lineId, phone: SUBSCRIBER_PHONE, rights: ['VIEW', 'PAY'] } }),
    answer: ({ lineId }) => ({
      grantLineAccess: {
        __typename: 'GrantLineAccessSuccess',
        line: { id: lineId, accessList: expect.arrayContaining([access(STRANGER_ID, 'VIEW', 'PAY')]) },
      },
    }),
  },
  'home.graphql': {
    as: 'linked, VIEW',
    answer: ({ lineId }) => ({
      viewer: {
        lines: {
          nodes: expect.arrayContaining([
            expect.objectContaining({
              id: lineId,
              alias: 'Home',
              balance: expect.objectContaining({ available: { amount: '150.00', currencyCode: 'RUB' } }),
              bonuses: expect.objectContaining({ points: 70 }),
              tariff: expect.objectContaining({ name: 'Base' }),
              activeOptions: [expect.objectContaining({ name: 'Option 1' })],
            }),
          ]),
        },
      },
    }),
  },
  'line.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ id: lineId }),
    answer: ({ lineId, phone }) => ({
      line: {
        id: lineId,
        msisdn: phone,
        rights: ['VIEW', 'PAY', 'MANAGE', 'OWN'],
        balance: { available: { amount: '150.00' } },
        bonuses: { points: 70 },
        tariff: { code: 'base', isArchived: false },
        activeOptions: [holdsOffer],
      },
    }),
  },
  'line-by-phone.graphql': {
    as: 'staff: supervisor',
    variables: ({ phone }) => ({ phone }),
    answer: ({ lineId }) => ({
      lineByPhone: { id: lineId, balance: { available: { amount: '150.00' } }, tariff: { name: 'Base' } },
    }),
  },
  // Passing a captcha and reading a password take more than one operation: subgraphs/accounts tests what follows.
  'one-time-password-delivery.graphql': {
    as: 'anonymous',
    variables: ({ lineId }) => ({ id: lineId }),
    answer: () => ({ oneTimePasswordDelivery: null }),
  },
  'request-captcha.graphql': {
    as: 'anonymous',
    answer: () => ({
      requestCaptcha: { captcha: { image: expect.stringMatching(/^data:image\/svg\+xml;base64,/) } },
    }),
  },
  'request-one-time-password.graphql': {
    as: 'anonymous',
    variables: ({ phone }) => ({ input: { phone, captchaId: 'none', captchaAnswer: 'none' } }),
    answer: () => ({ requestOneTimePassword: { __typename: 'CaptchaFailedError', path: ['captchaAnswer'] } }),
  },
  'request-proof-of-work.graphql': {
    as: 'anonymous',
    answer: () => ({
      requestProofOfWork: {
        proofOfWork: { challenge: { parameters: { algorithm: 'PBKDF2/SHA-256', keyPrefix: '00' } } },
      },
    }),
  },
  'resend-one-time-password.graphql': {
    as: 'anonymous',
    variables: ({ lineId }) => ({ input: { deliveryId: lineId } }),
    answer: () => ({ resendOneTimePassword: { __typename: 'OneTimePasswordDeliveryNotFoundError' } }),
  },
  'revoke-line-access.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { lineId, accountId: viewerNamed('linked, VIEW').accountId } }),
    answer: ({ lineId }) => ({
      revokeLineAccess: {
        __typename: 'RevokeLineAccessSuccess',
        line: {
          id: lineId,
          accessList: expect.not.arrayContaining([access(viewerNamed('linked, VIEW').accountId ?? '', 'VIEW')]),
        },
      },
    }),
  },
  'sign-in-with-one-time-password.graphql': {
    as: 'anonymous',
    variables: ({ phone }) => ({ input: { phone, code: '000000' } }),
    answer: () => ({ signInWithOneTimePassword: { __typename: 'InvalidOneTimePasswordError', path: ['code'] } }),
  },
  'unlink-number.graphql': {
    as: 'linked, MANAGE',
    variables: ({ lineId }) => ({ input: { lineId } }),
    answer: ({ lineId }) => ({ unlinkNumber: { __typename: 'UnlinkNumberSuccess', lineId } }),
  },
}

function viewerNamed(name: string): ViewerKind {
  const viewer = VIEWER_KINDS.find((kind) => kind.name === name)
  if (!viewer) throw new Error(`there is no viewer "${name}"`)
  return viewer
}

const operations = readOperations()
const schema = apiSchema()

describe('what front ends send', () => {
  let cabinet: TestCabinet
  let subjectFor: (viewer: ViewerKind) => Promise<Subject>

  beforeAll(async () => {
    cabinet = await openTestCabinet()
    ;({ freshSubjectFor: subjectFor } = await createWorld(cabinet.database))
  })

  afterAll(() => cabinet.close())

  it('has a recipe for each file, and a file for each recipe', () => {
    expect(Object.keys(RECIPES).sort()).toEqual(Object.keys(operations).sort())
  })

  it.each(Object.keys(operations))('fits the schema: %s', (file) => {
    expect(validate(schema, parse(operations[file] ?? ''))).toEqual([])
  })

  it.each(Object.entries(RECIPES))('is answered through the gateway: %s', async (file, recipe) => {
    const viewer = viewerNamed(recipe.as)
    const subject = await subjectFor(viewer)
    const { status, data, errors } = await cabinet.ask(
      { query: operations[file] ?? '', variables: { ...recipe.variables?.(subject) } },
      await viewer.token(cabinet),
    )
    expect({ status, errors }).toEqual({ status: 200, errors: undefined })
    expect(data).toMatchObject(recipe.answer(subject))
  })
})

// The contract that the operations were agreed in lies beside the project, for those who build it.
const CONTRACT_URL = new URL('../../shared/design/operations.graphql', import.meta.url)
const contract = existsSync(CONTRACT_URL) ? parse(readFileSync(CONTRACT_URL, 'utf8')) : null

describe('the contract with front ends', () => {
  const NO_CONTRACT = 'the contract, ../shared/design/operations.graphql, is not here to compare with'

  it('is served word for word, as far as the schema goes', ({ skip }) => {
    if (contract === null) return skip(NO_CONTRACT)
    const sent = new Map(Object.values(operations).map((text) => [nameOf(parse(text)), print(parse(text))]))
    const served = agreedOperations(contract).filter(isServed)
    expect(served.map(nameOf)).toEqual(expect.arrayContaining(['Home', 'Catalogue', 'UnlinkNumber']))
    for (const document of served) expect(sent.get(nameOf(document)), nameOf(document)).toBe(print(document))
  })

  it('has no operation of the same name and another text', ({ skip }) => {
    if (contract === null) return skip(NO_CONTRACT)
    const agreed = new Map(agreedOperations(contract).map((document) => [nameOf(document), print(document)]))
    for (const text of Object.values(operations)) {
      const document = parse(text)
      expect(agreed.get(nameOf(document)) ?? print(document)).toBe(print(document))
    }
  })
})

/** Validation has nothing to say of an operation whose root type is not there. */
function isServed(document: DocumentNode): boolean {
  const [operation] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION || !schema.getRootType(operation.operation)) return false
  return validate(schema, document).length === 0
}

/** Each operation of the contract as a document of its own, with the fragments that it spreads. */
function agreedOperations({ definitions }: DocumentNode): DocumentNode[] {
  const fragments = definitions.filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
  return definitions
    .filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const spread = new Set<string>()
      visit(operation, { FragmentSpread: ({ name }) => void spread.add(name.value) })
      const used = fragments.filter(({ name }) => spread.has(name.value))
      return { kind: Kind.DOCUMENT, definitions: [operation, ...used] }
    })
}

function nameOf({ definitions }: DocumentNode): string {
  const [operation] = definitions
  return operation?.kind === Kind.OPERATION_DEFINITION ? (operation.name?.value ?? '') : ''
}
