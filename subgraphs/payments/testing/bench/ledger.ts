import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Command } from 'commander'
import { migrateAll } from '../../../../cli/migrations.ts'
import { createOneProcess } from '../../../../cli/one-process.ts'
import { SUPERGRAPH_PATH } from '../../../../cli/project.ts'
import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase, createPool } from '../../../../platform/database/connect.ts'
import { startCluster } from '../../../../platform/database/embedded/cluster.ts'
import { generatePrivateKey } from '../../../../platform/identity/keys.ts'
import { createSecrets } from '../../../../platform/identity/secrets.ts'
import { UNKNOWN_CLIENT } from '../../../../platform/identity/viewer.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import { mapSubgraphs, roleName } from '../../../../platform/subgraph/name.ts'
import type { Tables } from '../../store/tables.ts'
import { moveMoney } from '../model/transfer.ts'
import { SOUND_PARTS } from '../model/world.ts'

const options = new Command('ledger')
  .description('how many postings a second, beside what the same database does of two-row transfers')
  .option('--seconds <count>', 'of each case in each round', '5')
  .option('--rounds <count>', 'the cases take turns', '3')
  .option('--clients <count>', 'at once', '64')
  .option('--lines <count>', 'among which money moves', '10000')
  .parse()
  .opts<Record<string, string>>()
const [seconds, rounds, clients, lineCount] = ['seconds', 'rounds', 'clients', 'lines'].map((name) =>
  Number(options[name]),
) as [number, number, number, number]

/** As the application's own cluster is set, durability included: what is measured is what an operator gets. */
const SETTINGS = { max_connections: '400', shared_buffers: '256MB', max_wal_size: '2GB' }
const newId = createNewId(systemClock)
const lines = Array.from({ length: lineCount }, newId)
/** What is open when the cases are over. */
const closing: (() => Promise<void>)[] = []
const someLine = () => lines[Math.floor(Math.random() * lines.length)] ?? ''

const CHARGE = 'mutation ($input: ChargeInput!) { answer: charge(input: $input) { __typename } }'
const RESERVE = 'mutation ($input: ReserveInput!) { answer: reserve(input: $input) { __typename } }'
const CAPTURE = 'mutation ($input: CaptureInput!) { answer: capture(input: $input) { __typename } }'

const folder = await mkdtemp(path.join(tmpdir(), 'cabinet-bench-'))
const cluster = await startCluster({
  dataDirectory: path.join(folder, 'data'),
  isDurable: true,
  settings: SETTINGS,
  foldersToRemove: [folder],
})
try {
  await prepare()
  const cases = { ...(await baseline()), ...(await ledger()) }
  const perSecond = new Map(Object.keys(cases).map((name) => [name, [] as number[]]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases)) perSecond.get(name)?.push(await run())
  }
  const yardstick = median(perSecond.values().next().value ?? [])
  console.table(
    [...perSecond].map(([name, measured]) => ({
      case: name,
      'per second': Math.round(median(measured)),
      'share of the first': (median(measured) / yardstick).toFixed(2),
      rounds: measured.map(Math.round).join(' '),
    })),
  )
} finally {
  for (const close of closing) await close()
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}

async function prepare(): Promise<void> {
  const server = createPool({ url: cluster.url('postgres'), poolSizeMax: 1, logger: silentLogger })
  await server.query('create database bench')
  await server.end()
  await migrateAll({ adminUrl: cluster.url('bench'), passwords: mapSubgraphs(() => null), logger: silentLogger })
  const pool = createPool({ url: cluster.url('bench'), poolSizeMax: 1, logger: silentLogger })
  await pool.query('create table public.two_rows (id int primary key, balance bigint not null)')
  await pool.query('insert into public.two_rows select n, 0 from generate_series(1, $1::int) as n', [lineCount])
  await pool.query(
    `with opened as (
       insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
       select id, gen_random_uuid(), 'OPENING_BALANCE', 'opening-balance', now(), now() from unnest($1::uuid[]) as id
       returning line_id, id
     )
     insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
     select line_id, id, 'KOPECK', 'OPENING_BALANCE', 'CUSTOMER', 1000000000 from opened`,
    [lines],
  )
  await pool.query('vacuum analyze')
  await pool.end()
}

/** The yardstick comes first: pgbench where it is there, else the same statements by the driver that we use. */
async function baseline(): Promise<Record<string, () => Promise<number>>> {
  const script = path.join(folder, 'two-rows.sql')
  await writeFile(
    script,
    `\\set a random(1, ${lineCount})
\\set b random(1, ${lineCount})
begin;
update two_rows set balance = balance - 1 where id = least(:a, :b);
update two_rows set balance = balance + 1 where id = greatest(:a, :b);
commit;
`,
  )
  const run = promisify(execFile)
  const pgbench = async () => {
    const flags = ['-n', '-f', script, '-c', String(clients), '-j', '2', '-T', String(seconds), cluster.url('bench')]
    const { stdout } = await run('pgbench', flags)
    return Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
  }
  const pool = createPool({ url: cluster.url('bench'), poolSizeMax: clients, logger: silentLogger })
  closing.push(() => pool.end())
  const driver = () =>
    measure(async () => {
      const client = await pool.connect()
      const [a, b] = [1, 1].map(() => 1 + Math.floor(Math.random() * lineCount)) as [number, number]
      await client.query('begin')
      await client.query('update two_rows set balance = balance - 1 where id = $1', [Math.min(a, b)])
      await client.query('update two_rows set balance = balance + 1 where id = $1', [Math.max(a, b)])
      await client.query('commit')
      client.release()
    })
  const isThere = await run('pgbench', ['--version']).then(
    () => true,
    () => false,
  )
  return { ...(isThere && { 'two rows, by pgbench': pgbench }), 'two rows, by our driver': driver }
}

async function ledger(): Promise<Record<string, () => Promise<number>>> {
  const url = cluster.url('bench', roleName('payments'))
  const db = connectDatabase<Tables>({ url, poolSizeMax: clients, logger: silentLogger })
  const cabinet = await createOneProcess({
    databaseUrls: mapSubgraphs((name) => cluster.url('bench', roleName(name))),
    ...{ clock: systemClock, newId, logger: silentLogger, currencyCode: 'RUB' },
    accessTokenKeys: { keys: [await generatePrivateKey('development.accounts.1')] },
    accountsSecrets: createSecrets(['development-secret-of-a-benchmark-development-secret']),
    ...{ isDevelopment: false, supergraphPath: SUPERGRAPH_PATH },
  })
  closing.push(
    () => cabinet.close(),
    () => db.destroy(),
  )
  const principal = { kind: 'service', name: 'products' } as const
  const viewer = { principal, language: 'en', requestId: 'bench', client: UNKNOWN_CLIENT } as const
  const ask = async (query: string, variables: object) => {
    const { data } = await cabinet.subgraphs.payments.execute({ query, variables: { ...variables } }, viewer)
    const answer = (data?.['answer'] as { __typename?: string } | undefined)?.__typename
    if (!answer?.endsWith('Success')) throw new Error(`the bench was answered with ${answer}`)
  }
  const reason = { title: { ru: 'Услуга', en: 'A service' }, orderId: 'an order' }
  const wish = () => ({ lineId: someLine(), amount: '0.01', kind: 'SERVICE_CHARGE', reason })
  return {
    'transfer between two lines, the ledger alone': () =>
      measure(async () => {
        const move = { key: newId(), from: { id: someLine() }, to: { id: someLine() }, amount: 1n }
        if (move.from.id === move.to.id) return
        await db.transaction().execute((trx) => moveMoney(trx, { parts: SOUND_PARTS, clock: systemClock, newId }, move))
      }),
    'charge, through the subgraph': () => measure(() => ask(CHARGE, { input: { ...wish(), chargeId: newId() } })),
    'reserve and capture, through the subgraph': () =>
      measure(async () => {
        const input = { ...wish(), reservationId: newId() }
        await ask(RESERVE, { input })
        await ask(CAPTURE, { input: { lineId: input.lineId, reservationId: input.reservationId } })
      }),
  }
}

/** How many a second, by all clients together. */
async function measure(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1_000
  let done = 0
  const client = async () => {
    for (; performance.now() < endsAt; done++) await work()
  }
  await Promise.all(Array.from({ length: clients }, client))
  return (done * 1_000) / (performance.now() - startedAt)
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
