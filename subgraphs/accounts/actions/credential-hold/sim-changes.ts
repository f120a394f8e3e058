import { LRUCache } from 'lru-cache'
import { invariant } from '../../../../platform/invariant.ts'
import { type E164, parseE164 } from '../../../../platform/phone.ts'
import { type SimSwap, SimSwapUnavailableError } from '../../../../platform/sim-swap/sim-swap.ts'
import type { AskSubgraph } from '../../../../platform/subgraph/ask.ts'

/** A SIM that was put in the place of another. */
export interface SimChange {
  /** The line whose SIM it was; the account's own id for a contact that is no line of the account. */
  readonly lineId: string
  readonly changedAt: Date
}

/** Finds the latest change of the SIM behind each number by which an account can be entered. */
export interface SimChanges {
  of(accountId: string, contact: E164 | null, now: Date): Promise<readonly SimChange[]>
}

export interface SimChangesDependencies {
  readonly simSwap: SimSwap
  readonly ask: Readonly<Record<'linked-numbers', AskSubgraph>>
}

/** Several changes in a row ask the network once. So short that a thief who waits for it gains nothing. */
const REUSE_MS = 10_000
const ACCOUNTS_MAX = 10_000
const QUESTIONS_AT_ONCE = 10
const PAGE_SIZE = 100

export function createSimChanges({ simSwap, ask }: SimChangesDependencies): SimChanges {
  const known = new LRUCache<string, { readonly changes: readonly SimChange[]; readonly at: number }>({
    max: ACCOUNTS_MAX,
  })
  return {
    async of(accountId, contact, now) {
      const key = `${accountId} ${contact}`
      const found = known.get(key)
      const age = now.getTime() - (found?.at ?? Number.NEGATIVE_INFINITY)
      if (found && age >= 0 && age < REUSE_MS) return found.changes
      const numbers = await numbersOf(ask['linked-numbers'], accountId, contact)
      const changes = await changesOf(simSwap, numbers)
      known.set(key, { changes, at: now.getTime() })
      return changes
    },
  }
}

interface AskedNumber {
  readonly lineId: string
  readonly phone: E164
  /** `YYYY-MM-DD`; null for a number of which we do not know. */
  readonly activatedOn: string | null
}

/** Every line of the account and its contact: a one-time password to any of them lets in. */
async function numbersOf(ask: AskSubgraph, accountId: string, contact: E164 | null): Promise<AskedNumber[]> {
  const numbers: AskedNumber[] = []
  for (let after: string | null = null; ; ) {
    const page: OwnedLine[] = await ownedLines(ask, accountId, after).catch((error: unknown) => {
      throw new SimSwapUnavailableError('it is not known which numbers to ask about', { cause: error })
    })
    for (const { id, msisdn, activatedOn } of page) {
      const phone = msisdn === null ? null : parseE164(msisdn)
      if (phone !== null) numbers.push({ lineId: id, phone, activatedOn })
    }
    after = page.at(-1)?.id ?? null
    if (page.length < PAGE_SIZE) break
  }
  if (contact !== null && !numbers.some(({ phone }) => phone === contact)) {
    numbers.push({ lineId: accountId, phone: contact, activatedOn: null })
  }
  return numbers
}

/** A line of an account, as linked numbers tell it. */
export interface OwnedLine {
  readonly id: string
  /** Null when the number is another line's by now. */
  readonly msisdn: string | null
  readonly activatedOn: string
}

const OWNED_LINES = `query OwnedLines($accountId: ID!, $after: ID) {
  ownedLines(accountId: $accountId, first: ${PAGE_SIZE}, after: $after) { id msisdn activatedOn }
}`

/** A page of the lines that an account owns, a hundred at most, in the order of their ids. */
export async function ownedLines(ask: AskSubgraph, accountId: string, after: string | null): Promise<OwnedLine[]> {
  const { ownedLines: page } = await ask({ query: OWNED_LINES, variables: { accountId, after } })
  invariant(Array.isArray(page), 'linked numbers answer with a list of lines')
  return page as OwnedLine[]
}

async function changesOf(simSwap: SimSwap, numbers: readonly AskedNumber[]): Promise<SimChange[]> {
  const changes: SimChange[] = []
  for (let start = 0; start < numbers.length; start += QUESTIONS_AT_ONCE) {
    const asked = numbers.slice(start, start + QUESTIONS_AT_ONCE)
    const dates = await Promise.all(asked.map(({ phone }) => simSwap.retrieveDate(phone)))
    for (const [index, { lineId, activatedOn }] of asked.entries()) {
      const changedAt = dates[index]
      if (changedAt && !isFirstSim(changedAt, activatedOn)) changes.push({ lineId, changedAt })
    }
  }
  return changes
}

/** The network calls the first SIM of a line a change too: nobody could have lost the number to it. */
function isFirstSim(changedAt: Date, activatedOn: string | null): boolean {
  return activatedOn !== null && changedAt.toISOString().slice(0, 10) <= activatedOn
}
