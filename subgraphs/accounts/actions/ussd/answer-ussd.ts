import type { Clock } from '../../../../platform/clock.ts'
import type { Logger } from '../../../../platform/logger.ts'
import type { AskSubgraph } from '../../../../platform/subgraph/ask.ts'
import type { UssdReply, UssdRequest } from '../../../../platform/ussd/route.ts'
import { putMenu, takeMenu, takeNonce } from '../../store/ussd.ts'
import { findSubscriber } from '../find-cabinet.ts'
import { type IssueDependencies, issueOneTimePassword } from '../one-time-passwords/issue.ts'
import { USSD_TEXTS, type UssdTexts } from './texts.ts'

export interface UssdDependencies extends IssueDependencies {
  readonly logger: Logger
  readonly ask: Readonly<Record<'linked-numbers' | 'payments', AskSubgraph>>
}

/** What a telephone can ask for. */
type Wish = 'balance' | 'password' | 'numberManagement'

const CODES: Readonly<Record<string, Wish>> = {
  '*100#': 'balance',
  '*111*25#': 'password',
  '*111*828*1#': 'numberManagement',
}
const CHOICES: Readonly<Record<string, Wish>> = { '1': 'balance', '2': 'password', '3': 'numberManagement' }
const EXIT = '0'

/** A network ends a session that says nothing sooner than this. */
const SESSION_MS = 5 * 60_000
/** Longer than a request is believed, on both sides of our clock. */
const NONCE_MS = 10 * 60_000
const MINUTE_MS = 60_000

/** Answers a telephone. Whose it is the network has said; all it gets is about its own number. */
export async function answerUssd(
  dependencies: UssdDependencies,
  request: UssdRequest,
  requestId: string,
): Promise<UssdReply> {
  const texts = USSD_TEXTS[request.language]
  try {
    return await converse(dependencies, request, texts)
  } catch (error) {
    dependencies.logger.warn({ err: error, requestId }, 'a telephone could not be answered over USSD')
    return { text: texts.away, action: 'END' }
  }
}

async function converse(dependencies: UssdDependencies, request: UssdRequest, texts: UssdTexts): Promise<UssdReply> {
  const { db, clock } = dependencies
  const session = { phone: request.msisdn, id: request.sessionId }
  const now = clock.now()
  const since = new Date(now.getTime() - SESSION_MS)
  const typed = request.text.trim()
  if (request.phase === 'END') {
    await takeMenu(db, session, since)
    return { text: texts.bye, action: 'END' }
  }
  const wasShown = request.phase === 'CONTINUE' && (await takeMenu(db, session, since))
  if (wasShown && typed === EXIT) return { text: texts.bye, action: 'END' }
  const wish = wasShown ? CHOICES[typed] : CODES[typed]
  if (wish) return { text: await grant(dependencies, wish, request, texts), action: 'END' }
  await putMenu(db, session, { now, keepSince: since })
  return { text: texts.menu, action: 'CONTINUE' }
}

async function grant(
  dependencies: UssdDependencies,
  wish: Wish,
  { msisdn }: UssdRequest,
  texts: UssdTexts,
): Promise<string> {
  const subscriber = await findSubscriber(dependencies, msisdn)
  if (subscriber === null) return texts.notOurs
  switch (wish) {
    case 'balance':
      return tellBalance(dependencies, subscriber.lineId, texts)
    case 'password':
      return givePassword(dependencies, msisdn, texts)
    case 'numberManagement':
      return enableManagement(dependencies, msisdn, texts)
  }
}

const BALANCE = 'query ($lineId: ID!) { lineBalance(lineId: $lineId) { available { amount currencyCode } } }'

async function tellBalance({ ask }: UssdDependencies, lineId: string, texts: UssdTexts): Promise<string> {
  const { lineBalance } = await ask.payments({ query: BALANCE, variables: { lineId } })
  const balance = lineBalance as {
    readonly available: { readonly amount: string; readonly currencyCode: string }
  } | null
  return balance === null ? texts.away : texts.balance(balance.available.amount, balance.available.currencyCode)
}

async function givePassword(
  dependencies: UssdDependencies,
  phone: UssdRequest['msisdn'],
  texts: UssdTexts,
): Promise<string> {
  const issued = await issueOneTimePassword(dependencies, phone)
  if (issued.kind === 'issued') return texts.password(issued.code)
  const waitMs = issued.retryAt.getTime() - dependencies.clock.now().getTime()
  return texts.tooManyPasswords(Math.max(1, Math.ceil(waitMs / MINUTE_MS)))
}

const ENABLE = `mutation ($input: EnableNumberManagementByPhoneInput!) {
  enableNumberManagementByPhone(input: $input) { __typename }
}`

async function enableManagement({ ask }: UssdDependencies, phone: string, texts: UssdTexts): Promise<string> {
  const { enableNumberManagementByPhone } = await ask['linked-numbers']({
    query: ENABLE,
    variables: { input: { phone } },
  })
  const { __typename } = enableNumberManagementByPhone as { readonly __typename: string }
  return __typename === 'EnableNumberManagementByPhoneSuccess' ? texts.managementEnabled : texts.notOurs
}

/** Takes a request's nonce for as long as the request could be believed; false when it was taken before. */
export function takeUssdNonce(
  { db, clock }: { readonly db: UssdDependencies['db']; readonly clock: Clock },
  nonce: string,
): Promise<boolean> {
  const now = clock.now()
  return takeNonce(db, nonce, { now, keepSince: new Date(now.getTime() - NONCE_MS) })
}
