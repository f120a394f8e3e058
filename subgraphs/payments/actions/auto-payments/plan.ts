import { addDays, addMonths, type Calendar, type Day, monthOf } from '../../../../platform/calendar.ts'
import type { AutoPayment, AutoPaymentTerms } from '../../store/auto-payments.ts'
import type { AutoPaymentStop } from '../../store/recurring-tables.ts'
import { nextDay } from './schedule.ts'

/** By what an automatic payment goes: the operator's policies and days. */
export interface AutoPaymentRules {
  readonly calendar: Calendar
  /** At which hour of its day one by calendar takes place. */
  readonly hour: number
  readonly refusalsMax: number
  /** The last is used again. */
  readonly retryPausesMinutes: readonly number[]
  readonly thresholdPauseMinutes: number
}

/** How things stand when one is looked at. */
export interface AutoPaymentFacts {
  readonly now: Date
  /** What is left on the line. */
  readonly available: bigint
  /** The balance does not reconcile: whether it has fallen is not known. */
  readonly isUnderReview: boolean
  /** What it has taken this month, with what it may have taken. */
  readonly takenThisMonth: bigint
  /** What the organization lets its member spend yet this month who set it; null without a limit. */
  readonly memberLeft: bigint | null
  readonly isLineInService: boolean
  readonly isPayerAllowed: boolean
  /** Null while nobody is there to ask. */
  readonly isCardUsable: boolean | null
}

export type NextStep =
  /** The acquirer is to be asked. */
  | { readonly kind: 'attempt' }
  /** There is nothing to do before the balance falls. */
  | { readonly kind: 'wait' }
  /** It cannot be decided now. */
  | { readonly kind: 'lookAgain'; readonly at: Date }
  /** A cap of the month does not let it: there is a next time. */
  | { readonly kind: 'capped'; readonly by: Cap; readonly month: Day; readonly next: Occasion }
  | { readonly kind: 'stop'; readonly by: AutoPaymentStop }

/** Its own, or that of the member who set it. */
export type Cap = 'MONTHLY_CAP' | 'MEMBER_LIMIT'

/** What one is to fire for, and when it is looked at. */
export interface Occasion {
  readonly occasion: string
  /** Null: when the balance falls. */
  readonly nextAttemptAt: Date | null
}

const MINUTE_MS = 60_000

/** What is to be done for one whose time has come. */
export function nextStep(autoPayment: AutoPayment, facts: AutoPaymentFacts, rules: AutoPaymentRules): NextStep {
  const { terms } = autoPayment
  if (!facts.isLineInService) return { kind: 'stop', by: 'LINE_CLOSED' }
  if (!facts.isPayerAllowed) return { kind: 'stop', by: 'NO_RIGHTS' }
  if (facts.isCardUsable === false) return { kind: 'stop', by: 'NO_CARD' }
  if (facts.isCardUsable === null || (terms.basis === 'THRESHOLD' && facts.isUnderReview)) {
    return { kind: 'lookAgain', at: minutesLater(facts.now, rules.thresholdPauseMinutes) }
  }
  if (terms.basis === 'THRESHOLD' && facts.available >= terms.threshold) return { kind: 'wait' }
  const by = reachedCap(autoPayment, facts)
  if (by === null) return { kind: 'attempt' }
  const month = monthOf(rules.calendar.dayOf(facts.now))
  return { kind: 'capped', by, month, next: afterCap(autoPayment, by, facts.now, rules) }
}

function reachedCap({ amount, monthlyCap }: AutoPayment, facts: AutoPaymentFacts): Cap | null {
  if (monthlyCap !== null && facts.takenThisMonth + amount > monthlyCap) return 'MONTHLY_CAP'
  return facts.memberLeft !== null && amount > facts.memberLeft ? 'MEMBER_LIMIT' : null
}

/**
 * A threshold is looked at again when the month is over, or on the next day where others may raise the cap; the calendar
 * goes on to its next day.
 */
function afterCap({ occasion, terms }: AutoPayment, by: Cap, now: Date, rules: AutoPaymentRules): Occasion {
  if (terms.basis === 'SCHEDULE') return comingDay(terms, now, rules, occasion)
  const today = rules.calendar.dayOf(now)
  const next = by === 'MEMBER_LIMIT' ? addDays(today, 1) : addMonths(monthOf(today), 1)
  return { occasion, nextAttemptAt: rules.calendar.momentOf(next) }
}

/** What one that is set now begins with: in place of another it goes on where that was. */
export function firstOccasion(
  set: Pick<AutoPayment, 'terms' | 'accountId' | 'cardId'>,
  before: AutoPayment | null,
  facts: Pick<AutoPaymentFacts, 'now' | 'available'>,
  rules: AutoPaymentRules,
): Occasion {
  const { terms } = set
  const isGoingOn = before !== null && before.stoppedBy === null
  const isCardKept = isGoingOn && isSameCard(before, set)
  if (terms.basis === 'THRESHOLD') {
    const atOnce = facts.available < terms.threshold ? facts.now : null
    // A pause after a refusal or a payment is kept, for the card of which it is: to set the same again must not take the
    // money again. Whether a cap is reached yet, the next look says.
    const isPaused = isCardKept && before.cappedMonth !== monthOf(rules.calendar.dayOf(facts.now))
    const nextAttemptAt = isPaused ? (before.nextAttemptAt ?? atOnce) : atOnce
    return { occasion: before?.occasion ?? FIRST_OCCASION, nextAttemptAt }
  }
  const keepsDays = isGoingOn && before.terms.basis === 'SCHEDULE' && before.terms.schedule === terms.schedule
  if (!keepsDays) return comingDay(terms, facts.now, rules)
  // Another card has nothing to wait for but the day itself.
  return isCardKept ? before : atItsHour(before.occasion as Day, rules)
}

/** Refusals, and pauses after them, are of the card. */
export function isSameCard(one: CardOfPayer, other: CardOfPayer): boolean {
  return one.cardId === other.cardId && one.accountId === other.accountId
}

type CardOfPayer = Pick<AutoPayment, 'accountId' | 'cardId'>

/** From which day the calendar of one that is set now counts: the same schedule keeps its days. */
export function countsFrom(schedule: string, before: AutoPayment | null, today: Day): Day {
  const isGoingOn = before?.stoppedBy === null && before.terms.basis === 'SCHEDULE'
  return isGoingOn && before.terms.schedule === schedule ? before.terms.countsFrom : today
}

const FIRST_OCCASION = '1'

/** What one goes on with after it was paid, by an attempt that was begun at a moment. */
export function afterSuccess(
  { terms, occasion }: AutoPayment,
  { now, available, begunAt }: Pick<AutoPaymentFacts, 'now' | 'available'> & { readonly begunAt: Date },
  rules: AutoPaymentRules,
): Occasion {
  // Whatever day it made up for, on its own it took the money, too.
  if (terms.basis === 'SCHEDULE') return comingDay(terms, now, rules, later(rules.calendar.dayOf(begunAt), occasion))
  const isStillLow = available < terms.threshold
  return {
    occasion: String(BigInt(occasion) + 1n),
    nextAttemptAt: isStillLow ? minutesLater(now, rules.thresholdPauseMinutes) : null,
  }
}

/** After one more refusal, `refusals` in a row: when the same occasion is tried again; null when that was the last time. */
export function afterRefusal(refusals: number, now: Date, rules: AutoPaymentRules): Date | null {
  return refusals >= rules.refusalsMax ? null : pauseBefore(refusals, now, rules)
}

/** When one is tried again that was not made, after so many refusals: as after one more, which it was not. */
export function afterNothing(refusals: number, now: Date, rules: AutoPaymentRules): Date {
  return pauseBefore(refusals + 1, now, rules)
}

function pauseBefore(tries: number, now: Date, { retryPausesMinutes: pauses }: AutoPaymentRules): Date {
  return minutesLater(now, pauses[Math.min(tries, pauses.length) - 1] ?? 0)
}

/** The next day of the calendar, and after that of an occasion that is over. Days that went by are not made up for. */
function comingDay(
  { schedule, countsFrom: from }: Extract<AutoPaymentTerms, { basis: 'SCHEDULE' }>,
  now: Date,
  { calendar, hour }: AutoPaymentRules,
  over = '',
): Occasion {
  const today = calendar.dayOf(now)
  const isTodayOver = calendar.momentOf(today, hour) <= now || over >= today
  const day = nextDay(schedule, from, isTodayOver ? later(today, over) : addDays(today, -1))
  return atItsHour(day, { calendar, hour })
}

function atItsHour(day: Day, { calendar, hour }: Pick<AutoPaymentRules, 'calendar' | 'hour'>): Occasion {
  return { occasion: day, nextAttemptAt: calendar.momentOf(day, hour) }
}

/** The occasion of a calendar is a day. */
function later(today: Day, occasion: string): Day {
  return occasion > today ? (occasion as Day) : today
}

function minutesLater(moment: Date, minutes: number): Date {
  return new Date(moment.getTime() + minutes * MINUTE_MS)
}
