import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JSONWebKeySet } from 'jose'
import { systemClock } from '../../platform/clock.ts'
import { signAccessToken } from '../../platform/identity/access-token.ts'
import { type SigningKey, signingKey } from '../../platform/identity/keys.ts'
import { Sightings } from '../../platform/testing/sightings.ts'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from './fixture.ts'
import { type Installation, startInstallation } from './installation.ts'
import { type OpenStream, STREAM_CLIENTS } from './stream-clients.ts'
import type { TestDatabase } from './test-database.ts'

export interface TortureOptions {
  readonly database: Pick<TestDatabase, 'adminUrl' | 'sql'>
  /** Each line has an owner with five clients. */
  readonly lines: number
  readonly changesOfLine: number
  /** Between two changes, over all lines. */
  readonly pauseMs: number
  /** The sequence with which a client, by its number, goes on; a test plants mistakes here. */
  readonly resume?: (last: bigint, client: number) => bigint
}

export interface TortureReport {
  readonly problems: readonly string[]
  readonly clients: number
  readonly changes: number
  readonly seen: number
  readonly interruptions: number
  readonly seconds: number
  /** Kibibytes of the gateway's process when all streams were open and idle, and before there were any. */
  readonly gatewayKib: { readonly before: number; readonly open: number }
}

const CLIENTS_OF_LINE = 5
const PATIENCE_MS = 60_000
/** What dies without a word while changes are made, evenly over their time. */
const KILLS = ['gateway', 'payments', 'gateway'] as const

const SUBSCRIPTIONS = [
  'sequence line { id }',
  // What another process tells of the line is fetched for each event.
  'sequence line { id msisdn }',
].map(
  (selection) => `subscription ($lineId: ID!, $afterSequence: String) {
    balanceChanged(lineId: $lineId, afterSequence: $afterSequence) { ${selection} }
  }`,
)

/** Has many clients follow many lines in real processes of which some are killed, and looks at what each has seen. */
export async function tortureStreams(options: TortureOptions): Promise<TortureReport> {
  const { database, lines } = options
  await insertCatalogue(database as TestDatabase)
  for (let number = 1; number <= lines; number++) {
    await insertAccount(database as TestDatabase, { number })
    await insertLine(database as TestDatabase, { number, ownerId: accountId(number) })
  }
  const installation = await startInstallation({ database: database as TestDatabase, operations: SUBSCRIPTIONS })
  try {
    return await follow(installation, options)
  } finally {
    await installation.close()
  }
}

async function follow(installation: Installation, options: TortureOptions): Promise<TortureReport> {
  const { lines, changesOfLine } = options
  const startedAt = performance.now()
  const before = await residentKib(installation.children.gateway.pid)
  const signer = await signingKey(JSON.parse(installation.keys['ACCESS_TOKEN_KEYS'] ?? '') as JSONWebKeySet)
  const abort = new AbortController()
  const clients = Array.from(
    { length: lines * CLIENTS_OF_LINE },
    (_, number) => new Client(number, installation, options),
  )
  const running = clients.map((client) => client.run(signer, abort.signal))
  await until(() => clients.every(({ isOpen }) => isOpen))
  const open = await residentKib(installation.children.gateway.pid)

  await Promise.all([makeChanges(options), killAll(installation, lines * changesOfLine * options.pauseMs)])
  const upTo = BigInt(changesOfLine)
  await until(() => clients.every(({ sightings }) => sightings.last >= upTo)).catch(() => undefined)
  // One that came twice would come now.
  await sleep(500)
  abort.abort()
  for (const client of clients) client.close()
  await Promise.all(running)
  return {
    problems: clients.flatMap(({ sightings }) => sightings.problemsAt(upTo)),
    clients: clients.length,
    changes: lines * changesOfLine,
    seen: clients.reduce((sum, { seen }) => sum + seen, 0),
    interruptions: clients.reduce((sum, { interruptions }) => sum + interruptions, 0),
    seconds: Math.round((performance.now() - startedAt) / 1000),
    gatewayKib: { before, open },
  }
}

/** A front end that follows a line: whenever its stream ends it opens another, after the last change that it has seen. */
class Client {
  readonly sightings: Sightings
  seen = 0
  interruptions = 0
  isOpen = false
  readonly #number: number
  readonly #installation: Installation
  readonly #resume: (last: bigint, client: number) => bigint
  #stream: OpenStream | undefined

  constructor(number: number, installation: Installation, { resume = (last) => last }: TortureOptions) {
    this.#number = number
    this.#installation = installation
    this.#resume = resume
    this.sightings = new Sightings(`client ${number}`, -1n)
  }

  get #line(): number {
    return 1 + Math.floor(this.#number / CLIENTS_OF_LINE)
  }

  async run(signer: SigningKey, signal: AbortSignal): Promise<void> {
    const token = await tokenOf(this.#line, signer)
    while (!signal.aborted) {
      await this.#follow(token).catch(() => undefined)
      this.close()
      if (signal.aborted) return
      if (this.isOpen) this.interruptions++
      // All were cut off at once, and come again one after another.
      await sleep(100 + (this.#number % 400))
    }
  }

  async #follow(token: string): Promise<void> {
    const { last } = this.sightings
    const client = STREAM_CLIENTS[this.#number % STREAM_CLIENTS.length] ?? STREAM_CLIENTS[0]
    const variables = {
      lineId: lineId(this.#line),
      ...(last >= 0n && { afterSequence: String(this.#resume(last, this.#number)) }),
    }
    const query = SUBSCRIPTIONS[(this.#number >> 1) % SUBSCRIPTIONS.length] ?? ''
    this.#stream = client?.open({ url: `${this.#installation.gatewayUrl}/graphql`, token, query, variables })
    if (!this.#stream) return
    for await (const { data } of this.#stream.answers) {
      if (!data?.balanceChanged) return
      this.seen++
      this.isOpen = true
      this.sightings.see(BigInt(data.balanceChanged.sequence))
    }
  }

  close(): void {
    this.#stream?.close()
    this.#stream = undefined
  }
}

function tokenOf(number: number, signer: SigningKey): Promise<string> {
  const id = accountId(number)
  const principal = { kind: 'account', accountId: id, personId: id, sessionId: id, organizationRole: null } as const
  return signAccessToken(principal, signer, systemClock)
}

async function makeChanges({ database, lines, changesOfLine, pauseMs }: TortureOptions): Promise<void> {
  for (let round = 0; round < changesOfLine; round++) {
    for (let line = 1; line <= lines; line++) {
      await database.sql(
        `update payments.ledger_balance set posted = posted + 1 where line_id = $1 and unit = 'KOPECK'`,
        [lineId(line)],
      )
      if (pauseMs > 0) await sleep(pauseMs)
    }
  }
}

async function killAll(installation: Installation, durationMs: number): Promise<void> {
  for (const name of KILLS) {
    await sleep(durationMs / (KILLS.length + 1))
    const child = installation.children[name]
    child.signal('SIGKILL')
    await child.exited
    await installation.restart(name)
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (const endsAt = performance.now() + PATIENCE_MS; !isSo(); await sleep(20)) {
    if (performance.now() > endsAt) throw new Error('what was waited for did not come')
  }
}

async function residentKib(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}
