import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { canEnter } from '../platform/database/embedded/server-user.ts'
import { PROJECT_DIRECTORY } from './project.ts'
import { runChild } from './testing/child.ts'
import { createFrontEnd, passCaptcha } from './testing/front-end.ts'
import { familyOf, killAll, type StartedProcess, spawnStart, startProcess, survivors } from './testing/start-process.ts'

const NOBODY = { uid: 65534, gid: 65534 }
/** What only a start on an empty folder says. */
const MADE_ANEW = /Creating a PostgreSQL|loading demo data/g

// The processes are looked for in /proc.
describe.runIf(process.platform === 'linux')('npm start', { timeout: 90_000 }, () => {
  let folder: string
  let stateDirectory: string
  let viewerId: string

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'cabinet-start-'))
    chmodSync(folder, 0o755)
    stateDirectory = path.join(folder, 'state')
  })

  afterAll(async () => {
    await killAll()
    rmSync(folder, { recursive: true, force: true })
  })

  it('prints the answer of the home query, a token and addresses that work; a taken port is passed over', async () => {
    const neighbour = createServer()
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve))
    const { port } = neighbour.address() as AddressInfo
    const started = await startProcess({ stateDirectory, port })
    const family = familyOf(started.pid, stateDirectory)
    try {
      expect(started.output().match(MADE_ANEW)).toEqual(['Creating a PostgreSQL', 'loading demo data'])
      expect(started.output()).toContain(`port ${port} is taken, using ${new URL(started.url).port}`)
      expect(Number(new URL(started.url).port)).toBeGreaterThan(port)
      expect(started.output()).toContain(`${started.url}/#token=${started.token}`)
      expect(started.output()).toContain(`${started.url}/explorer#token=${started.token}`)
      for (const place of ['/', '/explorer', '/health/ready']) {
        expect((await fetch(started.url + place)).status).toBe(200)
      }
      const inboxUrl = /http:\S+\/inbox$/m.exec(started.output())?.[0] ?? ''
      expect(await (await fetch(inboxUrl)).text()).toContain('Text messages')
      const viewer = await askViewer(started)
      viewerId = viewer.id
      expect(viewer.lines.nodes[0]?.balance?.available.amount).toMatch(/^-?\d+\.\d\d$/)
      expect(started.output()).toContain(viewerId)
    } finally {
      neighbour.close()
      process.kill(-started.pid, 'SIGINT')
    }
    expect(await started.exitCode()).toBe(0)
    expect(started.output()).toContain('stopped')
    expect(family.length).toBeGreaterThan(4)
    expect(await survivors(family)).toEqual([])
  })

  // What a start takes says the bench: `npm run bench:start`.
  it('makes nothing anew the second time, with the data still there, in Russian', async () => {
    const started = await startProcess({ stateDirectory, variables: { LANG: 'ru_RU.UTF-8' } })
    const family = familyOf(started.pid, stateDirectory)
    try {
      expect(started.output()).not.toMatch(MADE_ANEW)
      expect(started.output()).toContain('Токен доступа')
      expect((await askViewer(started)).id).toBe(viewerId)
    } finally {
      process.kill(started.pid, 'SIGTERM')
    }
    expect(await started.exitCode()).toBe(0)
    expect(await survivors(family)).toEqual([])
  })

  it('sends a one-time password that `inbox` prints; killed then, it leaves no process and starts again', async () => {
    const killed = await startProcess({ stateDirectory })
    const family = familyOf(killed.pid, stateDirectory)
    const phone = (await askViewer(killed)).lines.nodes[0]?.msisdn ?? ''
    const app = createFrontEnd(killed.url, 'telephone')
    const requested = await app.mutate('requestOneTimePassword', { phone, ...(await passCaptcha(app)) })
    expect(requested).toMatchObject({ __typename: 'RequestOneTimePasswordSuccess' })
    const code = await vi.waitFor(() => readCode(stateDirectory, phone), { timeout: 20_000, interval: 100 })
    expect(await app.mutate('signInWithOneTimePassword', { phone, code })).toMatchObject({ viewer: { id: viewerId } })
    expect(killed.output()).not.toMatch(new RegExp(`\\b${code}\\b`))
    process.kill(killed.pid, 'SIGKILL')
    expect(await survivors(family)).toEqual([])
    const next = await startProcess({ stateDirectory })
    expect((await askViewer(next)).id).toBe(viewerId)
    process.kill(next.pid, 'SIGTERM')
    expect(await next.exitCode()).toBe(0)
  })

  it('leaves no process behind when it is stopped before it is ready', async () => {
    const hasty = path.join(folder, 'hasty')
    const child = spawnStart({ stateDirectory: hasty })
    const exit = once(child, 'exit')
    while (!existsSync(path.join(hasty, 'postgres', 'postmaster.pid'))) await sleep(5)
    const family = familyOf(child.pid ?? 0, hasty)
    process.kill(-(child.pid ?? 0), 'SIGINT')
    await exit
    expect(await survivors(family)).toEqual([])
    expect(familyOf(0, hasty)).toEqual([])
  })

  it('works twice at once on one state, and the second says whose the database is', async () => {
    const shared = path.join(folder, 'shared')
    const both = await Promise.all([1, 2].map(() => startProcess({ stateDirectory: shared })))
    const families = both.flatMap(({ pid }) => familyOf(pid, shared))
    try {
      const viewers = await Promise.all(both.map(askViewer))
      expect(viewers[0]?.id).toBe(viewers[1]?.id)
      const guests = both.filter((started) => started.output().includes('another command started it'))
      expect(guests).toHaveLength(1)
    } finally {
      for (const { pid } of both) process.kill(pid, 'SIGTERM')
    }
    expect(await Promise.all(both.map((started) => started.exitCode()))).toEqual([0, 0])
    expect(await survivors(families)).toEqual([])
  })

  it.runIf(process.getuid?.() === 0)('works for an ordinary user', async ({ skip }) => {
    const needed = [PROJECT_DIRECTORY, path.dirname(process.execPath)]
    if (!needed.every((used) => canEnter(NOBODY, used))) skip('an ordinary user cannot enter the project’s folder')
    const own = path.join(folder, 'own')
    mkdirSync(own)
    chownSync(own, NOBODY.uid, NOBODY.gid)
    const started = await startProcess({ stateDirectory: own, user: NOBODY })
    const family = familyOf(started.pid, own)
    expect((await askViewer(started)).lines.nodes.length).toBeGreaterThan(0)
    process.kill(-started.pid, 'SIGINT')
    expect(await started.exitCode()).toBe(0)
    expect(await survivors(family)).toEqual([])
  })
})

/** As a developer reads it: from what `npm run cabinet -- inbox` prints. */
async function readCode(stateDirectory: string, phone: string): Promise<string> {
  const variables = { CABINET_STATE_DIRECTORY: stateDirectory }
  const { output } = await runChild('cli/main.ts', ['inbox', '--phone', phone], variables)
  const [, code] = /: .*\b(\d{6})\b/.exec(output) ?? []
  if (code === undefined) throw new Error(`no code has arrived yet: "${output}"`)
  return code
}

interface ViewerAnswer {
  readonly id: string
  readonly lines: { readonly nodes: readonly ViewerLine[] }
}

interface ViewerLine {
  readonly msisdn: string
  readonly balance: { readonly available: { amount: string } } | null
}

async function askViewer({ url, token }: StartedProcess): Promise<ViewerAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ viewer { id lines { nodes { msisdn balance { available { amount } } } } } }' }),
  })
  const { data } = (await response.json()) as { data: { viewer: ViewerAnswer } }
  return data.viewer
}
