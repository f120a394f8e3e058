import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import type { OneProcess } from '../../cli/one-process.ts'

type Variables = Readonly<Record<string, unknown>>

const REQUEST = `mutation ($input: RequestOneTimePasswordInput!) { result: requestOneTimePassword(input: $input) {
  ... on RequestOneTimePasswordSuccess { delivery { id status resendAt expiresAt } } } }`
const RESEND = `mutation ($input: ResendOneTimePasswordInput!) { result: resendOneTimePassword(input: $input) {
  ... on ResendOneTimePasswordSuccess { delivery { id status resendAt expiresAt } } } }`
const STATUS = 'query ($id: ID!) { result: oneTimePasswordDelivery(id: $id) { id status resendAt expiresAt } }'
const GUESS = `mutation ($input: SignInWithOneTimePasswordInput!) {
  result: signInWithOneTimePassword(input: $input) { ... on InvalidOneTimePasswordError { path } } }`
const GUESS_PASSWORD = `mutation ($input: SignInWithPasswordInput!) {
  result: signInWithPassword(input: $input) { ... on WrongPasswordError { path } } }`
const PROOF_OF_WORK = `mutation { result: requestProofOfWork { ... on RequestProofOfWorkSuccess { proofOfWork { id
  challenge { parameters { algorithm nonce salt cost keyLength keyPrefix } signature } } } } }`
/** Belongs to nobody: the same little question to the same tables, whatever else goes on. */
const NO_DELIVERY = '00000000-0000-7000-8000-000000000000'

export type Captcha = Readonly<Record<'captchaId' | 'captchaAnswer', string>>

/** What somebody asks who wants to know whose a number is. */
export interface Questions {
  solveProofOfWork(): Promise<Captcha>
  /** Gives the delivery's id. */
  request(phone: string, captcha: Captcha): Promise<string>
  resend(deliveryId: string): Promise<void>
  status(deliveryId: string): Promise<void>
  guess(phone: string): Promise<void>
  guessPassword(phone: string): Promise<void>
  /** About no number at all. */
  nothing(): Promise<void>
}

export function createQuestions({ gateway }: OneProcess): Questions {
  /** Throws when the answer is not the one that is measured. */
  async function ask<Result extends object>(query: string, variables: Variables): Promise<Result> {
    const response = await gateway.http.inject({ method: 'POST', url: '/graphql', payload: { query, variables } })
    const { data, errors } = response.json<{ data: { result: Result }; errors?: unknown }>()
    if (errors || response.statusCode !== 200 || Object.keys(data.result).length === 0) throw new Error(response.body)
    return data.result
  }
  return {
    async solveProofOfWork() {
      const { proofOfWork } = await ask<{ proofOfWork: ProofOfWork }>(PROOF_OF_WORK, {})
      const { id: captchaId, challenge } = proofOfWork
      const solution = await solveChallenge({ challenge, deriveKey })
      return { captchaId, captchaAnswer: Buffer.from(JSON.stringify({ challenge, solution })).toString('base64') }
    },
    async request(phone, captcha) {
      return (await ask<{ delivery: { id: string } }>(REQUEST, { input: { phone, ...captcha } })).delivery.id
    },
    async resend(deliveryId) {
      await ask(RESEND, { input: { deliveryId } })
    },
    async status(id) {
      await ask(STATUS, { id })
    },
    async guess(phone) {
      await ask(GUESS, { input: { phone, code: '000000' } })
    },
    async guessPassword(phone) {
      await ask(GUESS_PASSWORD, { input: { phone, password: 'nobody has this password' } })
    },
    async nothing() {
      const payload = { query: STATUS, variables: { id: NO_DELIVERY } }
      await gateway.http.inject({ method: 'POST', url: '/graphql', payload })
    },
  }
}

interface ProofOfWork {
  readonly id: string
  readonly challenge: Parameters<typeof solveChallenge>[0]['challenge']
}
