import { Command } from 'commander'
import { startLoad } from './home/load/load.ts'
import { startOpenLoad } from './trouble/load/load.ts'
import type { Kind, LoadReport, Seen } from './trouble/load/messages.ts'
import { quantile } from './trouble/quantile.ts'
import { HOME, openWorld } from './trouble/world.ts'

/** From the moment that it was sent. */
const ANSWER_MAX_MS = 3_000
const SIGN_IN_SHARE_MIN = 0.95
/** Of what is accepted, what may have a part missing. */
const PARTIAL_SHARE_MAX = 0.01
/** Of the capacity, what must still be answered: a gateway that sends all away is not overloaded, but dead. */
const ACCEPTED_SHARE_MIN = 0.5
/** Where the load itself came later, or much of it not at all, this says little of the server. */
const OWN_DELAY_P99_MAX_MS = 100
const UNSENT_SHARE_MAX = 0.05
const CLIENTS = 48
const FIGURES_OF = ['home', 'change', 'sign-in', 'password']
const WAYS_IN = ['sign-in', 'password']

const CHANGE = 'mutation { setLanguage(input: { language: RU }) { __typename } }'
const PROVE = 'mutation { requestProofOfWork { ... on RequestProofOfWorkSuccess { proofOfWork { id } } } }'
const PASSWORD = 'mutation ($input: SignInWithPasswordInput!) { signInWithPassword(input: $input) { __typename } }'

const program = new Command('overload')
  .description('more requests than can be answered: the answers come in time, the others are sent away, people get in')
  .option('--seconds <seconds>', 'how long', '60')
  .option('--times <factor>', 'of the capacity', '3')
  .parse()
const { seconds, times } = program.opts<{ seconds: string; times: string }>()

const world = await openWorld({
  variables: { LOG_LEVEL: 'info' },
  operations: [CHANGE, PROVE, PASSWORD],
  gatewayVariables: async () => ({
    VIEWER_COST_PER_MINUTE: '1000000000',
    ADDRESS_COST_PER_MINUTE: '1000000000',
    TRUSTED_PROXIES: '127.0.0.1',
  }),
})
const port = Number(new URL(world.installation.gatewayUrl).port)
const tokens = world.viewers.map(({ token }) => token)
const load = startOpenLoad()

try {
  await load.run({ port, tokens, seconds: 3, kinds: kinds(20) })
  const capacity = await measureCapacity()
  const report = await load.run({ port, tokens, seconds: Number(seconds), kinds: kinds(capacity * Number(times)) })
  const figures = FIGURES_OF.map((kind) => figuresOf(kind, report.seen))
  const problems = judge(figures, report, capacity)
  console.table(figures)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  load.close()
  await world.close()
}

/** Most look at their home; some change something; a few come in, of whom hardly any by a password. */
function kinds(perSecond: number): Kind[] {
  const phone = '+7900{n}'
  return [
    { kind: 'home', perSecond: perSecond * 0.92, query: HOME, isSignedIn: true, mark: '"viewer":{' },
    { kind: 'change', perSecond: perSecond * 0.04, query: CHANGE, isSignedIn: true, mark: 'SetLanguageSuccess' },
    { kind: 'sign-in', perSecond: perSecond * 0.04, query: PROVE, isSignedIn: false, mark: '"proofOfWork":{' },
    {
      kind: 'password',
      perSecond: 2,
      query: PASSWORD,
      variables: { input: { phone, password: 'nobody has this password' } },
      isSignedIn: false,
      mark: 'WrongPasswordError',
    },
  ]
}

/** How many homes are answered in a second when as many clients as do no harm ask one after another. */
async function measureCapacity(): Promise<number> {
  const clients = startLoad()
  const order = { port, viewers: world.viewers, body: JSON.stringify({ query: HOME }), connections: CLIENTS, seed: 1 }
  const { requests, seconds: measured } = await clients.run(
    { ...order, warmUpSeconds: 4, seconds: 8, pauseMs: 0 },
    () => undefined,
    () => undefined,
  )
  clients.close()
  return requests / measured
}

interface Figures {
  readonly kind: string
  readonly sent: number
  readonly accepted: number
  readonly 'whole, share': number
  readonly 'sent away': number
  readonly neither: number
  readonly 'a part missing': number
  readonly 'p50, ms': number
  readonly 'p99, ms': number
  readonly 'longest, ms': number
  readonly 'longest sent away, ms': number
}

function figuresOf(kind: string, seen: readonly Seen[]): Figures {
  const of = seen.filter((one) => one.kind === kind)
  const accepted = of.filter(({ status }) => status === 200)
  const sentAway = of.filter(isSentAway)
  const wholeCount = accepted.filter(({ isWhole }) => isWhole).length
  const times = (all: readonly Seen[], share: number) =>
    Math.round(
      quantile(
        all.map(({ ms }) => ms),
        share,
      ),
    )
  return {
    kind,
    sent: of.length,
    accepted: accepted.length,
    'whole, share': Math.round((wholeCount / of.length) * 1_000) / 1_000,
    'sent away': sentAway.length,
    neither: of.length - accepted.length - sentAway.length,
    'a part missing': accepted.length - wholeCount,
    'p50, ms': times(accepted, 0.5),
    'p99, ms': times(accepted, 0.99),
    'longest, ms': times(accepted, 1),
    'longest sent away, ms': times(sentAway, 1),
  }
}

function isSentAway({ status, retryAfterSeconds }: Seen): boolean {
  return status === 503 && retryAfterSeconds > 0
}

/** What was promised, and whether this run can tell. */
function judge(figures: readonly Figures[], { unsent, ownDelay, connections }: LoadReport, capacity: number): string[] {
  const sum = (key: 'sent' | 'accepted' | 'a part missing') => figures.reduce((total, figure) => total + figure[key], 0)
  const answeredPerSecond = sum('accepted') / Number(seconds)
  console.info(
    `capacity ${Math.round(capacity)}/s, sent ${Math.round(sum('sent') / Number(seconds))}/s over ${connections} connections, answered ${Math.round(answeredPerSecond)}/s; the load's own delay: p99 ${Math.round(ownDelay.p99Ms)} ms, longest ${Math.round(ownDelay.maxMs)} ms, ${unsent} not sent`,
  )
  const problems = [
    figures.some((figure) => figure['longest, ms'] > ANSWER_MAX_MS) && 'an accepted one took more than three seconds',
    figures.some(({ neither }) => neither > 0) && 'some were neither answered nor sent away with 503 and a time',
    ...figures.map(
      (figure) =>
        WAYS_IN.includes(figure.kind) &&
        figure['whole, share'] < SIGN_IN_SHARE_MIN &&
        `${figure.kind}: ${figure['whole, share']} got in`,
    ),
    sum('a part missing') > sum('accepted') * PARTIAL_SHARE_MAX && 'too many answers had a part missing',
    answeredPerSecond < capacity * ACCEPTED_SHARE_MIN && 'too few were answered',
    figures.every((figure) => figure['sent away'] === 0) && 'nothing was sent away: this was no overload',
    (ownDelay.p99Ms > OWN_DELAY_P99_MAX_MS || unsent > sum('sent') * UNSENT_SHARE_MAX) &&
      'the load came late itself: its times say nothing',
  ]
  return problems.filter((problem) => typeof problem === 'string')
}
