import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECT_DIRECTORY } from '../project.ts'
import type { TestCabinet } from './test-cabinet.ts'

/** Mutations whose success is nothing of an account's, each with the reason. */
const WITHOUT_ACT: Readonly<Record<string, string>> = {
  askConsultant: 'The conversation is the account’s own, and holds what was said and when.',
  markNoticesRead: 'Reading one’s own notices changes nothing that anybody would ask about.',
  quoteTransfer: 'Nothing moves before it is confirmed.',
  rateConversation: 'The conversation holds the rating and when it was given.',
  refreshSession: 'The session holds when it was used last; a token that was stolen is an act.',
  requestCaptcha: 'Whoever asks is nobody yet.',
  requestConsultant: 'The conversation holds that and when it went to staff.',
  requestOneTimePassword: 'Whoever asks is nobody yet; the number keeps when messages went to it.',
  requestProofOfWork: 'Whoever asks is nobody yet.',
  resendOneTimePassword: 'Whoever asks is nobody yet; the number keeps when messages went to it.',
  signInAsStaff: 'It is about no customer’s account: the trail of staff has it.',
  startIdentityAttachment: 'Nothing is attached before the person comes back from the provider.',
  startSocialSignIn: 'Whoever begins is nobody yet.',
  startStaffSignIn: 'Whoever begins is nobody yet.',
  quotePurchase: 'Nothing moves before it is confirmed.',
  publishNews: 'It is about nobody’s account, and the news itself says who published it and when.',
  withdrawNews: 'It is about nobody’s account, and the news itself says who withdrew it and when.',
}

/** Mutations that take more than a recipe of an operation to succeed: the test that does it, and looks for the act. */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  answerConversation: 'subgraphs/accounts/consultant.test.ts',
  attachIdentity: 'subgraphs/accounts/social-sign-in.test.ts',
  changePassword: 'cli/passwords.test.ts',
  closeAccount: 'subgraphs/accounts/closing.test.ts',
  confirmPurchase: 'subgraphs/payments/purchases.test.ts',
  detachIdentity: 'subgraphs/accounts/social-sign-in.test.ts',
  downloadDataExport: 'subgraphs/accounts/data-export.test.ts',
  resetPassword: 'cli/passwords.test.ts',
  returnConversation: 'subgraphs/accounts/consultant.test.ts',
  revokeOtherSessions: 'cli/sessions.test.ts',
  revokeSession: 'cli/sessions.test.ts',
  setPassword: 'cli/passwords.test.ts',
  signInFromNetwork: 'cli/network-sign-in.test.ts',
  signInWithOneTimePassword: 'subgraphs/accounts/actions/one-time-passwords/sign-in.test.ts',
  signInWithPassword: 'cli/passwords.test.ts',
  signInWithSocial: 'subgraphs/accounts/social-sign-in.test.ts',
  signOut: 'cli/sessions.test.ts',
  refundPayment: 'cli/card-refund.test.ts',
  removeCard: 'cli/card-top-up.test.ts',
  topUp: 'cli/card-top-up.test.ts',
  acceptInvitation: 'subgraphs/accounts/organizations.test.ts',
  actForOrganization: 'subgraphs/accounts/organizations.test.ts',
  declineInvitation: 'subgraphs/accounts/organizations.test.ts',
  revokeInvitation: 'subgraphs/accounts/organizations.test.ts',
  setAutoPayment: 'subgraphs/payments/auto-payments.test.ts',
  disableAutoPayment: 'subgraphs/payments/auto-payments.test.ts',
}

/** The mutations of an answer that succeeded, each with the type of its result. */
export function succeededMutations(data: object): [string, string][] {
  return Object.entries(data).flatMap(([name, result]): [string, string][] => {
    const typename = (result as { __typename?: string } | null)?.__typename ?? ''
    return typename.endsWith('Success') ? [[name, typename]] : []
  })
}

/** What is wrong, in sentences: mutations that succeeded and of which no account's trail tells. */
export async function mutationsWithoutAct(
  cabinet: TestCabinet,
  mutations: readonly string[],
  succeeded: ReadonlyMap<string, { readonly requestId: string }>,
): Promise<string[]> {
  const problems: string[] = []
  for (const mutation of mutations.filter((name) => !(name in WITHOUT_ACT))) {
    const success = succeeded.get(mutation)
    const isShown = success ? await hasAct(cabinet, success.requestId) : isShownElsewhere(mutation)
    if (isShown) continue
    problems.push(
      success
        ? `${mutation} succeeds and writes no act`
        : `${mutation} is brought to a success by no recipe here: see cli/testing/mutation-acts.ts`,
    )
  }
  return problems
}

const PATIENCE_MS = 2_000

/** An act of another subgraph comes as an event, a moment later. */
export async function hasAct({ database }: TestCabinet, requestId: string): Promise<boolean> {
  for (const endsAt = performance.now() + PATIENCE_MS; ; await sleep(20)) {
    const rows = await database.sql('select from accounts.act where request_id = $1 limit 1', [requestId])
    if (rows.length > 0 || performance.now() > endsAt) return rows.length > 0
  }
}

function isShownElsewhere(mutation: string): boolean {
  const file = SHOWN_ELSEWHERE[mutation]
  return file !== undefined && existsSync(path.join(PROJECT_DIRECTORY, file))
}
