import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '../../../platform/languages.ts'
import { splitText } from '../../../platform/sms/text-parts.ts'
import type { NoticeKind } from '../store/notices.ts'
import { CATEGORY_OF } from './categories.ts'
import { noticeText } from './texts.ts'

const KINDS = Object.keys(CATEGORY_OF) as NoticeKind[]
const LONG = 'x'.repeat(500)
const EVERYTHING = {
  deviceName: LONG,
  provider: LONG,
  organization: LONG,
  title: LONG,
  change: 'JOINED',
  reason: 'REVOKED',
  until: '2026-11-23T09:30:00Z',
  amount: '150.00',
  kopecks: '15000',
  currencyCode: 'RUB',
  dueAt: '2026-11-23T09:30:00Z',
  cap: '1000.00',
  percent: 80,
  points: '120',
}
/** A notice is not worth more than a handful of messages. */
const PARTS_MAX = 4

describe('the text of a notice', () => {
  it.each(KINDS.flatMap((kind) => LANGUAGES.map((language) => [kind, language] as const)))(
    'is there, whole and short, with and without what it was written with: %s in %s',
    (kind, language) => {
      for (const parameters of [{}, EVERYTHING]) {
        const text = noticeText(kind, { ...parameters, timeZone: 'Europe/Moscow' }, language)
        expect(text).toMatch(language === 'ru' ? /[А-я]{4}/ : /^[^А-я]+$/)
        expect(text).not.toMatch(/undefined|null|NaN|\s\s|\s[.,]|«»/)
        expect(splitText(text, 1).length).toBeLessThanOrEqual(PARTS_MAX)
      }
    },
  )

  it('names the currency of an amount where it is known, as people of the language write it', () => {
    const of = (given: object, language: 'ru' | 'en') =>
      noticeText('TOP_UP_CREDITED', { kopecks: '150050', timeZone: 'UTC', ...given }, language)
    expect(of({ currencyCode: 'RUB' }, 'ru')).toBe('Номер пополнен картой на 1 500,50 ₽.')
    expect(of({ currencyCode: 'RUB' }, 'en')).toBe('The number was topped up by card: RUB 1,500.50.')
    expect(of({}, 'ru')).toBe('Номер пополнен картой на 1500.50.')
    expect(of({ currencyCode: 'XXL' }, 'ru')).toBe('Номер пополнен картой на 1500.50.')
  })

  it('says what changed among the members of an organization, also when it does not know the change', () => {
    const of = (change: string) =>
      noticeText('MEMBERSHIP_CHANGED', { change, organization: 'Ромашка', timeZone: 'UTC' }, 'ru')
    expect(of('LEFT')).toBe('Организация «Ромашка»: участник вышел.')
    expect(of('SOMETHING_NEW')).toBe('Организация «Ромашка»: изменился состав участников.')
  })

  it.each([
    ['Europe/Moscow', '23.11, 23:30 MSK'],
    ['Asia/Kamchatka', '24.11, 08:30 GMT+12'],
    ['UTC', '23.11, 20:30 UTC'],
  ])('says until when credentials wait after a change of the SIM, in the time of %s', (timeZone, until) => {
    const given = { until: '2026-11-23T20:30:00Z', timeZone }
    expect(noticeText('SIM_CHANGED', given, 'en')).toContain(`wait until ${until}.`)
    expect(noticeText('SIM_CHANGED', given, 'ru')).toContain(`недоступны до ${until}.`)
  })

  it('makes no address and no number out of a name that somebody chose', () => {
    const text = noticeText(
      'SIGNED_IN_ON_NEW_DEVICE',
      { deviceName: 'call +7 9161234567 https://evil.ru/a?b', timeZone: 'UTC' },
      'en',
    )
    expect(text).not.toMatch(/\d{5}|evil\.ru|https:|\//)
    expect(text).toContain('«call 7 … https evil ru a b»')
  })
})
