import { createRandom } from '../../../../../cli/demo/random.ts'
import { type GuessedPassword, type judgeGuess, type judgeSend, type NumberUse, nextSendAt } from '../rules.ts'

// A model of people who guess, over the rules alone: what a number's row holds is held here, and time is a number.

const DAY_MS = 86_400_000

export const LIMITS = {
  overlapSeconds: 600,
  triesPerCode: 5,
  wrongTriesPerDay: 20,
  resendPauseSeconds: 30,
  resendPauseMaxSeconds: 900,
  sendsPerDay: 10,
  ttlSeconds: 172_800,
}

/** The rules under attack: the real ones, or some with a fault planted in them. */
export interface Rules {
  readonly judgeGuess: typeof judgeGuess
  readonly judgeSend: typeof judgeSend
}

/** From 0 up to, not including, the limit; the same numbers for the same seed. */
export type Chance = (limit: number) => number

export function seededChance(seed: number): Chance {
  const { between } = createRandom(seed)
  return (limit) => between(0, limit - 1)
}

interface Password {
  readonly id: string
  readonly code: number
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly wrongTries: number
  readonly isUsed: boolean
}

/** What came of an attack, counted by the attacked number itself and not by the rules. */
export interface AttackReport {
  guesses: number
  /** Guesses that were compared with a password or counted against the number. */
  judged: number
  hits: number
  sends: number
  /** The most wrong guesses that any one password was compared with. */
  triesOfAPasswordMax: number
  /** The most wrong guesses that the number took in any 24 hours. */
  triesOfADayMax: number
}

/** Attacks one number with so many guesses, as fast as the rules let and with whatever pauses chance brings. */
export function attackNumber(rules: Rules, guesses: number, chance: Chance): AttackReport {
  const report = { guesses: 0, judged: 0, hits: 0, sends: 0, triesOfAPasswordMax: 0, triesOfADayMax: 0 }
  let use: NumberUse = { wrongAt: [], sentAt: [] }
  let passwords: Password[] = []
  const comparedWith = new Map<string, number>()
  const judgedAt: number[] = []
  let firstOfDay = 0
  let nowMs = Date.UTC(2026, 0, 1)

  function send(): void {
    const now = new Date(nowMs)
    const verdict = rules.judgeSend(use, now, LIMITS)
    if (verdict.kind !== 'allowed') return
    use = { ...use, sentAt: verdict.sentAt }
    const expiresAt = new Date(nowMs + LIMITS.ttlSeconds * 1_000)
    const id = String(report.sends++)
    passwords = [
      { id, code: chance(1_000_000), createdAt: now, expiresAt, wrongTries: 0, isUsed: false },
      ...passwords.slice(0, 1),
    ]
  }

  function guess(): void {
    report.guesses++
    const code = chance(1_000_000)
    const shown: GuessedPassword[] = passwords.map((password) => ({ ...password, isMatch: password.code === code }))
    const verdict = rules.judgeGuess(use, shown, new Date(nowMs), LIMITS)
    if (verdict.kind === 'tooMany') return
    report.judged++
    if (verdict.kind === 'right') {
      report.hits++
      passwords = passwords.map((password) => (password.id === verdict.id ? { ...password, isUsed: true } : password))
      return
    }
    use = { ...use, wrongAt: verdict.wrongAt }
    passwords = passwords.map((password) => ({
      ...password,
      wrongTries: password.wrongTries + (verdict.triedIds.includes(password.id) ? 1 : 0),
    }))
    countWrong(verdict.triedIds)
  }

  function countWrong(triedIds: readonly string[]): void {
    for (const id of triedIds) {
      const tries = (comparedWith.get(id) ?? 0) + 1
      comparedWith.set(id, tries)
      report.triesOfAPasswordMax = Math.max(report.triesOfAPasswordMax, tries)
    }
    judgedAt.push(nowMs)
    while (nowMs - (judgedAt[firstOfDay] ?? nowMs) >= DAY_MS) firstOfDay++
    report.triesOfADayMax = Math.max(report.triesOfADayMax, judgedAt.length - firstOfDay)
  }

  while (report.guesses < guesses) {
    send()
    // A burst: so many at the same moment, as aliases of one operation or from as many addresses.
    for (let burst = 1 + chance(40); burst > 0 && report.guesses < guesses; burst--) guess()
    nowMs = nextMoment(nowMs, use, chance)
  }
  return report
}

/** Soon, when the next message may go, just before or just after something runs out, or after a night. */
function nextMoment(nowMs: number, use: NumberUse, chance: Chance): number {
  switch (chance(6)) {
    case 0:
      return nowMs
    case 1:
      return Math.max(nowMs, nextSendAt(use.sentAt, new Date(nowMs), LIMITS)?.getTime() ?? nowMs)
    case 2:
      return Math.max(nowMs, (use.wrongAt[0]?.getTime() ?? nowMs) + DAY_MS - 1 + chance(3))
    case 3:
      return nowMs + LIMITS.overlapSeconds * 1_000 - 1 + chance(3)
    case 4:
      return nowMs + chance(12) * 3_600_000
    default:
      return nowMs + chance(60_000)
  }
}
