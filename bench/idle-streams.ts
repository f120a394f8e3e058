import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { PROJECT_DIRECTORY } from '../cli/project.ts'
import { createPool } from '../platform/database/connect.ts'
import { silentLogger } from '../platform/logger.ts'
import { startOneProcess } from './home/cases/one.ts'
import { cpuBetween, readCpu } from './home/cpu.ts'
import { residentMemoryMb } from './home/soak.ts'
import { crowdWith } from './home/world/crowd.ts'
import { signIn } from './home/world/viewers.ts'
import { createWorld, type World } from './home/world/world.ts'

const program = new Command('idle-streams')
  .description('many people leave a stream of their balance open on one process; then each balance changes once')
  .option('--streams <count>', 'how many', '10000')
  .option('--seconds <seconds>', 'how long nothing happens', '30')
  .parse()
const options = program.opts<{ streams: string; seconds: string }>()
const count = Number(options.streams)
const seconds = Number(options.seconds)
const PATIENCE_MS = 60_000
/** As people come; the process takes them one after another. */
const AT_ONCE = 50

/** A stream as its client sees it. */
interface Stream {
  readonly socket: Socket
  events: number
  isOpen: boolean
}

const CHANGE_ALL = `
  with posted as (
    insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
    select line_id, gen_random_uuid(), 'TOP_UP', 'bench', now(), now() from payments.ledger_balance where unit = 'KOPECK'
    returning line_id, id
  )
  insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
  select line_id, id, 'KOPECK', 'CARD_ACQUIRING', 'CUSTOMER', 100 from posted order by line_id`

const world: World = await createWorld()
const pool = createPool({ url: world.databaseUrl('watcher'), poolSizeMax: 1, logger: silentLogger })
const { front, processes } = await startOneProcess(world)
try {
  process.exitCode = (await watch(front)) ? 0 : 1
} finally {
  for (const each of processes) await each.stop()
  await pool.end()
  await world.close()
}

async function watch({ pid, port }: { readonly pid: number; readonly port: number }): Promise<boolean> {
  const beforeMb = residentMemoryMb(pid)
  const streams = await openAll(port)
  const openMb = residentMemoryMb(pid)
  const before = readCpu([pid])
  await sleep(seconds * 1_000)
  const idleMs = cpuBetween(before, readCpu([pid]))
  const stillOpen = streams.filter(({ isOpen }) => isOpen).length
  // The first event is how it is now.
  const quiet = streams.filter(({ events }) => events === 1).length
  const toldMs = await tellAll(streams)
  const toldOnce = streams.filter(({ events }) => events === 2).length
  console.table({
    streams: streams.length,
    'open after the pause': stillOpen,
    'told how it is, and nothing else': quiet,
    'MB before': beforeMb,
    'MB with all open': openMb,
    'KB for each': Math.round(((openMb - beforeMb) * 1_000) / streams.length),
    'CPU ms a second while nothing happens': Math.round(idleMs / seconds),
    'told once of one change': toldOnce,
    'ms until all were told': Math.round(toldMs),
  })
  for (const { socket } of streams) socket.destroy()
  return [streams.length, stillOpen, quiet, toldOnce].every((number) => number === count)
}

/** One for each person, of their first line. */
async function openAll(port: number): Promise<Stream[]> {
  const crowd = crowdWith(2)
  const viewers = await signIn(world.keys, crowd, count)
  const query = await readFile(path.join(PROJECT_DIRECTORY, 'schema/operations/balance-changed.graphql'), 'utf8')
  const { rows } = await pool.query<{ account_id: string; line_id: string }>(
    `select distinct on (account_id) account_id::text, line_id::text from linked_numbers.account_line
     order by account_id, line_id`,
  )
  const lines = new Map(rows.map((row) => [row.account_id, row.line_id]))
  const streams: Stream[] = []
  const waiting = viewers.values()
  const openSome = async () => {
    for (const { accountId, token } of waiting) {
      const body = JSON.stringify({ query, variables: { lineId: lines.get(accountId) } })
      streams.push(await openStream(port, token, body))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, openSome))
  return streams
}

async function openStream(port: number, token: string, body: string): Promise<Stream> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  const stream: Stream = { socket, events: 0, isOpen: true }
  const head = [
    'POST /graphql HTTP/1.1',
    'host: 127.0.0.1',
    'accept: text/event-stream',
    'content-type: application/json',
    `authorization: Bearer ${token}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.on('data', (chunk: Buffer) => {
    stream.events += chunk.toString('utf8').split('event: next').length - 1
  })
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error(`no stream: ${answer.toString('utf8')}`)
  socket.on('close', () => {
    stream.isOpen = false
  })
  return stream
}

/** All balances change in one transaction. Gives how long it took until everybody knew, or gave up. */
async function tellAll(streams: readonly Stream[]): Promise<number> {
  const startedAt = performance.now()
  await pool.query(CHANGE_ALL)
  while (performance.now() < startedAt + PATIENCE_MS && streams.some(({ events }) => events < 2)) await sleep(50)
  const toldMs = performance.now() - startedAt
  // Whoever is told twice is told so soon.
  await sleep(2_000)
  return toldMs
}
