import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, lineId, phone } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { NONCE_HEADER, SIGNATURE_HEADER, signUssd, TIME_HEADER } from '../../platform/ussd/signature.ts'
import { USSD_TEXTS } from './actions/ussd/texts.ts'

const KEY = 'a key of forty-three characters or a few more'
const START = Date.parse('2026-03-01T12:00:00Z')

let cabinet: TestCabinet
let nowMs: number
let sent = 0

beforeEach(async () => {
  nowMs = START
  cabinet = await openTestCabinet({ clock: { now: () => new Date(nowMs) }, ussdKey: KEY })
  await insertCatalogue(cabinet.database)
  await insertLine(cabinet.database, { number: 1, ownerId: await insertAccount(cabinet.database, { number: 1 }) })
})

afterEach(() => cabinet.close())

interface Sent {
  readonly text?: string
  readonly phase?: string
  readonly msisdn?: string
  readonly language?: string
  readonly sessionId?: string
}

/** A request as the network signs it; a test spoils what it likes. */
function signed(
  asked: Sent,
  { key = KEY, time = String(nowMs / 1000), nonce = `a nonce of ${++sent}`.padEnd(20, '-') } = {},
) {
  const body = JSON.stringify({ sessionId: 'a session', msisdn: phone(1), phase: 'BEGIN', language: 'ru', ...asked })
  const safeNonce = nonce.replaceAll(' ', '_')
  const signature = signUssd({ time, nonce: safeNonce, body: Buffer.from(body) }, key)
  const headers = { [TIME_HEADER]: time, [NONCE_HEADER]: safeNonce, [SIGNATURE_HEADER]: signature }
  return { method: 'POST' as const, url: '/ussd', headers: { 'content-type': 'application/json', ...headers }, body }
}

const send = (request: ReturnType<typeof signed>) => cabinet.gateway.http.inject(request)
const dial = async (text: string, more: Sent = {}) => (await send(signed({ text, ...more }))).json()
const type = (text: string, more: Sent = {}) => dial(text, { phase: 'CONTINUE', ...more })

describe('a request over USSD', () => {
  it('is believed when it is signed, and once', async () => {
    const request = signed({ text: '*100#' })
    expect((await send(request)).json()).toEqual({ text: 'Баланс: 150,00 RUB', action: 'END' })
    expect((await send(request)).statusCode).toBe(401)
  })

  it('is taken once of fifty that are the same', async () => {
    const request = signed({ text: '*111*25#' })
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(request)))
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
    expect(await cabinet.database.sql('select from accounts.one_time_password')).toHaveLength(1)
  })

  it('is refused unsigned, signed by another, changed, stale or early', async () => {
    const good = signed({ text: '*111*25#' })
    const { [SIGNATURE_HEADER]: _, ...unsigned } = good.headers
    const refused = [
      { ...good, headers: unsigned as typeof good.headers },
      signed({ text: '*111*25#' }, { key: `${KEY}!` }),
      { ...good, body: good.body.replace(phone(1), phone(2)) },
      { ...good, headers: { ...good.headers, [TIME_HEADER]: String(nowMs / 1000 + 1) } },
      { ...good, headers: { ...good.headers, [NONCE_HEADER]: 'another-nonce-of-it' } },
      signed({ text: '*111*25#' }, { time: String(nowMs / 1000 - 61) }),
      signed({ text: '*111*25#' }, { time: String(nowMs / 1000 + 61) }),
      signed({ text: '*111*25#' }, { nonce: 'short' }),
    ]
    for (const request of refused) expect((await send(request)).statusCode).toBe(401)
    expect(await cabinet.database.sql('select from accounts.one_time_password')).toEqual([])
    expect(await cabinet.database.sql('select from accounts.ussd_nonce')).toEqual([])
  })

  it('must be readable', async () => {
    expect((await send(signed({ msisdn: 'nobody' }))).statusCode).toBe(400)
    expect((await send(signed({ phase: 'SOMETIME', text: '' }))).statusCode).toBe(400)
  })
})

describe('a telephone', () => {
  it('is shown a password of its own, and not too often', async () => {
    const { text, action } = await dial('*111*25#')
    expect(action).toBe('END')
    expect(text).toMatch(/^Пароль для входа: \d{6}\./)
    const stored = await cabinet.database.sql<{ phone: string; way: string }>(
      'select phone, way from accounts.one_time_password',
    )
    expect(stored).toEqual([{ phone: phone(1), way: 'USSD' }])
    for (let more = 0; more < 5; more++) await dial('*111*25#')
    expect((await dial('*111*25#')).text).toMatch(/^Слишком часто\. Повторите через \d+ мин\.$/)
  })

  it('switches number management on for its own line, once', async () => {
    for (let round = 0; round < 2; round++) {
      expect(await dial('*111*828*1#', { language: 'en' })).toEqual({
        text: USSD_TEXTS.en.managementEnabled,
        action: 'END',
      })
    }
    expect(await cabinet.database.sql('select line_id, kind, done_by from linked_numbers.line_act')).toEqual([
      { line_id: lineId(1), kind: 'NUMBER_MANAGEMENT_ENABLED', done_by: 'service:accounts' },
    ])
  })

  it('goes through the menu', async () => {
    expect(await dial('*999#')).toEqual({ text: USSD_TEXTS.ru.menu, action: 'CONTINUE' })
    expect(await type('7')).toEqual({ text: USSD_TEXTS.ru.menu, action: 'CONTINUE' })
    expect(await type('1')).toEqual({ text: 'Баланс: 150,00 RUB', action: 'END' })
    // The session is over: what is typed now means nothing.
    expect(await type('2')).toEqual({ text: USSD_TEXTS.ru.menu, action: 'CONTINUE' })
    expect(await type('0')).toEqual({ text: USSD_TEXTS.ru.bye, action: 'END' })
    await dial('*999#')
    expect(await dial('', { phase: 'END' })).toEqual({ text: USSD_TEXTS.ru.bye, action: 'END' })
    expect(await cabinet.database.sql('select from accounts.ussd_session')).toEqual([])
  })

  it('does not go on in another’s session, nor in one of long ago', async () => {
    await dial('*999#')
    expect(await type('1', { msisdn: phone(2) })).toMatchObject({ action: 'CONTINUE' })
    nowMs += 6 * 60_000
    expect(await type('1')).toMatchObject({ action: 'CONTINUE' })
  })

  it('that is not ours gets nothing', async () => {
    for (const code of ['*100#', '*111*25#', '*111*828*1#']) {
      expect(await dial(code, { msisdn: phone(99) })).toEqual({ text: USSD_TEXTS.ru.notOurs, action: 'END' })
    }
    expect(await cabinet.database.sql('select from accounts.one_time_password')).toEqual([])
  })

  it('is told to try again when a part is away', async () => {
    await cabinet.database.sql('alter table payments.ledger_balance rename to away')
    expect(await dial('*100#')).toEqual({ text: USSD_TEXTS.ru.away, action: 'END' })
    await cabinet.database.sql('alter table payments.away rename to ledger_balance')
  })
})

/** The basic alphabet of GSM 03.38, as far as our texts could use it. */
const GSM_7 = /^[A-Za-z0-9 \n@£$¥!"#%&'()*+,\-./:;<=>?¡¿_]*$/

it.each(['ru', 'en'] as const)('says everything within one screen: %s', (language) => {
  const { balance, password, tooManyPasswords, ...fixed } = USSD_TEXTS[language]
  const texts = [
    ...Object.values(fixed),
    balance('-1234567890123456.78', 'RUB'),
    password('123456'),
    tooManyPasswords(60),
  ]
  for (const text of texts) {
    expect(text.length).toBeLessThanOrEqual(language === 'ru' ? 70 : 182)
    if (language === 'en') expect(text).toMatch(GSM_7)
  }
})
