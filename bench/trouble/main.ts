import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { WITHOUT } from '../../gateway/testing/without-subgraph.ts'
import { SUBGRAPH_NAMES, type SubgraphName, variablePrefix } from '../../platform/subgraph/name.ts'
import { type Kind, openLoop, quantile, type Seen } from './open-loop.ts'
import { SICKNESSES, type Sickness, type SickProxy, startSickProxy } from './sick-proxy.ts'
import { HOME, openWorld, type World } from './world.ts'

const ANSWER_MAX_MS = 3_000
const P99_RATIO_MAX = 2
/** Below this a p99 is what the machine did beside, not what the gateway did. */
const P99_NOISE_MS = 50
const HOME_PER_SECOND = 15
const OTHERS_PER_SECOND = 40

const program = new Command('trouble')
  .description('one subgraph after another is made sick in every way; the others are to answer as before')
  .option('--seconds <seconds>', 'of each sickness', '5')
  .option('--only <subgraph>', 'make only this one sick')
  .parse()
const { seconds, only } = program.opts<{ seconds: string; only?: SubgraphName }>()

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

interface Row {
  readonly subgraph: SubgraphName
  readonly sickness: Sickness
  readonly 'p99 before, ms': number
  readonly 'p99 of others, ms': number
  readonly 'home p99, ms': number
  readonly 'longest, ms': number
  readonly 'others failed': number
  readonly breaker: string
  readonly 'whole again, ms': number
  readonly missed: string
}

try {
  await openLoop(world.installation.gatewayUrl, kindsFor('payments'), 3)
  const rows: Row[] = []
  for (const subgraph of SUBGRAPH_NAMES.filter((name) => only === undefined || name === only)) {
    const before = await openLoop(world.installation.gatewayUrl, kindsFor(subgraph), Number(seconds))
    for (const sickness of SICKNESSES) rows.push(await makeSick(subgraph, sickness, before))
  }
  console.table(rows)
  process.exitCode = rows.every(({ missed }) => missed === '') ? 0 : 1
} finally {
  await world.close()
  for (const proxy of proxies.values()) await proxy.close()
}

function kindsFor(subgraph: SubgraphName): Kind[] {
  const kind = (name: string, perSecond: number, query: string): Kind => ({
    kind: name,
    perSecond,
    request: () => ({ headers: { authorization: `Bearer ${world.nextToken()}` }, body: JSON.stringify({ query }) }),
  })
  return [kind('others', OTHERS_PER_SECOND, WITHOUT[subgraph]), kind('home', HOME_PER_SECOND, HOME)]
}

async function makeSick(subgraph: SubgraphName, sickness: Sickness, before: readonly Seen[]): Promise<Row> {
  const { installation } = world
  const logStart = installation.children.gateway.lines.length
  proxies.get(subgraph)?.be(sickness)
  const seen = await openLoop(installation.gatewayUrl, kindsFor(subgraph), Number(seconds))
  proxies.get(subgraph)?.be('well')
  const wholeAfterMs = await untilWhole(world)
  const told = (text: string) =>
    installation.children.gateway.lines
      .slice(logStart)
      .some((line) => line['subgraph'] === subgraph && String(line['msg']).includes(text))
  const opened = told('is not asked for a while')
  const others = seen.filter(({ kind }) => kind === 'others')
  const p99 = (all: readonly Seen[], kind: string) =>
    quantile(
      all.filter((one) => one.kind === kind).map(({ ms }) => ms),
      0.99,
    )
  const p99Before = p99(before, 'others')
  const p99Sick = p99(seen, 'others')
  const failedCount = others.filter(isFailed).length
  const longest = Math.max(...seen.map(({ ms }) => ms))
  const missed = [
    p99Sick > Math.max(P99_NOISE_MS, p99Before * P99_RATIO_MAX) && 'p99',
    longest > ANSWER_MAX_MS && 'three seconds',
    failedCount > 0 && 'others',
    // One that is slow is well: its breaker stays closed.
    opened !== (sickness !== 'slow') && 'breaker',
    (wholeAfterMs > 10_000 || (opened && !told('is asked again'))) && 'recovery',
    seen.some(({ status }) => status !== 200) && 'status',
  ]
  return {
    subgraph,
    sickness,
    'p99 before, ms': Math.round(p99Before),
    'p99 of others, ms': Math.round(p99Sick),
    'home p99, ms': Math.round(p99(seen, 'home')),
    'longest, ms': Math.round(longest),
    'others failed': failedCount,
    breaker: opened ? 'opened' : 'closed',
    'whole again, ms': Math.round(wholeAfterMs),
    missed: missed.filter(Boolean).join(', '),
  }
}

function isFailed({ status, body }: Seen): boolean {
  return status !== 200 || body.includes('"errors"')
}

async function untilWhole({ installation, nextToken }: World): Promise<number> {
  const startedAt = performance.now()
  for (let wellInRow = 0; wellInRow < 3 && performance.now() - startedAt < 15_000; await sleep(50)) {
    const answer = await fetch(`${installation.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${nextToken()}` },
      body: JSON.stringify({ query: HOME }),
    })
    wellInRow = (await answer.text()).includes('"errors"') ? 0 : wellInRow + 1
  }
  return performance.now() - startedAt
}
