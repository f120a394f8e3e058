import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inboxFile, readInbox } from '../../../cli/stand-ins/smsc/inbox.ts'
import { type SmscProcess, startSmscProcess } from '../../../cli/stand-ins/smsc/smsc-process.ts'
import { phone } from '../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { watchLine } from '../../../platform/testing/log-watch.ts'
import type { Plant } from './testing/plants.ts'
import { queueTexts } from './testing/queue-messages.ts'
import type { SenderArguments } from './testing/sender-process.ts'

const SENDER = fileURLToPath(new URL('testing/sender-process.ts', import.meta.url))
const LEASE_MS = 1_500

/** What came of the messages, seen from both sides. */
interface Tally {
  readonly byStatus: Readonly<Record<string, number>>
  /** Messages that a telephone got twice. */
  readonly twice: number
  /** Sent, as we say, and not there. */
  readonly lost: number
  /** Neither sent nor unknown, as we say, and there all the same. */
  readonly denied: number
  /** Unknown, as we say, and reported in no log. */
  readonly unreported: number
}

describe('the sender among processes that are killed', { timeout: 240_000 }, () => {
  let database: TestDatabase
  let folder: string
  let smsc: SmscProcess
  let senders: ChildProcess[]
  let reported: Set<string>

  beforeEach(async () => {
    database = await createTestDatabase()
    folder = mkdtempSync(path.join(tmpdir(), 'cabinet-smsc-'))
    senders = []
    reported = new Set()
    smsc = await startSmsc(0)
  })

  afterEach(async () => {
    for (const { child } of [smsc, ...senders.map((child) => ({ child }))]) child.kill('SIGKILL')
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  function startSmsc(port: number): Promise<SmscProcess> {
    const inbox = inboxFile(folder)
    const account = { systemId: 'test', password: 'secret' }
    return startSmscProcess({ ...account, port, inbox, messagesKept: 1_000_000, answerDelayMs: 5, receiptDelayMs: 10 })
  }

  async function killSmsc(): Promise<void> {
    const exited = once(smsc.child, 'exit')
    smsc.child.kill('SIGKILL')
    await exited
    smsc = await startSmsc(smsc.smpp)
  }

  async function startSender(plant: Plant | null = null): Promise<ChildProcess> {
    const told: SenderArguments = {
      databaseUrl: database.urls.accounts,
      smscUrl: `smpp://test:secret@127.0.0.1:${smsc.smpp}`,
      leaseMs: LEASE_MS,
      plant,
    }
    const child = spawn(process.execPath, [SENDER, JSON.stringify(told)], { stdio: ['pipe', 'pipe', 'inherit'] })
    senders.push(child)
    const lines = createInterface(child.stdout)
    const started = once(lines, 'line')
    lines.on('line', (line) => {
      watchLine(line)
      const { messageId } = JSON.parse(line) as { messageId?: string }
      if (messageId !== undefined) reported.add(messageId)
    })
    await started
    return child
  }

  async function killSender(child: ChildProcess): Promise<void> {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  const queue = (count: number) =>
    queueTexts(
      database,
      Array.from({ length: count }, (_, index) => ({ phone: phone(index + 1), text: `Message ${index + 1}.` })),
    )
  const waiting = async () =>
    (
      await database.sql<{ count: number }>(
        `select count(*)::int as count from accounts.message where status in ('QUEUED', 'SENDING')`,
      )
    )[0]?.count ?? 0
  const arrived = () => readInbox(inboxFile(folder)).length

  async function untilArrived(count: number): Promise<void> {
    while (arrived() < count) await sleep(5)
  }

  async function untilDone(): Promise<void> {
    while ((await waiting()) > 0) await sleep(50)
    // The last receipts and log lines.
    await sleep(500)
  }

  async function tally(): Promise<Tally> {
    const rows = await database.sql<{ id: string; phone: string; status: string; body: string | null }>(
      'select id, phone, status, body from accounts.message',
    )
    expect(rows.filter(({ body }) => body !== null)).toEqual([])
    const copies = Map.groupBy(readInbox(inboxFile(folder)), (message) => message.phone)
    const copiesOf = (row: { phone: string }) => copies.get(row.phone)?.length ?? 0
    const isSent = ({ status }: { status: string }) => status === 'SENT' || status === 'DELIVERED'
    const byStatus = Object.entries(Object.groupBy(rows, ({ status }) => status))
    return {
      byStatus: Object.fromEntries(byStatus.map(([status, group = []]) => [status, group.length])),
      twice: rows.filter((row) => copiesOf(row) > 1).length,
      lost: rows.filter((row) => isSent(row) && copiesOf(row) === 0).length,
      denied: rows.filter((row) => !isSent(row) && row.status !== 'UNKNOWN' && copiesOf(row) > 0).length,
      unreported: rows.filter((row) => row.status === 'UNKNOWN' && !reported.has(row.id)).length,
    }
  }

  const RIGHT = { twice: 0, lost: 0, denied: 0, unreported: 0 }

  it('sends each of 10,000 once or reports it, though the message centre is killed again and again', async () => {
    const count = 10_000
    await queue(count)
    await startSender()
    for (let kill = 1; kill <= 8; kill++) {
      await untilArrived((kill * count) / 10)
      await killSmsc()
    }
    await untilDone()
    const { byStatus, ...faults } = await tally()
    expect(faults).toEqual(RIGHT)
    expect(Object.keys(byStatus).filter((status) => !['SENT', 'DELIVERED', 'UNKNOWN'].includes(status))).toEqual([])
    expect(byStatus['UNKNOWN']).toBeGreaterThan(0)
  })

  it('sends each of 2,000 once or reports it, though of two senders one is killed again and again', async () => {
    const count = 2_000
    await queue(count)
    await startSender()
    let mortal = await startSender()
    for (let kill = 1; kill <= 5; kill++) {
      await untilArrived((kill * count) / 7)
      await killSender(mortal)
      mortal = await startSender()
    }
    await untilDone()
    const { byStatus, ...faults } = await tally()
    expect(faults).toEqual(RIGHT)
    expect((byStatus['DELIVERED'] ?? 0) + (byStatus['SENT'] ?? 0)).toBeGreaterThan(count / 2)
  })

  it('would see a sender that sends again what may have left', async () => {
    await queue(2_000)
    await startSender('resendUnknown')
    for (let kill = 1; kill <= 5; kill++) {
      await untilArrived((kill * 2_000) / 7)
      await killSmsc()
    }
    await untilDone()
    expect((await tally()).twice).toBeGreaterThan(0)
  })

  it('would see a sender that marks a message only when it has the answer', async () => {
    await queue(2_000)
    for (let kill = 1; kill <= 5; kill++) {
      const sender = await startSender('markAfterWrite')
      await untilArrived((kill * 2_000) / 7)
      await killSender(sender)
    }
    await startSender('markAfterWrite')
    await untilDone()
    expect((await tally()).twice).toBeGreaterThan(0)
  })

  it('ends in order when it is told to: what is in flight is finished, the rest waits', async () => {
    await queue(2_000)
    const sender = await startSender()
    await untilArrived(200)
    const exited = once(sender, 'exit')
    sender.stdin?.end()
    expect(await exited).toEqual([0, null])
    const rows = await database.sql<{ status: string }>('select distinct status from accounts.message')
    expect(rows.map(({ status }) => status).filter((status) => ['SENDING', 'UNKNOWN'].includes(status))).toEqual([])
    await startSender()
    await untilDone()
    const { byStatus, ...faults } = await tally()
    expect(faults).toEqual(RIGHT)
    expect((byStatus['DELIVERED'] ?? 0) + (byStatus['SENT'] ?? 0)).toBe(2_000)
  })
})
