import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { unseal } from '../../platform/identity/seal.ts'
import type { Secrets } from '../../platform/identity/secrets.ts'
import type { AccountsPolicies } from '../../subgraphs/accounts/store/policies.ts'
import { type Answer, TEST_SECRETS, type TestCabinet } from './test-cabinet.ts'
import type { TestDatabase } from './test-database.ts'

type Headers = Readonly<Record<string, string>>

/** Whatever takes operations: the product in this process, or in many. */
type Asker = Pick<TestCabinet, 'ask'>

/** Sets a policy; a process knows of it within a second of its clock. */
export async function setPolicy<Name extends keyof AccountsPolicies>(
  database: TestDatabase,
  name: Name,
  value: AccountsPolicies[Name],
): Promise<void> {
  await database.sql(
    `insert into accounts.policy (name, version, value, valid_from)
     select $1, max(version) + 1, $2::jsonb, '2000-01-01' from accounts.policy where name = $1`,
    [name, JSON.stringify(value)],
  )
}

const PROOF_OF_WORK = `mutation { requestProofOfWork { ... on RequestProofOfWorkSuccess { proofOfWork {
  id challenge { parameters { algorithm nonce salt cost keyLength keyPrefix } signature } } } } }`

/** What passes for a captcha without eyes. Set the policy `captcha.proofOfWorkCost` to 1 where many are needed. */
export async function solveProofOfWork(
  cabinet: Asker,
  headers: Headers = {},
): Promise<{ captchaId: string; captchaAnswer: string }> {
  const { proofOfWork } = (await cabinet.ask({ query: PROOF_OF_WORK, headers })).data.requestProofOfWork
  const { challenge } = proofOfWork
  const solution = await solveChallenge({ challenge, deriveKey })
  const captchaAnswer = Buffer.from(JSON.stringify({ challenge, solution })).toString('base64')
  return { captchaId: proofOfWork.id, captchaAnswer }
}

const REQUEST = `mutation ($input: RequestOneTimePasswordInput!) { result: requestOneTimePassword(input: $input) {
  __typename
  ... on RequestOneTimePasswordSuccess { delivery { id status resendAt expiresAt } }
  ... on TooManyRequestsError { retryAt }
  ... on UserError { message path } } }`

/** Passes a captcha and asks for a password. */
export async function requestPassword(cabinet: Asker, phone: string, headers: Headers = {}): Promise<Answer> {
  const input = { phone, ...(await solveProofOfWork(cabinet, headers)) }
  return cabinet.ask({ query: REQUEST, variables: { input }, headers })
}

const SIGN_IN = `mutation ($input: SignInWithOneTimePasswordInput!) { result: signInWithOneTimePassword(input: $input) {
  __typename
  ... on SignInSuccess { session { accessToken } viewer { id displayName } }
  ... on TooManyAttemptsError { retryAt }
  ... on UserError { message path } } }`

export function signInWithPassword(
  cabinet: Asker,
  input: { readonly phone: string; readonly code: string; readonly deviceName?: string },
  headers: Headers = {},
): Promise<Answer> {
  return cabinet.ask({ query: SIGN_IN, variables: { input }, headers })
}

/** What is sent here, for a cabinet that runs only what is registered. */
export const PASSWORD_OPERATIONS: readonly string[] = [PROOF_OF_WORK, REQUEST, SIGN_IN]

/** The texts that were left for the sender, newest first. */
export async function sentTexts(
  database: TestDatabase,
  phone: string,
  secrets: Secrets = TEST_SECRETS,
): Promise<string[]> {
  const rows = await database.sql<{ body: string }>(
    'select body from accounts.message where phone = $1 order by id desc',
    [phone],
  )
  return rows.map(({ body }) => unseal(body, 'message', secrets) ?? 'a message that cannot be read')
}

/** The code of the newest message to the number. Throws when none was sent. */
export async function sentCode(database: TestDatabase, phone: string, secrets?: Secrets): Promise<string> {
  const [text = ''] = await sentTexts(database, phone, secrets)
  const [code] = /\b\d{6}\b/.exec(text) ?? []
  if (code === undefined) throw new Error(`no code was sent: "${text}"`)
  return code
}

/** Asks for a password and signs in with it, as a subscriber does. */
export async function signInByPhone(cabinet: TestCabinet, phone: string, headers: Headers = {}): Promise<Answer> {
  await requestPassword(cabinet, phone, headers)
  return signInWithPassword(cabinet, { phone, code: await sentCode(cabinet.database, phone) }, headers)
}

/** A code that is not this one. */
export function wrongCode(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0')
}
