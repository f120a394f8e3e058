import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { type Kind, openLoop, quantile, type Seen } from './trouble/open-loop.ts'
import { HOME, openWorld } from './trouble/world.ts'

const ANSWER_MAX_MS = 3_000
const SIGN_IN_SHARE_MIN = 0.95
/** Of what is accepted, what may have a part missing. */
const PARTIAL_SHARE_MAX = 0.01
/** Of the capacity, what must still be answered: a gateway that sends all away is not overloaded, but dead. */
const ACCEPTED_SHARE_MIN = 0.5
const MEASURED_SECONDS = 8
const WORKERS = 48

const CHANGE = 'mutation { setLanguage(input: { language: RU }) { __typename } }'
const SIGN_IN = 'query SignIn { socialProviders { id } }'

const program = new Command('overload')
  .description('more requests than can be answered: the answers come in time, the others are sent away, people get in')
  .option('--seconds <seconds>', 'how long', '60')
  .option('--times <factor>', 'of the capacity', '3')
  .parse()
const { seconds, times } = program.opts<{ seconds: string; times: string }>()

const world = await openWorld({
  variables: { LOG_LEVEL: 'info' },
  operations: [CHANGE, SIGN_IN],
  gatewayVariables: async () => ({ VIEWER_COST_PER_MINUTE: '1000000000', ADDRESS_COST_PER_MINUTE: '1000000000' }),
})
const { gatewayUrl } = world.installation

try {
  await openLoop(gatewayUrl, kinds(20), 3)
  const capacity = await measureCapacity()
  const seen = await openLoop(gatewayUrl, kinds(capacity * Number(times)), Number(seconds))
  const { figures, missed } = judge(seen, capacity)
  console.table(figures)
  for (const problem of missed) console.error(problem)
  process.exitCode = missed.length === 0 ? 0 : 1
} finally {
  await world.close()
}

/** Most look at their home; some change something; a few come in. */
function kinds(perSecond: number): Kind[] {
  const kind = (name: string, share: number, query: string, isSignedIn: boolean): Kind => ({
    kind: name,
    perSecond: perSecond * share,
    request: () => ({
      headers: isSignedIn ? { authorization: `Bearer ${world.nextToken()}` } : {},
      body: JSON.stringify({ query }),
    }),
  })
  return [kind('home', 0.92, HOME, true), kind('change', 0.04, CHANGE, true), kind('sign-in', 0.04, SIGN_IN, false)]
}

/** How many homes are answered in a second when as many clients as do no harm ask one after another. */
async function measureCapacity(): Promise<number> {
  let answered = 0
  let isOver = false
  const workers = Array.from({ length: WORKERS }, async () => {
    while (!isOver) {
      const answer = await fetch(`${gatewayUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${world.nextToken()}` },
        body: JSON.stringify({ query: HOME }),
      })
      await answer.arrayBuffer()
      if (answer.status === 200) answered++
      else await sleep(50)
    }
  })
  await sleep(2_000)
  answered = 0
  await sleep(MEASURED_SECONDS * 1_000)
  const capacity = answered / MEASURED_SECONDS
  isOver = true
  await Promise.all(workers)
  return capacity
}

function judge(seen: readonly Seen[], capacity: number) {
  const figures = ['home', 'change', 'sign-in'].map((kind) => {
    const of = seen.filter((one) => one.kind === kind)
    const accepted = of.filter(({ status }) => status === 200)
    return {
      kind,
      sent: of.length,
      accepted: accepted.length,
      'accepted, share': Math.round((accepted.length / of.length) * 1_000) / 1_000,
      'sent away': of.filter(isSentAway).length,
      neither: of.filter((one) => one.status !== 200 && !isSentAway(one)).length,
      'with a part missing': accepted.filter(({ body }) => body.includes('SUBGRAPH_UNAVAILABLE')).length,
      'p50, ms': Math.round(
        quantile(
          accepted.map(({ ms }) => ms),
          0.5,
        ),
      ),
      'p99, ms': Math.round(
        quantile(
          accepted.map(({ ms }) => ms),
          0.99,
        ),
      ),
      'longest, ms': Math.round(Math.max(0, ...accepted.map(({ ms }) => ms))),
    }
  })
  const all = figures.reduce((sum, { accepted }) => sum + accepted, 0)
  const partial = figures.reduce((sum, figure) => sum + figure['with a part missing'], 0)
  const signIn = figures.find(({ kind }) => kind === 'sign-in')?.['accepted, share'] ?? 0
  const perSecond = all / Number(seconds)
  console.info(
    `capacity ${Math.round(capacity)}/s, sent ${Math.round(seen.length / Number(seconds))}/s, answered ${Math.round(perSecond)}/s`,
  )
  const missed = [
    figures.some((figure) => figure['longest, ms'] > ANSWER_MAX_MS) && 'an accepted one took more than three seconds',
    figures.some(({ neither }) => neither > 0) && 'some were neither answered nor sent away with 503 and a time',
    signIn < SIGN_IN_SHARE_MIN && `of those who sign in ${signIn} got in`,
    partial > all * PARTIAL_SHARE_MAX && `${partial} answers had a part missing`,
    perSecond < capacity * ACCEPTED_SHARE_MIN && `only ${Math.round(perSecond)} were answered in a second`,
    figures.every((figure) => figure['sent away'] === 0) && 'nothing was sent away: this was no overload',
  ]
  return { figures, missed: missed.filter((problem) => typeof problem === 'string') }
}

function isSentAway({ status, retryAfter, body }: Seen): boolean {
  return status === 503 && Number(retryAfter) > 0 && body.includes('"OVERLOADED"')
}
