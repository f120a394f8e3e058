import { EventEmitter } from 'node:events'
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { MANIFESTS_PATH, SUPERGRAPH_PATH } from '../cli/project.ts'
import { accountId, insertAccount, insertCatalogue, insertLine } from '../cli/testing/fixture.ts'
import { operationText } from '../cli/testing/front-end.ts'
import { openTestCabinet, type TestCabinet } from '../cli/testing/test-cabinet.ts'
import { createManifest, registerOperation } from '../platform/operations/manifest.ts'
import { operationId } from '../platform/operations/normal-form.ts'

const RELOADS = 20
const PATIENCE = { timeout: 50_000, interval: 10 }
/** What each reload leaves behind at most: much less than a supergraph with its plans, which is some 20 MB. */
const KEPT_BYTES_MAX = 4_000_000

const HOME = registerOperation(operationText('home'))

describe('a gateway whose supergraph is replaced', { timeout: 300_000 }, () => {
  let cabinet: TestCabinet
  let folder: string
  let supergraph: string
  let url: string
  let token: string
  const signals = new EventEmitter()
  /** Called before payments is asked. */
  let beforePayments = async (): Promise<void> => undefined

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cabinet-reload-'))
    await cp(MANIFESTS_PATH, folder, { recursive: true })
    await cp(SUPERGRAPH_PATH, path.join(folder, 'supergraph.graphql'))
    supergraph = await readFile(SUPERGRAPH_PATH, 'utf8')
    cabinet = await openTestCabinet({
      isDevelopment: false,
      operations: { manifests: folder, isOpen: false, adHocRoles: [] },
      supergraphPath: path.join(folder, 'supergraph.graphql'),
      signals,
      // How long a reload takes is not what is asked here.
      subgraphTimeoutMs: 60_000,
      wrapTransport: (name, transport) =>
        name !== 'payments'
          ? transport
          : {
              ...transport,
              async send(request) {
                await beforePayments()
                return transport.send(request)
              },
            },
    })
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: accountId(1), kopecks: 12_345n })
    token = await cabinet.accountToken(accountId(1))
    url = await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    await cabinet.close()
    await rm(folder, { recursive: true })
  })

  const status = () => cabinet.gateway.supergraphStatus()

  /** Puts another file in its place at once, and asks for it to be read. It is looked at by itself as well. */
  async function write(text: string): Promise<void> {
    await writeFile(path.join(folder, 'supergraph.new'), text)
    await rename(path.join(folder, 'supergraph.new'), path.join(folder, 'supergraph.graphql'))
    signals.emit('SIGHUP')
  }
  async function replace(text: string): Promise<void> {
    await write(text)
    await vi.waitFor(() => expect(status()).toMatchObject({ hash: operationId(text), isStale: false }), PATIENCE)
  }
  async function replaceInVain(text: string): Promise<void> {
    const { refusals } = status()
    await write(text)
    await vi.waitFor(() => expect(status().refusals).toBeGreaterThan(refusals), PATIENCE)
  }
  /** The same, and yet another text. */
  const version = (number: number) => `${supergraph}\n# Version ${number}.\n`

  let starts = 0
  beforeEach(() => replace(version(1_000 + starts++)))

  const ask = async (body: object) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    // biome-ignore lint/suspicious/noExplicitAny: the test knows the shape of the answer it asked for.
    return { status: response.status, ...((await response.json()) as { data?: any; errors?: any }) }
  }
  const byId = { extensions: { persistedQuery: { version: 1, sha256Hash: HOME.id } } }
  const byText = { query: operationText('home') }
  const amountOf = ({ data }: Awaited<ReturnType<typeof ask>>) => data?.viewer.lines.nodes[0].balance.available.amount
  const readiness = async () => (await fetch(`${url}/health/ready`)).text()

  it('answers every request while it is replaced twenty times', async () => {
    const before = status().reloads
    let isOver = false
    let answers = 0
    const failures: unknown[] = []
    const client = async (body: object) => {
      while (!isOver) {
        const answer = await ask(body)
        if (answer.status === 200 && !answer.errors && amountOf(answer) === '123.45') answers++
        else failures.push(answer)
      }
    }
    const clients = [byId, byText].map(client)
    for (let number = 1; number <= RELOADS; number++) {
      const answered = answers
      await replace(version(number))
      // Each finds the requests of others on their way.
      await vi.waitFor(() => expect(answers + failures.length).toBeGreaterThan(answered), PATIENCE)
    }
    isOver = true
    await Promise.all(clients)
    expect(failures).toEqual([])
    expect(status().reloads - before).toBeGreaterThanOrEqual(RELOADS)
    expect(status()).toMatchObject({ refusals: 0, isStale: false, misfits: [] })
  })

  it('ends on the old one what began on it', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const { promise: asked, resolve: tellAsked } = Promise.withResolvers<void>()
    beforePayments = () => {
      tellAsked()
      return gate
    }
    const inFlight = ask(byId)
    await asked
    beforePayments = async () => undefined
    // The new one knows nothing of amounts.
    await replace(supergraph.replaceAll(/\bavailable\b/g, 'left'))
    expect(await ask(byId)).toMatchObject({ status: 400 })
    open()
    expect(amountOf(await inFlight)).toBe('123.45')
  })

  it('goes on with the old one where the new one does not load, and says so to whoever asks for its health', async () => {
    const { hash, refusals } = status()
    for (const broken of ['', supergraph.slice(0, 5_000), supergraph.replace('name: "accounts"', 'name: "nobody"')]) {
      await replaceInVain(broken)
      expect(status()).toMatchObject({ hash, isStale: true })
      expect(amountOf(await ask(byId))).toBe('123.45')
    }
    expect(status().refusals).toBeGreaterThanOrEqual(refusals + 3)
    expect(await readiness()).toBe('{"status":"ready","supergraph":"the newest does not load, see the log"}')
    await replace(version(101))
    expect(await readiness()).toBe('{"status":"ready"}')
  })

  it('goes on with the old one where a manifest cannot be read, and takes the operations of one that was added', async () => {
    const added = registerOperation('query Added { viewer { displayName } }')
    const file = path.join(folder, '2027-01-01-app.json')
    await writeFile(file, '{')
    await replaceInVain(version(102))
    expect(status().isStale).toBe(true)
    expect(amountOf(await ask(byId))).toBe('123.45')
    await writeFile(file, JSON.stringify(createManifest([added])))
    expect(await ask({ query: added.body })).toMatchObject({ status: 400 })
    await replace(version(103))
    expect(await ask({ query: added.body })).toMatchObject({ status: 200 })
  })

  it('names the operations that a new one cannot answer, and answers the others', async () => {
    await replace(supergraph.replaceAll('displayName', 'calledBy'))
    const names = new Set(status().misfits.map(({ name }) => name))
    expect([...names]).toEqual(expect.arrayContaining(['Home', 'RefreshSession', 'Added']))
    expect(names).not.toContain('Catalogue')
    expect(await ask(byId)).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    })
    expect(await ask({ query: operationText('catalogue') })).toMatchObject({ status: 200 })
    await replace(supergraph)
    expect(status().misfits).toEqual([])
  })

  it('keeps no memory of those that were replaced', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const used = async () => {
      // What is weakly held lives to the end of its turn.
      for (let round = 0; round < 3; round++) {
        await new Promise((resolve) => setTimeout(resolve))
        collectGarbage()
      }
      return getHeapStatistics().used_heap_size
    }
    await replace(version(200))
    const before = await used()
    for (let number = 201; number <= 208; number++) {
      await replace(version(number))
      await ask(byId)
    }
    const kept = ((await used()) - before) / 8
    expect(kept).toBeLessThan(KEPT_BYTES_MAX)
  })
})
