import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import { createNewId } from '../platform/ids.ts'
import { findBrowser, launchBrowser, NO_BROWSER } from '../platform/testing/browser.ts'
import { plantCanary } from '../platform/testing/log-watch.ts'
import { type CardShop, openCardShop } from './testing/card-shop.ts'
import { insertAccount, insertCatalogue, insertLine } from './testing/fixture.ts'
import { sendForm, TEST_CARD_NUMBER, typeCard } from './testing/payment-page.ts'
import { type Recorder, startRecorder } from './testing/recorder.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const newId = createNewId(systemClock)
const executablePath = findBrowser()
const SPACED = TEST_CARD_NUMBER.replace(/(\d{4})(?=\d)/g, '$1 ')

let shop: CardShop
let recorder: Recorder
let frontEnd: Server
let returnUrl: string
let line: string
let token: string
/** What the front end's own server was sent. */
const heard: string[] = []

beforeAll(async () => {
  if (executablePath === null) process.stderr.write(`${NO_BROWSER}. The page is paid on by its forms instead.\n`)
  frontEnd = createServer((request, response) => {
    heard.push(`${request.url} ${JSON.stringify(request.headers)}`)
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Back in the cabinet</h1>')
  })
  await new Promise<void>((resolve) => frontEnd.listen(0, '127.0.0.1', resolve))
  returnUrl = `http://localhost:${(frontEnd.address() as AddressInfo).port}/paid?from=bank`
  recorder = await startRecorder()
  shop = await openCardShop({ through: recorder.through })
  await insertCatalogue(shop.cabinet.database)
  const owner = await insertAccount(shop.cabinet.database, { number: 1 })
  line = await insertLine(shop.cabinet.database, { number: 1, ownerId: owner, kopecks: 10_000n })
  token = await shop.cabinet.accountToken(owner)
})

afterAll(async () => {
  await shop?.close()
  await recorder?.close()
  frontEnd?.closeAllConnections()
  frontEnd?.close()
})

/** A person at the acquirer's page, with a browser or without one. */
interface Payer {
  /** Opens the page, types the card and sends it. */
  payByCard(url: string, outcome: string): Promise<void>
  typeCode(code: string): Promise<void>
  /** Where they are now. */
  place(): Promise<string>
  shown(): Promise<string>
  close(): Promise<void>
}

async function browserPayer(executable: string): Promise<Payer> {
  const browser: Browser = await launchBrowser(executable)
  const page: Page = await browser.newPage({ locale: 'en-US' })
  return {
    async payByCard(url, outcome) {
      await page.goto(url)
      await page.fill('input[name=number]', SPACED)
      await page.check(`input[value="${outcome}"]`)
      await page.click('button[value=pay]')
    },
    async typeCode(code) {
      await page.fill('input[name=code]', code)
      await page.click('button[value=confirm]')
    },
    place: async () => page.url(),
    shown: async () => page.innerText('body'),
    close: () => browser.close(),
  }
}

function formPayer(): Payer {
  let place = ''
  let shown = ''
  const go = async (url: string | null) => {
    place = url ?? place
    const response = await fetch(place, { headers: { 'accept-language': 'en' } })
    shown = await response.text()
  }
  return {
    async payByCard(url, outcome) {
      await go(url)
      await go(await typeCard(url, { number: SPACED, outcome }))
    },
    async typeCode(code) {
      const { location, html } = await sendForm(place, { act: 'confirm', code })
      if (location === null) shown = html
      else await go(location)
    },
    place: async () => place,
    shown: async () => shown,
    close: async () => undefined,
  }
}

const begin = async () => {
  const input = { lineId: line, amount: '150.00', returnUrl, isCardSaved: true, idempotencyKey: newId() }
  const { id } = (await shop.send('top-up', { input }, token)).payment
  return { id, confirmationUrl: await shop.confirmationUrl(line, id, token) }
}
const statusOf = async (id: string) => (await shop.send('payment', { lineId: line, id }, token)).status
const available = async () =>
  (await shop.send('query ($id: ID!) { line(id: $id) { balance { available { amount } } } }', { id: line }, token))
    .balance.available.amount

describe(`paying on the acquirer’s page, ${executablePath === null ? 'by its forms' : 'in a browser'}`, () => {
  let payer: Payer
  beforeAll(async () => {
    // From here on no log may show the card.
    for (const shown of [TEST_CARD_NUMBER, SPACED]) plantCanary(shown)
    payer = executablePath === null ? formPayer() : await browserPayer(executablePath)
  })
  afterAll(() => payer?.close())

  it('leads back to the cabinet through the bank’s question, and the money is there', async () => {
    const { id, confirmationUrl } = await begin()
    await payer.payByCard(confirmationUrl, '3-d-secure')
    await payer.typeCode('0000')
    expect(await payer.shown()).toContain('That is not the code.')
    await payer.typeCode('4242')
    await vi.waitFor(async () => expect(await payer.place()).toBe(returnUrl), PATIENCE)
    expect(await payer.shown()).toContain('Back in the cabinet')
    await vi.waitFor(async () => expect(await statusOf(id)).toBe('SUCCEEDED'), PATIENCE)
    expect(await available()).toBe('250.00')
  })

  it('leads back after a refusal, and nothing is there', async () => {
    const { id, confirmationUrl } = await begin()
    await payer.payByCard(confirmationUrl, 'insufficient_funds')
    await vi.waitFor(async () => expect(await payer.place()).toBe(returnUrl), PATIENCE)
    await vi.waitFor(async () => expect(await statusOf(id)).toBe('FAILED'), PATIENCE)
    expect(await available()).toBe('250.00')
  })

  it('never brings the number of a card to us: no request, no answer, no row, no log', async () => {
    const database = await wholeDatabase()
    // What was watched is what there was: the token's ends are there, and what the acquirer said.
    expect(database).toContain('1881')
    expect(recorder.said.join('\n')).toContain('payment.succeeded')
    expect(recorder.said.some((said) => said.includes('"last4":"1881"'))).toBe(true)
    expect(heard.length).toBeGreaterThan(1)
    for (const place of [database, ...recorder.said, ...heard, JSON.stringify([...shop.acquirer.bank.methods])]) {
      expect(holdsCard(place)).toBe(false)
    }
  })

  it('would find a number that came through', () => {
    for (const told of [
      `{"card":"${TEST_CARD_NUMBER}"}`,
      `x ${SPACED} y`,
      TEST_CARD_NUMBER.replace(/(\d{4})/g, '$1-'),
    ]) {
      expect(holdsCard(told)).toBe(true)
    }
  })
})

/** Whether a text has the number, however it is written. */
function holdsCard(text: string): boolean {
  return text.replaceAll(/(?<=\d)[ -](?=\d)/g, '').includes(TEST_CARD_NUMBER)
}

/** Every row of every table, jobs and events included. */
async function wholeDatabase(): Promise<string> {
  const { sql } = shop.cabinet.database
  const tables = await sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  )
  const rows = await Promise.all(
    tables.map(({ name }) => sql<{ row: string }>(`select t::text as row from ${name} as t`)),
  )
  return rows
    .flat()
    .map(({ row }) => row)
    .join('\n')
}
