import { invariant } from '../../../../platform/invariant.ts'

// The rules alone: no clock, no database, no chance. Whoever holds the row of a number applies what they say.

const DAY_MS = 86_400_000

/** What was tried and sent of one number lately, oldest first. */
export interface NumberUse {
  readonly wrongAt: readonly Date[]
  readonly sentAt: readonly Date[]
}

/** One of a number's passwords, as far as a guess at it goes. */
export interface GuessedPassword {
  readonly id: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly wrongTries: number
  readonly isUsed: boolean
  /** Whether the guess is this password. */
  readonly isMatch: boolean
}

export interface GuessLimits {
  readonly overlapSeconds: number
  readonly triesPerCode: number
  readonly wrongTriesPerDay: number
}

export type GuessVerdict =
  | { readonly kind: 'right'; readonly id: string }
  /** What was tried in vain, and the wrong tries of the number from now on. */
  | { readonly kind: 'wrong'; readonly triedIds: readonly string[]; readonly wrongAt: readonly Date[] }
  | { readonly kind: 'tooMany'; readonly retryAt: Date }

/** Judges one guess at the number's passwords, which come newest first. */
export function judgeGuess(
  use: NumberUse,
  passwords: readonly GuessedPassword[],
  now: Date,
  limits: GuessLimits,
): GuessVerdict {
  const retryAt = roomAt(use.wrongAt, limits.wrongTriesPerDay)
  if (retryAt !== null && retryAt > now) return { kind: 'tooMany', retryAt }
  const tried = passwords.slice(0, 2).filter((password, place) => isAlive(password, now, limits) && !isLate(place))
  const match = tried.find(({ isMatch }) => isMatch)
  if (match) return { kind: 'right', id: match.id }
  const wrongAt = [...since(use.wrongAt, now), now].slice(-limits.wrongTriesPerDay)
  return { kind: 'wrong', triedIds: tried.map(({ id }) => id), wrongAt }

  /** The password before the newest, when its time beside the newest is over. */
  function isLate(place: number): boolean {
    const [newest] = passwords
    return place === 1 && newest !== undefined && now.getTime() >= later(newest.createdAt, limits.overlapSeconds)
  }
}

function isAlive(
  { isUsed, expiresAt, wrongTries }: GuessedPassword,
  now: Date,
  { triesPerCode }: GuessLimits,
): boolean {
  return !isUsed && expiresAt > now && wrongTries < triesPerCode
}

export interface SendLimits {
  readonly resendPauseSeconds: number
  readonly resendPauseMaxSeconds: number
  readonly sendsPerDay: number
}

export type SendVerdict =
  /** The messages of the number from now on. */
  { readonly kind: 'allowed'; readonly sentAt: readonly Date[] } | { readonly kind: 'tooSoon'; readonly retryAt: Date }

/** Judges whether one more message may go to the number. */
export function judgeSend({ sentAt }: NumberUse, now: Date, limits: SendLimits): SendVerdict {
  const retryAt = nextSendAt(sentAt, now, limits)
  if (retryAt !== null && retryAt > now) return { kind: 'tooSoon', retryAt }
  return { kind: 'allowed', sentAt: [...since(sentAt, now), now].slice(-limits.sendsPerDay) }
}

/** When the next message may go to the number; null when nothing went lately. Each pause is twice the one before. */
export function nextSendAt(sentAt: readonly Date[], now: Date, limits: SendLimits): Date | null {
  const recent = since(sentAt, now)
  const last = recent.at(-1)
  if (last === undefined) return null
  const pauseSeconds = Math.min(limits.resendPauseSeconds * 2 ** (recent.length - 1), limits.resendPauseMaxSeconds)
  const afterPause = new Date(later(last, pauseSeconds))
  const afterDay = roomAt(recent, limits.sendsPerDay)
  return afterDay !== null && afterDay > afterPause ? afterDay : afterPause
}

/** When the last day has room for one more of so many; null when it has room at once. */
function roomAt(moments: readonly Date[], dayMax: number): Date | null {
  invariant(dayMax > 0, 'a day has room for one at least')
  const first = moments.at(-dayMax)
  return first === undefined ? null : new Date(first.getTime() + DAY_MS)
}

/** The moments of the last day. */
function since(moments: readonly Date[], now: Date): Date[] {
  return moments.filter((moment) => now.getTime() - moment.getTime() < DAY_MS)
}

function later(moment: Date, seconds: number): number {
  return moment.getTime() + seconds * 1_000
}
