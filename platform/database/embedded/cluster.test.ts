import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgresBinaries, inspectBinaries } from './binaries.ts'
import { type EmbeddedCluster, startCluster } from './cluster.ts'
import type { HolderRequest } from './cluster-holder.ts'
import { readPostmaster } from './postmaster.ts'
import { isProcessAlive } from './process-life.ts'
import { canEnter, chooseServerUser, type ServerUser } from './server-user.ts'
import { startThrowawayCluster } from './throwaway-cluster.ts'

const isRoot = process.getuid?.() === 0
const NOBODY: ServerUser = { uid: 65534, gid: 65534 }

let folder: string
/** One cluster that most tests share, one after the other: a start costs a tenth of an initdb. */
let dataDirectory: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cabinet-test-'))
  chmodSync(folder, 0o755)
  dataDirectory = path.join(folder, 'shared')
  const cluster = await start()
  await query(cluster.url('postgres'), 'create table note (text text); insert into note values ($$kept$$)')
  await cluster.stop()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(more: Partial<HolderRequest> = {}): Promise<EmbeddedCluster> {
  return startCluster({ dataDirectory, isDurable: false, ...more })
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

function spawnHolder(request: Partial<HolderRequest> = {}, user: ServerUser | null = null): ChildProcess {
  const program = path.join(import.meta.dirname, 'cluster-holder.ts')
  return spawn(process.execPath, [program, JSON.stringify({ dataDirectory, isDurable: false, ...request })], {
    ...user,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

type HeldCluster = Pick<EmbeddedCluster, 'dataDirectory' | 'socketDirectory' | 'isOwner'> & { postgresUrl: string }

async function readHeld(holder: ChildProcess): Promise<HeldCluster> {
  if (!holder.stdout) throw new Error('the holder has no output')
  const [line] = await once(createInterface(holder.stdout), 'line')
  return JSON.parse(line)
}

async function release(holder: ChildProcess): Promise<void> {
  const exit = once(holder, 'exit')
  holder.stdin?.end()
  await exit
}

function serverPid(directory: string): number {
  const pid = readPostmaster(directory)?.pid
  if (pid === undefined) throw new Error(`no server in ${directory}`)
  return pid
}

async function waitUntil(isTrue: () => boolean): Promise<void> {
  for (const endsAt = performance.now() + 8_000; performance.now() < endsAt; await sleep(10)) {
    if (isTrue()) return
  }
  throw new Error(`waited in vain until ${isTrue}`)
}

describe('a cluster', () => {
  it('answers in UTF-8 and UTC, as the superuser cabinet', async () => {
    const cluster = await start()
    const [row] = await query(
      cluster.url('postgres'),
      `select current_user as role, current_setting('timezone') as zone, upper('привет') as text,
         current_setting('server_encoding') as encoding, current_setting('listen_addresses') as addresses`,
    )
    await cluster.stop()
    expect(row).toEqual({ role: 'cabinet', zone: 'UTC', text: 'ПРИВЕТ', encoding: 'UTF8', addresses: '' })
  })

  it('listens in a short folder that only its user enters, and takes the folder along', async () => {
    const cluster = await start()
    expect(statSync(cluster.socketDirectory).mode & 0o777).toBe(0o700)
    expect(Buffer.byteLength(path.join(cluster.socketDirectory, '.s.PGSQL.5432.lock'))).toBeLessThan(104)
    await cluster.stop()
    expect(existsSync(cluster.socketDirectory)).toBe(false)
  })

  it('keeps its data from one run to the next', async () => {
    const cluster = await start({ isDurable: true })
    const rows = await query(cluster.url('postgres'), 'select text from note')
    await cluster.stop()
    expect(rows).toEqual([{ text: 'kept' }])
  })

  it('takes settings', async () => {
    const cluster = await start({ settings: { work_mem: '5MB' } })
    const rows = await query(cluster.url('postgres'), 'show work_mem')
    await cluster.stop()
    expect(rows).toEqual([{ work_mem: '5MB' }])
  })

  it('says why it did not start', async () => {
    await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(/shared_buffers/)
  })

  it('is attached to, not started twice, and outlives the one that attached', async () => {
    const owner = await start()
    const guest = await start()
    expect([owner.isOwner, guest.isOwner]).toEqual([true, false])
    await guest.stop()
    expect(await query(guest.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
    await owner.stop()
    await owner.stop()
  })

  it('does not keep a process alive that runs off its end, nor outlive it', async () => {
    const holder = spawnHolder({ hold: false })
    const held = await readHeld(holder)
    if (holder.exitCode === null) await once(holder, 'exit')
    expect(holder.exitCode).toBe(0)
    await waitUntil(() => readPostmaster(dataDirectory) === null && !existsSync(held.socketDirectory))
  })
})

describe('a data directory', () => {
  it('of another major version is refused and left as it is', async () => {
    const versionFile = path.join(dataDirectory, 'PG_VERSION')
    const version = readFileSync(versionFile, 'utf8')
    writeFileSync(versionFile, '9\n')
    await expect(start()).rejects.toThrow(/written by PostgreSQL 9.*Move the folder away/)
    writeFileSync(versionFile, version)
  })

  it('that holds something else is refused and left as it is', async () => {
    const occupied = path.join(folder, 'occupied')
    mkdirSync(occupied)
    writeFileSync(path.join(occupied, 'letter.txt'), 'dear')
    await expect(start({ dataDirectory: occupied })).rejects.toThrow(/Move it away/)
    expect(readdirSync(occupied)).toEqual(['letter.txt'])
  })

  it('is made anew when the one that made it was killed half-way', async () => {
    const fresh = path.join(folder, 'half-way')
    const unfinished = () => readdirSync(folder).filter((name) => name.startsWith('half-way.new-'))
    const holder = spawnHolder({ dataDirectory: fresh })
    await waitUntil(() => unfinished().some((name) => existsSync(path.join(folder, name, 'base'))))
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(existsSync(fresh)).toBe(false)
    const cluster = await start({ dataDirectory: fresh })
    expect(await query(cluster.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
    expect(unfinished()).toEqual([])
    await cluster.stop()
  })

  it('gets one server when two processes start at once', async () => {
    const fresh = path.join(folder, 'contested')
    const holders = [spawnHolder({ dataDirectory: fresh }), spawnHolder({ dataDirectory: fresh })]
    const held = await Promise.all(holders.map(readHeld))
    expect(held.map(({ isOwner }) => isOwner).sort()).toEqual([false, true])
    for (const { postgresUrl } of held) expect(await query(postgresUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await Promise.all(holders.map(release))
    expect(readPostmaster(fresh)).toBe(null)
    expect(readdirSync(folder).filter((name) => name.startsWith('contested.'))).toEqual([])
  })
})

describe('after a crash', () => {
  it('of our process the server stops by itself, and the next start finds the data', async () => {
    const holder = spawnHolder()
    const held = await readHeld(holder)
    const pid = serverPid(dataDirectory)
    holder.kill('SIGKILL')
    await waitUntil(() => !isProcessAlive(pid) && !existsSync(held.socketDirectory))
    const cluster = await start()
    expect(await query(cluster.url('postgres'), 'select text from note')).toEqual([{ text: 'kept' }])
    await cluster.stop()
  })

  it('of our process the next start does not attach to the server that is about to stop', async () => {
    const holder = spawnHolder()
    const held = await readHeld(holder)
    const client = new pg.Client(held.postgresUrl)
    client.on('error', () => undefined)
    await client.connect()
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    const cluster = await start()
    expect(cluster.isOwner).toBe(true)
    await cluster.stop()
    await client.end()
  })

  it('of the server the next start recovers', async () => {
    const crashing = await start({ isDurable: true })
    const client = new pg.Client(crashing.url('postgres'))
    client.on('error', () => undefined)
    await client.connect()
    await client.query('create table if not exists late (n int); insert into late values (1)')
    process.kill(serverPid(dataDirectory), 'SIGKILL')
    const cluster = await start({ isDurable: true })
    expect(cluster.isOwner).toBe(true)
    expect(await query(cluster.url('postgres'), 'select n from late')).toEqual([{ n: 1 }])
    await cluster.stop()
    await crashing.stop()
    expect(existsSync(crashing.socketDirectory)).toBe(false)
  })

  it('a stranger with the process id of the old server does not bar the start', async () => {
    const cluster = await start()
    const lockFile = path.join(dataDirectory, 'postmaster.pid')
    const copy = readFileSync(lockFile, 'utf8')
    await cluster.stop()
    const stranger = spawn('/bin/sleep', ['60'], { ...chooseServerUser(dataDirectory) })
    writeFileSync(lockFile, copy.replace(/^\d+/, String(stranger.pid)))
    const next = await start()
    expect(next.isOwner).toBe(true)
    await next.stop()
    stranger.kill()
  })
})

describe('a throwaway cluster', () => {
  const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('cabinet-throwaway-'))

  it('leaves nothing when it stops', async () => {
    const cluster = await startThrowawayCluster()
    expect(await query(cluster.url('postgres'), 'show fsync')).toEqual([{ fsync: 'off' }])
    await cluster.stop()
    expect(leftovers()).not.toContain(path.basename(path.dirname(cluster.dataDirectory)))
    expect(existsSync(cluster.socketDirectory)).toBe(false)
  })

  it('leaves nothing when its process is killed', async () => {
    const holder = spawnHolder({ isThrowaway: true })
    const held = await readHeld(holder)
    holder.kill('SIGKILL')
    await waitUntil(() => !existsSync(path.dirname(held.dataDirectory)) && !existsSync(held.socketDirectory))
  })
})

describe.runIf(isRoot)('started by root', () => {
  it('the server runs as an ordinary user, who owns the data', async () => {
    const cluster = await start()
    const owner = statSync(dataDirectory).uid
    expect(owner).not.toBe(0)
    expect(statSync(`/proc/${serverPid(dataDirectory)}`).uid).toBe(owner)
    await cluster.stop()
  })

  it('data of an ordinary user stay theirs', async ({ skip }) => {
    if (![import.meta.dirname, path.dirname(process.execPath)].every((used) => canEnter(NOBODY, used))) skip()
    const home = path.join(folder, 'home')
    mkdirSync(home)
    chownSync(home, NOBODY.uid, NOBODY.gid)
    const own = path.join(home, 'data')
    const holder = spawnHolder({ dataDirectory: own }, NOBODY)
    const held = await readHeld(holder)
    expect(held.isOwner).toBe(true)
    expect(statSync(own).uid).toBe(NOBODY.uid)
    expect(await query(held.postgresUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await release(holder)
    const cluster = await start({ dataDirectory: own })
    expect(statSync(`/proc/${serverPid(own)}`).uid).toBe(NOBODY.uid)
    await cluster.stop()
  })

  it('a project in a closed folder runs on copies elsewhere, found again by the next start', async () => {
    const closed = path.join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const home = path.join(closed, 'native')
    symlinkSync(findPostgresBinaries()?.embeddedHome ?? '', home)
    const binaries = inspectBinaries(path.join(home, 'bin'), home)
    if (!binaries) throw new Error('the embedded package does not run')
    const lines: string[] = []
    const request = {
      dataDirectory: path.join(closed, 'data'),
      binaries,
      onProgress: (line: string) => lines.push(line),
    }
    const first = await start(request)
    await query(first.url('postgres'), 'create table mark (n int)')
    await first.stop()
    const second = await start(request)
    expect(await query(second.url('postgres'), 'select n from mark')).toEqual([])
    await second.stop()
    expect(readdirSync(closed)).toEqual(['native'])
    expect(lines.join('\n')).toContain(`cannot enter ${closed}: the data are in ${second.dataDirectory}`)
    const copy = /a copy runs in (\S+)/.exec(lines.join('\n'))?.[1] ?? ''
    expect(copy).not.toBe('')
    rmSync(path.dirname(second.dataDirectory), { recursive: true })
    rmSync(path.dirname(copy), { recursive: true })
  })

  it('data that root copied are handed to the server', async () => {
    const copied = path.join(folder, 'copied')
    renameSync(dataDirectory, copied)
    chownSync(copied, 0, 0)
    chownSync(path.join(copied, 'PG_VERSION'), 0, 0)
    const cluster = await start({ dataDirectory: copied })
    expect(await query(cluster.url('postgres'), 'select text from note')).toEqual([{ text: 'kept' }])
    await cluster.stop()
    renameSync(copied, dataDirectory)
  })
})
