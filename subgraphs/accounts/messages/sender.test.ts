import type { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { InboxMessage } from '../../../cli/stand-ins/smsc/inbox.ts'
import { type Smsc, type SmscOptions, startSmsc } from '../../../cli/stand-ins/smsc/smsc.ts'
import { phone } from '../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { systemClock } from '../../../platform/clock.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { createNewId } from '../../../platform/ids.ts'
import { systemRandomness } from '../../../platform/random.ts'
import { createSmppTransport } from '../../../platform/sms/smpp-transport.ts'
import type { SmsListeners, SmsMessage, SmsTransport, SubmitOutcome } from '../../../platform/sms/transport.ts'
import { plantCanary, watchedLogger } from '../../../platform/testing/log-watch.ts'
import { type ClaimedMessage, createMessageQueue, type MessageQueue } from '../store/message-queue.ts'
import type { Tables } from '../store/tables.ts'
import type { Rounds } from './rounds.ts'
import { createSender, type SenderOptions } from './sender.ts'
import { queueTexts, SENDER_SECRETS } from './testing/queue-messages.ts'

const PATIENCE = { timeout: 10_000, interval: 10 }
const NOW = new Date('2026-11-22T10:00:00Z')
const LATER = new Date('2026-11-22T10:01:00Z')
const ATTEMPT = '00000000-0000-7000-8000-0000000000a1'

interface MessageRow {
  readonly status: string
  readonly body: string | null
  readonly failure: string | null
}

describe('messages on their way', () => {
  let database: TestDatabase
  let db: Kysely<Tables>
  let queue: MessageQueue
  let sender: Rounds | undefined

  beforeEach(async () => {
    database = await createTestDatabase()
    db = connectDatabase<Tables>({ url: database.urls.accounts, logger: watchedLogger })
    queue = createMessageQueue(db)
  })

  afterEach(async () => {
    await sender?.stop()
    sender = undefined
    await db.destroy()
    await database.drop()
  })

  const rows = () => database.sql<MessageRow>('select status, body, failure from accounts.message order by phone, id')
  const statuses = async () => (await rows()).map(({ status }) => status)
  const untilStatuses = (...expected: string[]) =>
    vi.waitFor(async () => expect(await statuses()).toEqual(expected), PATIENCE)

  function start(transport: SmsTransport, options: Partial<SenderOptions> = {}): void {
    sender = createSender({
      queue,
      transport,
      clock: systemClock,
      newId: createNewId(systemClock),
      secrets: SENDER_SECRETS,
      logger: watchedLogger,
      pollIntervalMs: 20,
      ...options,
    })
  }

  describe('in the queue', () => {
    async function claimOne(): Promise<ClaimedMessage> {
      await queue.claim({ attempt: ATTEMPT, limit: 1, now: NOW, until: LATER })
      const [message] = await queue.markWritten(ATTEMPT, NOW)
      if (!message) throw new Error('nothing was claimed')
      return message
    }

    beforeEach(() => queueTexts(database, [{ phone: phone(1), text: 'One.' }]))

    it('are delivered when every part is, whatever comes first: answer or receipts', async () => {
      const message = await claimOne()
      await queue.receipt({ smscId: 'b', outcome: 'DELIVERED' }, NOW)
      await queue.accepted(message, ['a', 'b', 'c'], NOW)
      expect(await statuses()).toEqual(['SENT'])
      await queue.receipt({ smscId: 'a', outcome: 'DELIVERED' }, NOW)
      expect(await statuses()).toEqual(['SENT'])
      await queue.receipt({ smscId: 'c', outcome: 'DELIVERED' }, NOW)
      expect(await statuses()).toEqual(['DELIVERED'])
    })

    it('are delivered when all receipts came before the answer', async () => {
      const message = await claimOne()
      for (const smscId of ['a', 'b']) await queue.receipt({ smscId, outcome: 'DELIVERED' }, NOW)
      await queue.accepted(message, ['a', 'b'], NOW)
      expect(await statuses()).toEqual(['DELIVERED'])
    })

    it('come to the same end when answer and receipt are written at the same moment', async () => {
      for (let round = 1; round <= 30; round++) {
        await database.sql(`update accounts.message set status = 'QUEUED', body = 'x', parts_delivered = 0`)
        const message = await claimOne()
        const smscId = `both-${round}`
        await Promise.all([
          queue.accepted(message, [smscId], NOW),
          queue.receipt({ smscId, outcome: 'DELIVERED' }, NOW),
        ])
        expect(await statuses()).toEqual(['DELIVERED'])
      }
    })

    it.each(['FAILED', 'EXPIRED', 'UNKNOWN'] as const)('end as the receipt of any part says: %s', async (outcome) => {
      await queue.accepted(await claimOne(), ['a', 'b'], NOW)
      await queue.receipt({ smscId: 'a', outcome: 'DELIVERED' }, NOW)
      await queue.receipt({ smscId: 'b', outcome }, NOW)
      expect(await statuses()).toEqual([outcome])
    })

    it('count a receipt once that comes again, and believe the first of two', async () => {
      await queue.accepted(await claimOne(), ['a', 'b'], NOW)
      for (let time = 0; time < 3; time++) await queue.receipt({ smscId: 'a', outcome: 'DELIVERED' }, NOW)
      await queue.receipt({ smscId: 'a', outcome: 'FAILED' }, NOW)
      expect(await statuses()).toEqual(['SENT'])
      await queue.receipt({ smscId: 'b', outcome: 'DELIVERED' }, NOW)
      expect(await statuses()).toEqual(['DELIVERED'])
    })

    it('are not touched by receipts for ids that nobody knows', async () => {
      await queue.accepted(await claimOne(), ['a'], NOW)
      await queue.receipt({ smscId: 'stranger', outcome: 'FAILED' }, NOW)
      expect(await statuses()).toEqual(['SENT'])
    })

    it('are found under an id that the message centre used again, and the old message keeps its end', async () => {
      await queue.accepted(await claimOne(), ['a'], NOW)
      await queue.receipt({ smscId: 'a', outcome: 'FAILED' }, NOW)
      await database.sql(
        `insert into accounts.message (phone, id, purpose, body, created_at, expires_at)
         values ($1, $2, 'NOTICE', 'x', $3, '2999-01-01')`,
        [phone(2), '00000000-0000-7000-8000-000000000002', NOW],
      )
      await queue.accepted(await claimOne(), ['a'], NOW)
      expect(await statuses()).toEqual(['FAILED', 'SENT'])
      await queue.receipt({ smscId: 'a', outcome: 'DELIVERED' }, NOW)
      expect(await statuses()).toEqual(['FAILED', 'DELIVERED'])
    })

    it('go out again when their attempt ended before they left, and are unknown when it ended after', async () => {
      await queue.claim({ attempt: ATTEMPT, limit: 1, now: NOW, until: LATER })
      expect(await queue.sweep(NOW)).toEqual({ unknown: [], requeued: 0, expired: 0 })
      expect(await queue.sweep(LATER)).toEqual({ unknown: [], requeued: 1, expired: 0 })
      // The one who lost it cannot send it any more.
      expect(await queue.markWritten(ATTEMPT, LATER)).toEqual([])

      const { id } = await claimOne()
      expect(await queue.sweep(LATER)).toEqual({ unknown: [id], requeued: 0, expired: 0 })
      expect(await rows()).toEqual([{ status: 'UNKNOWN', body: null, failure: null }])
    })

    it('are known after all when the answer was late', async () => {
      const message = await claimOne()
      await queue.sweep(LATER)
      await queue.accepted(message, ['a'], LATER)
      expect(await statuses()).toEqual(['SENT'])
    })

    it('stay in an attempt that is extended', async () => {
      await claimOne()
      await queue.extend([ATTEMPT], new Date('2026-11-22T11:00:00Z'))
      expect(await queue.sweep(LATER)).toEqual({ unknown: [], requeued: 0, expired: 0 })
    })

    it('let those go first who wait for a password', async () => {
      await database.sql(
        `insert into accounts.message (phone, id, purpose, body, created_at, expires_at)
         select phone, '00000000-0000-7000-8000-000000000009', 'ONE_TIME_PASSWORD', body, now() + '1 day', expires_at
         from accounts.message`,
      )
      expect((await claimOne()).id).toMatch(/9$/)
    })
  })

  describe('through a transport', () => {
    const texts = (count: number) => Array.from({ length: count }, (_, index) => ({ phone: phone(index), text: 'Hi.' }))

    /** Gives the outcomes in turn, the last for ever. */
    function scripted(...outcomes: SubmitOutcome[]) {
      const submitted: SmsMessage[] = []
      let listeners: SmsListeners | undefined
      const transport: SmsTransport = {
        start: (given) => {
          listeners = given
        },
        capacity: () => 10,
        async submit(message) {
          submitted.push(message)
          return (outcomes.length > 1 ? outcomes.shift() : outcomes[0]) ?? { kind: 'unknown' }
        },
        close: async () => undefined,
      }
      return { transport, submitted, tell: (smscId: string) => listeners?.onReceipt({ smscId, outcome: 'DELIVERED' }) }
    }

    it('are sent again only when they certainly did not leave', async () => {
      await queueTexts(database, texts(1))
      const { transport, submitted } = scripted({ kind: 'notWritten' }, { kind: 'accepted', smscIds: ['a'] })
      start(transport)
      await untilStatuses('SENT')
      expect(submitted).toHaveLength(2)
    })

    it.each<[string, SubmitOutcome, MessageRow]>([
      ['unknown', { kind: 'unknown' }, { status: 'UNKNOWN', body: null, failure: null }],
      ['refused', { kind: 'refused', status: 11 }, { status: 'FAILED', body: null, failure: 'SMPP 11' }],
      ['sent', { kind: 'accepted', smscIds: [''] }, { status: 'SENT', body: null, failure: null }],
    ])('are sent once and their text is gone: %s', async (_, outcome, row) => {
      await queueTexts(database, texts(1))
      const { transport, submitted } = scripted(outcome)
      start(transport)
      await vi.waitFor(async () => expect(await rows()).toEqual([row]), PATIENCE)
      await sender?.stop()
      expect(submitted).toHaveLength(1)
    })

    it('end unsent when they are out of date, or sealed with a secret that is gone', async () => {
      await queueTexts(database, [
        { phone: phone(1), text: 'Late.', expiresAt: new Date('2020-01-01T00:00:00Z') },
        { phone: phone(2), text: 'Sealed.' },
      ])
      await database.sql(`update accounts.message set body = 'gone.AAAA' where phone = $1`, [phone(2)])
      const { transport, submitted } = scripted({ kind: 'accepted', smscIds: ['a'] })
      start(transport)
      await untilStatuses('EXPIRED', 'FAILED')
      expect((await rows()).map(({ body, failure }) => [body, failure])).toEqual([
        [null, null],
        [null, 'UNREADABLE'],
      ])
      expect(submitted).toEqual([])
    })

    it('are written down as soon as the database lets us, and not sent again for that', async () => {
      await queueTexts(database, texts(1))
      const { transport, submitted } = scripted({ kind: 'accepted', smscIds: ['a'] })
      let failures = 3
      const accepted: MessageQueue['accepted'] = (...given) =>
        failures-- > 0 ? Promise.reject(new Error('the database is away')) : queue.accepted(...given)
      start(transport, { queue: { ...queue, accepted } })
      await untilStatuses('SENT')
      expect(submitted).toHaveLength(1)
    })

    it('leave within a moment of being queued, by a sender that has nothing else to do', async () => {
      const { transport } = scripted({ kind: 'accepted', smscIds: ['a'] })
      start(transport, { pollIntervalMs: 600_000 })
      await queueTexts(database, texts(1))
      sender?.poke()
      await untilStatuses('SENT')
    })
  })

  describe('to a message centre', () => {
    let smsc: Smsc
    let inbox: InboxMessage[]

    async function startCentre(options: Partial<SmscOptions> = {}): Promise<void> {
      inbox = []
      smsc = await startSmsc({
        systemId: 'cabinet',
        password: 'secret',
        port: 0,
        clock: systemClock,
        idPrefix: 'id',
        answerDelayMs: 0,
        receiptDelayMs: 0,
        onMessage: (message) => inbox.push(message),
        ...options,
      })
      const account = { host: '127.0.0.1', port: smsc.port, isSecure: false, systemId: 'cabinet', password: 'secret' }
      const times = { pauseMinMs: 10, pauseMaxMs: 50 }
      const common = { clock: systemClock, random: systemRandomness, logger: watchedLogger, times }
      start(createSmppTransport({ account, sender: 'Cabinet', partsPerSecond: 1_000, ...common }))
    }

    afterEach(async () => {
      await sender?.stop()
      sender = undefined
      await smsc.close()
    })

    it('arrive whole, whatever they are written in, and are delivered', async () => {
      const texts = [
        'Code 123456 [€]',
        'Код 123456. Никому его не сообщайте.',
        `${'Съешь ещё этих мягких французских булок, да выпей чаю. '.repeat(12)}😀`,
        `${'The quick brown fox jumps over the lazy dog. '.repeat(12)}~`,
      ]
      for (const text of texts) plantCanary(text)
      await queueTexts(
        database,
        texts.map((text, index) => ({ phone: phone(index), text })),
      )
      // Receipts come at once: some before the answer to the last part is written down.
      await startCentre()
      await untilStatuses(...texts.map(() => 'DELIVERED'))
      expect(inbox.toSorted((a, b) => (a.phone < b.phone ? -1 : 1)).map(({ text }) => text)).toEqual(texts)
    })

    it('all arrive, once each, though the message centre throttles', async () => {
      let count = 0
      const texts = Array.from({ length: 60 }, (_, index) => ({ phone: phone(index), text: `Message ${index}.` }))
      await queueTexts(database, texts)
      await startCentre({ onSubmit: () => (count++ % 3 === 0 ? 0x58 : 0) })
      await untilStatuses(...texts.map(() => 'DELIVERED'))
      expect(inbox).toHaveLength(60)
    })
  })
})
