import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { WITHOUT } from '../../gateway/testing/without-subgraph.ts'
import { SUBGRAPH_NAMES, type SubgraphName, variablePrefix } from '../../platform/subgraph/name.ts'
import { spreadOf } from '../home/statistics.ts'
import { startOpenLoad } from './load/load.ts'
import type { Kind, LoadReport, Seen } from './load/messages.ts'
import { quantile } from './quantile.ts'
import { SICKNESSES, type Sickness, type SickProxy, startSickProxy } from './sick-proxy.ts'
import { HOME, openWorld } from './world.ts'

const ANSWER_MAX_MS = 3_000
const P99_RATIO_MAX = 2
const WHOLE_AGAIN_MAX_MS = 10_000
/** So many that those who wait for one that hangs are more than what a gateway works on at once. */
const HOME_PER_SECOND = 80
/** So many that a window's p99 is not its longest. */
const OTHERS_PER_SECOND = 60

const program = new Command('trouble')
  .description('one subgraph after another is made sick in every way; the others are to answer as before')
  .option('--seconds <seconds>', 'of each window, well and sick in turns', '4')
  .option('--rounds <count>', 'of two windows for each sickness', '5')
  .option('--only <subgraph>', 'make only this one sick')
  .option('--sickness <sickness>', 'in this way alone')
  .parse()
const options = program.opts<{ seconds: string; rounds: string; only?: SubgraphName; sickness?: Sickness }>()

const proxies = new Map<SubgraphName, SickProxy>()
const world = await openWorld({
  variables: { LOG_LEVEL: 'info' },
  operations: Object.values(WITHOUT),
  async gatewayVariables(urls) {
    for (const name of SUBGRAPH_NAMES) proxies.set(name, await startSickProxy(urls[name]))
    const addresses = [...proxies].map(([name, { url }]) => [`${variablePrefix(name)}_URL`, url])
    return {
      ...Object.fromEntries(addresses),
      VIEWER_COST_PER_MINUTE: '1000000000',
      ADDRESS_COST_PER_MINUTE: '1000000000',
    }
  },
})
const { installation, viewers } = world
const tokens = viewers.map(({ token }) => token)
const port = Number(new URL(installation.gatewayUrl).port)
const load = startOpenLoad()

/** What was seen while a subgraph was well, and while it was sick straight after. */
interface Round {
  readonly well: LoadReport
  readonly sick: LoadReport
  readonly hasOpened: boolean
  readonly hasClosed: boolean
  readonly wholeAgainMs: number
}

interface Row {
  readonly subgraph: SubgraphName
  readonly sickness: Sickness
  readonly 'p99 well, ms': number
  readonly 'p99 sick, ms': number
  readonly ratio: number
  readonly 'home p99, ms': number
  readonly 'longest, ms': number
  /** While the subgraph was well: the machine was too busy, and the row says little. */
  readonly 'failed well': number
  readonly 'others failed': number
  readonly opened: string
  readonly 'whole again, ms': number
  readonly "load's delay p99, ms": number
  readonly missed: string
}

try {
  await load.run({ port, tokens, seconds: 5, kinds: kindsFor('payments') })
  const rows: Row[] = []
  for (const subgraph of SUBGRAPH_NAMES.filter((name) => name === (options.only ?? name))) {
    for (const sickness of SICKNESSES.filter((name) => name === (options.sickness ?? name))) {
      const rounds: Round[] = []
      while (rounds.length < Number(options.rounds)) rounds.push(await measure(subgraph, sickness))
      rows.push(rowOf(subgraph, sickness, rounds))
    }
  }
  console.table(rows)
  process.exitCode = rows.every(({ missed }) => missed === '') ? 0 : 1
} finally {
  load.close()
  await world.close()
  for (const proxy of proxies.values()) await proxy.close()
}

function kindsFor(subgraph: SubgraphName): Kind[] {
  const kind = (name: string, perSecond: number, query: string): Kind => {
    return { kind: name, perSecond, query, isSignedIn: true, mark: '"viewer":{' }
  }
  return [kind('others', OTHERS_PER_SECOND, WITHOUT[subgraph]), kind('home', HOME_PER_SECOND, HOME)]
}

async function measure(subgraph: SubgraphName, sickness: Sickness): Promise<Round> {
  const { lines } = installation.children.gateway
  const order = { port, tokens, seconds: Number(options.seconds), kinds: kindsFor(subgraph) }
  const well = await load.run(order)
  const logStart = lines.length
  proxies.get(subgraph)?.be(sickness)
  const sick = await load.run(order)
  proxies.get(subgraph)?.be('well')
  const wholeAgainMs = await untilWhole()
  const wasTold = (text: string) =>
    lines.slice(logStart).some((line) => line['subgraph'] === subgraph && String(line['msg']).includes(text))
  return {
    well,
    sick,
    wholeAgainMs,
    hasOpened: wasTold('is not asked for a while'),
    hasClosed: wasTold('is asked again'),
  }
}

/**
 * The median over windows, each of which begins with the sickness itself: whatever else a machine does spoils some
 * windows, well or sick, and what the gateway does is in each.
 */
function p99Of(reports: readonly LoadReport[], kind: string): number {
  const ofWindow = ({ seen }: LoadReport) => quantile(timesOf(seen, kind), 0.99)
  return spreadOf(reports.map(ofWindow)).median
}

function timesOf(seen: readonly Seen[], kind: string): number[] {
  return seen.filter((one) => one.kind === kind).map(({ ms }) => ms)
}

function countFailed(seen: readonly Seen[]): number {
  return seen.filter(({ kind, isWhole }) => kind === 'others' && !isWhole).length
}

function rowOf(subgraph: SubgraphName, sickness: Sickness, rounds: readonly Round[]): Row {
  const sick = rounds.map((round) => round.sick)
  const seen = sick.flatMap((report) => report.seen)
  const p99Well = p99Of(
    rounds.map(({ well }) => well),
    'others',
  )
  const p99Sick = p99Of(sick, 'others')
  const failedCount = countFailed(seen)
  const failedWellCount = countFailed(rounds.flatMap(({ well }) => well.seen))
  const longest = Math.max(...seen.map(({ ms }) => ms))
  const wholeAgainMs = Math.max(...rounds.map((round) => round.wholeAgainMs))
  const openedCount = rounds.filter(({ hasOpened }) => hasOpened).length
  const missed = [
    p99Sick > p99Well * P99_RATIO_MAX && 'p99',
    longest > ANSWER_MAX_MS && 'three seconds',
    failedCount > 0 && 'others',
    failedWellCount > 0 && 'busy machine',
    // One that is slow is well: its breaker stays closed.
    openedCount !== (sickness === 'slow' ? 0 : rounds.length) && 'breaker',
    (wholeAgainMs > WHOLE_AGAIN_MAX_MS || rounds.some(({ hasOpened, hasClosed }) => hasOpened && !hasClosed)) &&
      'recovery',
    seen.some(({ status }) => status !== 200) && 'status',
  ]
  return {
    subgraph,
    sickness,
    'p99 well, ms': Math.round(p99Well),
    'p99 sick, ms': Math.round(p99Sick),
    ratio: Math.round((p99Sick / p99Well) * 100) / 100,
    'home p99, ms': Math.round(p99Of(sick, 'home')),
    'longest, ms': Math.round(longest),
    'failed well': failedWellCount,
    'others failed': failedCount,
    opened: `${openedCount} of ${rounds.length}`,
    'whole again, ms': Math.round(wholeAgainMs),
    "load's delay p99, ms": Math.round(Math.max(...sick.map(({ ownDelay }) => ownDelay.p99Ms))),
    missed: missed.filter(Boolean).join(', '),
  }
}

async function untilWhole(): Promise<number> {
  const startedAt = performance.now()
  for (let wellInRow = 0; wellInRow < 3 && performance.now() - startedAt < 15_000; await sleep(50)) {
    const answer = await fetch(`${installation.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[wellInRow]}` },
      body: JSON.stringify({ query: HOME }),
    })
    wellInRow = (await answer.text()).includes('"errors"') ? 0 : wellInRow + 1
  }
  return performance.now() - startedAt
}
