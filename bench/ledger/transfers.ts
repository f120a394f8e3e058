import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECT_DIRECTORY } from '../../cli/project.ts'
import { createPool } from '../../platform/database/connect.ts'
import { silentLogger } from '../../platform/logger.ts'
import { type Connection, openConnection } from '../home/load/connection.ts'
import { signIn } from '../home/world/viewers.ts'
import { postRequest } from './http-request.ts'
import { type Load, measure, type RunCase } from './measure.ts'
import type { TransferServerOptions } from './transfer-server.ts'
import type { LedgerWorld } from './world.ts'

const QUOTES_EACH = 20
const MARK = Buffer.from('"ConfirmTransferSuccess"')

interface Quote {
  readonly id: string
  readonly account_id: string
}

/**
 * What people send one another, by HTTP through the gateway, gateway and subgraphs in one process: confirmed, and
 * until the last is credited and settled. What was shown before is there already.
 */
export async function transferCases(world: LedgerWorld, load: Load): Promise<Record<string, RunCase>> {
  const pool = createPool({ url: world.adminUrl, poolSizeMax: 1, logger: silentLogger })
  world.onClose(() => pool.end())
  const { rows: quotes } = await pool.query<Quote>(SHOW_TRANSFERS, [QUOTES_EACH])
  const { port, close } = await startServer(world)
  world.onClose(close)
  const tokens = new Map(
    (await signIn(world.keys, world.crowd, world.crowd.accountCount)).map(({ accountId, token }) => [accountId, token]),
  )
  const operation = await readFile(path.join(PROJECT_DIRECTORY, 'schema/operations/confirm-transfer.graphql'), 'utf8')
  const connections = await Promise.all(Array.from({ length: load.clients }, () => openConnection(port)))
  world.onClose(async () => {
    for (const connection of connections) connection.close()
  })
  const confirm = async (client: number) => {
    const quote = quotes.pop()
    if (!quote) throw new Error('all transfers that were shown are confirmed: ask for fewer seconds')
    const variables = { input: { quoteId: quote.id, idempotencyKey: `bench-${quote.id}` } }
    const request = postRequest({ token: tokens.get(quote.account_id) ?? '' }, { query: operation, variables })
    await insist(connections[client] as Connection, request)
  }
  return {
    'transfer, by HTTP through the gateway, until all are settled': async () => {
      const startedAt = performance.now()
      const before = quotes.length
      await measure(load, confirm)
      await waitUntilSettled(pool)
      return ((before - quotes.length) * 1_000) / (performance.now() - startedAt)
    },
  }
}

const TRIES = 5
const PAUSE_MS = 200

/** As clients do: what was not answered in time is sent again under the same key. */
async function insist(connection: Connection, request: Buffer): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { hasMark } = await connection.ask(request, MARK)
    if (hasMark) return
    await sleep(PAUSE_MS)
  }
  throw new Error(`a transfer was not sent in ${TRIES} tries`)
}

/** Each to the next line: no two send to one another. */
const SHOW_TRANSFERS = `
  with line as (
    select id, owner_account_id, lead(id) over (order by id) as to_id, lead(msisdn) over (order by id) as to_phone
    from linked_numbers.line where status = 'ACTIVE'
  )
  insert into payments.transfer_quote (account_id, id, acting_account_id, line_id, to_phone, to_line_id, amount, fee,
    fee_version, quoted_at, valid_until)
  select owner_account_id, gen_random_uuid(), owner_account_id, id, to_phone, to_id, 100, 700, 1, now(),
    now() + interval '1 day'
  from line cross join generate_series(1, $1::int) where to_id is not null
  order by random()
  returning id, account_id`

async function waitUntilSettled(pool: ReturnType<typeof createPool>): Promise<void> {
  for (;;) {
    const { rows } = await pool.query("select from payments.payment where status = 'PENDING' limit 1")
    if (rows.length === 0) return
    await sleep(20)
  }
}

async function startServer(world: LedgerWorld): Promise<{ port: number; close: () => Promise<void> }> {
  const options: TransferServerOptions = {
    databaseUrls: world.databaseUrls,
    accessTokenKeys: world.keys.accessTokenKeys,
  }
  const server = fork(new URL('transfer-server.ts', import.meta.url), [JSON.stringify(options)])
  const [port] = (await once(server, 'message')) as [number]
  return { port, close: () => stop(server) }
}

async function stop(server: ChildProcess): Promise<void> {
  const isOver = once(server, 'exit')
  server.kill('SIGTERM')
  await isOver
}
