import { describe, expect, it } from 'vitest'
import { type GuessedPassword, judgeGuess, judgeSend, nextSendAt } from './rules.ts'
import { attackNumber, LIMITS, type Rules, seededChance } from './testing/attack.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000)
const NO_USE = { wrongAt: [], sentAt: [] }
const password = (id: string, over: Partial<GuessedPassword> = {}): GuessedPassword => ({
  id,
  createdAt: ago(10),
  expiresAt: ago(-1_000),
  wrongTries: 0,
  isUsed: false,
  isMatch: false,
  ...over,
})

describe('a guess', () => {
  it('is right for the newest password, and for the one before it while that still counts', () => {
    const match = { isMatch: true }
    const before = password('before', { createdAt: ago(400), ...match })
    expect(judgeGuess(NO_USE, [password('newest', match)], NOW, LIMITS)).toEqual({ kind: 'right', id: 'newest' })
    expect(judgeGuess(NO_USE, [password('newest'), before], NOW, LIMITS)).toEqual({ kind: 'right', id: 'before' })
    const newest = password('newest', { createdAt: ago(600) })
    expect(judgeGuess(NO_USE, [newest, before], NOW, LIMITS).kind).toBe('wrong')
    expect(judgeGuess(NO_USE, [password('newest'), password('second'), before], NOW, LIMITS).kind).toBe('wrong')
  })

  it.each([
    ['used', { isUsed: true }],
    ['expired', { expiresAt: NOW }],
    ['tried five times', { wrongTries: 5 }],
  ])('is wrong for a password that is %s, and counts against the number only', (_, over) => {
    expect(judgeGuess(NO_USE, [password('dead', { ...over, isMatch: true })], NOW, LIMITS)).toEqual({
      kind: 'wrong',
      triedIds: [],
      wrongAt: [NOW],
    })
  })

  it('is not even looked at after twenty wrong ones within 24 hours, until the first of them is a day old', () => {
    const wrongAt = Array.from({ length: 20 }, (_, index) => ago(86_399 - index))
    const right = [password('right', { isMatch: true })]
    expect(judgeGuess({ ...NO_USE, wrongAt }, right, NOW, LIMITS)).toEqual({ kind: 'tooMany', retryAt: ago(-1) })
    expect(judgeGuess({ ...NO_USE, wrongAt }, right, ago(-1), LIMITS).kind).toBe('right')
  })
})

describe('a message', () => {
  it('waits twice as long each time, and no longer than the longest pause', () => {
    let sentAt: readonly Date[] = []
    let now = NOW
    const pauses: number[] = []
    while (sentAt.length < LIMITS.sendsPerDay) {
      const verdict = judgeSend({ ...NO_USE, sentAt }, now, LIMITS)
      if (verdict.kind !== 'allowed') throw new Error('it may go at the moment that was named')
      sentAt = verdict.sentAt
      const next = nextSendAt(sentAt, now, LIMITS) ?? now
      pauses.push((next.getTime() - now.getTime()) / 1_000)
      now = next
    }
    expect(pauses.slice(0, -1)).toEqual([30, 60, 120, 240, 480, 900, 900, 900, 900])
    // The tenth is the last of the day.
    expect(now).toEqual(ago(-86_400))
  })
})

describe('a million guesses', () => {
  const attack = (rules: Rules, guesses: number, numbers = 20) =>
    Array.from({ length: numbers }, (_, seed) => attackNumber(rules, guesses / numbers, seededChance(seed)))
  const most = (values: readonly number[]) => Math.max(...values)

  it('never get past five at a password or twenty in 24 hours at a number, at whatever moments they come', () => {
    const reports = attack({ judgeGuess, judgeSend }, 1_000_000)
    expect(reports.reduce((sum, { guesses }) => sum + guesses, 0)).toBe(1_000_000)
    expect(most(reports.map(({ triesOfAPasswordMax }) => triesOfAPasswordMax))).toBe(5)
    expect(most(reports.map(({ triesOfADayMax }) => triesOfADayMax))).toBe(20)
    // So the attackers did reach both bounds, with sending again and again in between.
    expect(reports.every(({ sends, judged }) => sends > 100 && judged > 1_000)).toBe(true)
  })

  it.each<[string, Rules]>([
    [
      'sending again forgets the wrong tries',
      {
        judgeGuess: (use, ...rest) =>
          judgeGuess({ ...use, wrongAt: use.wrongAt.filter((at) => at > (use.sentAt.at(-1) ?? at)) }, ...rest),
        judgeSend,
      },
    ],
    [
      'the day is one of the calendar',
      {
        judgeGuess: (use, passwords, now, limits) => {
          const day = now.toISOString().slice(0, 10)
          const wrongAt = use.wrongAt.filter((at) => at.toISOString().startsWith(day))
          return judgeGuess({ ...use, wrongAt }, passwords, now, limits)
        },
        judgeSend,
      },
    ],
    [
      'the tries of a password are not counted',
      {
        judgeGuess: (use, passwords, ...rest) =>
          judgeGuess(
            use,
            passwords.map((guessed) => ({ ...guessed, wrongTries: 0 })),
            ...rest,
          ),
        judgeSend,
      },
    ],
  ])('get past when %s: the model finds it', (_, rules) => {
    const reports = attack(rules, 100_000)
    const tries = most(reports.map(({ triesOfAPasswordMax }) => triesOfAPasswordMax))
    const ofADay = most(reports.map(({ triesOfADayMax }) => triesOfADayMax))
    expect(tries > 5 || ofADay > 20).toBe(true)
  })
})
