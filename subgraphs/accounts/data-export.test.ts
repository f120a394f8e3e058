import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSubgraphs, type SubgraphsDependencies } from '../../cli/one-process.ts'
import { insertAccount, insertCatalogue, insertLine, lineId, phone } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { createSecrets } from '../../platform/identity/secrets.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'

const SECRET = 'development-secret-of-this-test-development-secret'
const JOB_TIMING = { pollSeconds: 0.5, superviseSeconds: 1 }
const WAIT = { timeout: 90_000, interval: 100 }
const START = Date.parse('2040-03-01T12:00:00Z')
const HOUR_MS = 3_600_000

let cabinet: TestCabinet
let nowMs: number
let anna: string
let token: string
const clock = { now: () => new Date(nowMs) }

beforeEach(async () => {
  nowMs = START
  cabinet = await openTestCabinet({ clock, accountsSecrets: createSecrets([SECRET]), jobTiming: JOB_TIMING })
  await insertCatalogue(cabinet.database)
  anna = await insertAccount(cabinet.database, { number: 1, displayName: 'Анна Каренина' })
  await insertLine(cabinet.database, { number: 1, ownerId: anna })
  token = await signIn(anna)
})

afterEach(() => cabinet.close())

/** A session that was opened just now. */
async function signIn(accountId: string, method = 'ONE_TIME_PASSWORD'): Promise<string> {
  const sessionId = createNewId(clock)()
  await cabinet.database.sql(
    `insert into accounts.session (person_id, id, account_id, method, device_name, refresh_seed, secret_id, created_at,
       last_used_at, access_until)
     values ($1, $2, $1, $3, 'Telephone', '', '', $4, $4, $4)`,
    [accountId, sessionId, method, clock.now()],
  )
  return cabinet.signPrincipal({ kind: 'account', accountId, personId: accountId, sessionId, organizationRole: null })
}

const REQUEST = `mutation ($input: RequestDataExportInput!) {
  requestDataExport(input: $input) {
    __typename
    ... on RequestDataExportSuccess { dataExport { id status readyAt expiresAt } }
    ... on UserError { message path }
  }
}`
const DOWNLOAD = `mutation ($input: DownloadDataExportInput!) {
  downloadDataExport(input: $input) {
    __typename
    ... on DownloadDataExportSuccess { url expiresAt }
    ... on UserError { message path }
  }
}`
const request = async (idempotencyKey: string, as = token) =>
  (await cabinet.ask({ query: REQUEST, variables: { input: { idempotencyKey } } }, as)).data?.requestDataExport
const link = async (exportId: string, as = token) =>
  (await cabinet.ask({ query: DOWNLOAD, variables: { input: { exportId } } }, as)).data?.downloadDataExport
const statusOf = async (id: string, as = token) =>
  (await cabinet.ask({ query: 'query ($id: ID!) { dataExport(id: $id) { status } }', variables: { id } }, as)).data
    ?.dataExport?.status
const take = (url: string) => cabinet.gateway.http.inject({ url })
const count = async (table: string) =>
  (await cabinet.database.sql<{ count: number }>(`select count(*)::int as count from ${table}`))[0]?.count

interface Copy {
  readonly accountId: string
  readonly records: readonly { part: string; table: string; row: Record<string, unknown> }[]
  readonly manifest: Readonly<Record<string, Readonly<Record<string, number>>>>
}

async function ready(key = 'a key', as = token): Promise<string> {
  const { dataExport } = await request(key, as)
  await vi.waitFor(async () => expect(await statusOf(dataExport.id, as)).toBe('READY'), WAIT)
  return dataExport.id
}

async function download(exportId: string, as = token): Promise<Copy> {
  const { url } = await link(exportId, as)
  const { statusCode, rawPayload, headers } = await take(url)
  expect({ statusCode, type: headers['content-type'] }).toEqual({ statusCode: 200, type: 'application/gzip' })
  return JSON.parse(gunzipSync(rawPayload).toString())
}

describe('a copy of all that is kept of an account', { timeout: 120_000 }, () => {
  it('is prepared in the background, told of, sealed while it lies, and taken by a link', async () => {
    const begun = await request('a key')
    expect(begun).toMatchObject({ __typename: 'RequestDataExportSuccess', dataExport: { status: 'PREPARING' } })
    const exportId = await ready()
    expect(exportId).toBe(begun.dataExport.id)
    const notices = await cabinet.database.sql('select kind from accounts.notice')
    expect(notices).toEqual([{ kind: 'EXPORT_READY' }])
    expect(JSON.stringify(await cabinet.database.sql('select sealed from accounts.data_export_chunk'))).not.toContain(
      Buffer.from('Каренина').toString('base64').slice(0, 8),
    )
    const { accountId, records, manifest } = await download(exportId)
    expect(accountId).toBe(anna)
    expect(manifest).toMatchObject({
      accounts: { account: 1 },
      'linked-numbers': { line: 1 },
      products: { line_tariff: 1, line_option: 1 },
      payments: { ledger_balance: 2, ledger_entry: 2, bonus_lot: 1 },
    })
    expect(records.find(({ table }) => table === 'account')?.row).toMatchObject({ display_name: 'Анна Каренина' })
    const acts = await cabinet.database.sql<{ kind: string }>('select kind from accounts.act order by id')
    expect(acts.map(({ kind }) => kind)).toEqual([
      'DATA_EXPORT_REQUESTED',
      'DATA_EXPORT_LINK_ISSUED',
      'DATA_EXPORT_TAKEN',
    ])
  })

  it('holds nothing of another account, and is nobody else’s to ask for', async () => {
    const boris = await insertAccount(cabinet.database, { number: 2, displayName: 'Борис' })
    await insertLine(cabinet.database, { number: 2, ownerId: boris })
    const exportId = await ready()
    const text = JSON.stringify(await download(exportId))
    expect(text).not.toContain(lineId(2))
    expect(text).not.toContain('Борис')
    const another = await signIn(boris)
    expect(await link(exportId, another)).toMatchObject({ __typename: 'DataExportNotFoundError' })
    expect(await statusOf(exportId, another)).toBeUndefined()
  })

  it('is one for a key, and one at a time, however many ask', async () => {
    const same = await Promise.all(Array.from({ length: 20 }, () => request('the same key')))
    expect(new Set(same.map((answer) => answer.dataExport?.id)).size).toBe(1)
    expect(await count('accounts.data_export')).toBe(1)
    const others = await Promise.all(Array.from({ length: 5 }, (_, place) => request(`another key ${place}`)))
    for (const { __typename } of others) {
      expect(['DataExportInProgressError', 'RequestDataExportSuccess']).toContain(__typename)
    }
    for (const key of ['', 'x'.repeat(101), 'zero \0']) {
      expect(await request(key)).toMatchObject({ __typename: 'InvalidIdempotencyKeyError', path: ['idempotencyKey'] })
    }
  })

  it('holds a big account page by page', async () => {
    await cabinet.database.sql(
      `insert into linked_numbers.usage_record
       select $1, gen_random_uuid(), 'usage ' || n, 'VOICE', now(), '+79160000000', n, 'SECOND', n
       from generate_series(1, 3000) as n`,
      [lineId(1)],
    )
    const { manifest, records } = await download(await ready())
    expect(manifest['linked-numbers']?.['usage_record']).toBe(3_000)
    const ids = records.filter(({ table }) => table === 'usage_record').map(({ row }) => row['external_id'])
    expect(new Set(ids).size).toBe(3_000)
  })

  it('is taken once by a link, though fifty come at the same time', async () => {
    const exportId = await ready()
    const { url } = await link(exportId)
    const answers = await Promise.all(Array.from({ length: 50 }, () => take(url)))
    expect(
      answers
        .map(({ statusCode }) => statusCode)
        .sort()
        .slice(0, 2),
    ).toEqual([200, 404])
    expect((await take('/downloads/nonsense-nonsense-nonsense')).statusCode).toBe(404)
    const [first, second] = [await link(exportId), await link(exportId)]
    expect((await take(first.url)).statusCode).toBe(404)
    nowMs += 11 * 60_000
    expect((await take(second.url)).statusCode).toBe(404)
  })

  it('asks for a fresh sign-in before it gives a link', async () => {
    const exportId = await ready()
    nowMs += 11 * 60_000
    expect(await link(exportId)).toMatchObject({ __typename: 'FreshSignInRequiredError' })
    expect(await link(exportId, await signIn(anna))).toMatchObject({ __typename: 'DownloadDataExportSuccess' })
  })

  it('is over after its days, and then erased', async () => {
    const exportId = await ready()
    const jobs = await cabinet.database.sql<{ hours: number }>(
      `select extract(epoch from start_after - $1::timestamptz)::int / 3600 as hours from accounts_jobs.job
       where name = 'erase-export'`,
      [clock.now()],
    )
    expect(jobs).toEqual([{ hours: 7 * 24 }])
    nowMs += 7 * 24 * HOUR_MS
    const later = await signIn(anna)
    expect(await statusOf(exportId, later)).toBe('EXPIRED')
    expect(await link(exportId, later)).toMatchObject({ __typename: 'DataExportNotReadyError' })
    await cabinet.database.sql(`update accounts_jobs.job set start_after = now() where name = 'erase-export'`)
    await vi.waitFor(async () => expect(await count('accounts.data_export_chunk')).toBe(0), WAIT)
  })

  it('waits for a part of the graph that is away, and tries again', async () => {
    await cabinet.database.sql('alter table payments.bonus_lot rename to away')
    const { dataExport } = await request('a key')
    const retried = () => cabinet.database.sql(`select from accounts_jobs.job where state = 'retry'`)
    await vi.waitFor(async () => expect(await retried()).toHaveLength(1), WAIT)
    expect(await count('accounts.data_export_chunk')).toBe(0)
    expect(await statusOf(dataExport.id)).toBe('PREPARING')
    await cabinet.database.sql('alter table payments.away rename to bonus_lot')
    expect(await ready()).toBe(dataExport.id)
  })

  it('has one effect when two workers do the same job at once', async () => {
    const another = await createSubgraphs({ ...servicesOf(cabinet), jobTiming: JOB_TIMING })
    try {
      const accounts = await Promise.all(
        Array.from({ length: 8 }, (_, place) => insertAccount(cabinet.database, { number: 100 + place })),
      )
      const tokens = await Promise.all(accounts.map((account) => signIn(account)))
      await Promise.all(tokens.map((as) => request('a key', as)))
      // Each once more, as a worker that was taken for dead would.
      await cabinet.database.sql(
        `insert into accounts_jobs.job (name, data)
         select 'prepare-export', jsonb_build_object('accountId', account_id, 'exportId', id)
         from accounts.data_export, generate_series(1, 3)`,
      )
      const open = () =>
        cabinet.database.sql(`select from accounts_jobs.job where name = 'prepare-export' and state <> 'completed'`)
      await vi.waitFor(async () => expect(await open()).toEqual([]), WAIT)
      expect(await count('accounts.notice')).toBe(8)
      const chunks = await cabinet.database.sql<{ is_right: boolean }>(
        `select chunk.run_id = data_export.run_id as is_right from accounts.data_export_chunk as chunk
         join accounts.data_export on data_export.id = chunk.export_id`,
      )
      expect(chunks).toEqual(Array.from({ length: 8 }, () => ({ is_right: true })))
    } finally {
      await Promise.all(Object.values(another).map((subgraph) => subgraph.close()))
    }
  })

  it('is prepared once though its worker is killed in the middle', async () => {
    await cabinet.subgraphs.accounts.close()
    await cabinet.database.sql('insert into accounts.contact values ($1, $2, now())', [anna, phone(1)])
    const exportId = createNewId(clock)()
    await cabinet.database.sql(
      `insert into accounts.data_export (account_id, id, idempotency_key, requested_at) values ($1, $2, 'a key', now())`,
      [anna, exportId],
    )
    await cabinet.database.sql(
      `insert into accounts_jobs.job (name, data, heartbeat_seconds, retry_limit, expire_seconds)
       values ('prepare-export', $1, 10, 9, 600)`,
      [JSON.stringify({ accountId: anna, exportId })],
    )
    // The worker comes as far as this table, and waits.
    await cabinet.database.sql('alter table payments.bonus_lot rename to held')
    await cabinet.database.sql(
      'create view payments.bonus_lot as select held.* from payments.held, pg_sleep(60); grant select on payments.bonus_lot to cabinet_payments',
    )
    const worker = spawnWorker(cabinet)
    const active = () => cabinet.database.sql(`select from accounts_jobs.job where state = 'active'`)
    await vi.waitFor(async () => expect(await active()).toHaveLength(1), WAIT)
    worker.kill('SIGKILL')
    await cabinet.database.sql('drop view payments.bonus_lot cascade; alter table payments.held rename to bonus_lot')
    const next = await createSubgraphs({ ...servicesOf(cabinet), jobTiming: JOB_TIMING })
    try {
      const state = () => cabinet.database.sql<{ status: string }>('select status from accounts.data_export')
      await vi.waitFor(async () => expect(await state()).toEqual([{ status: 'READY' }]), WAIT)
      expect(await count('accounts.notice')).toBe(1)
      expect(await count('accounts.data_export_chunk')).toBe(1)
    } finally {
      await Promise.all(Object.values(next).map((subgraph) => subgraph.close()))
    }
  })
})

function servicesOf({ database, keys }: TestCabinet): SubgraphsDependencies {
  return {
    databaseUrls: database.urls,
    clock,
    newId: createNewId(clock),
    logger: silentLogger,
    currencyCode: 'RUB',
    accessTokenKeys: keys,
    accountsSecrets: createSecrets([SECRET]),
  }
}

const WORKER = fileURLToPath(new URL('testing/export-worker.ts', import.meta.url))

function spawnWorker({ database, keys }: TestCabinet) {
  const asked = JSON.stringify({ urls: database.urls, keys, secret: SECRET })
  return spawn(process.execPath, [WORKER, asked], { stdio: 'ignore' })
}
