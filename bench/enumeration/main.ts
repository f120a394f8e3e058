import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { processTerminal, step } from '../../cli/terminal.ts'
import { systemRandomness } from '../../platform/random.ts'
import { spreadOf } from '../home/statistics.ts'
import { rankTest } from '../rank-test.ts'
import { createQuestions, type Questions } from './questions.ts'
import { openWorld, phoneOf } from './world.ts'

const WARM_UP_PAIRS = 200
/** A little more than the pause that the world's policies ask for. */
const RESEND_AFTER_MS = 1_100
const KINDS = ['request', 'next', 'beside', 'status', 'guess', 'resend', 'password'] as const
type Kind = (typeof KINDS)[number]

const TITLES: Readonly<Record<Kind, string>> = {
  request: 'a request',
  next: 'what is asked next',
  beside: 'what is asked beside it',
  status: 'a status',
  guess: 'a guess',
  resend: 'a repetition',
  password: 'a guess at the password',
}

const program = new Command('enumeration')
  .description('whether the time of an answer tells that a number is a subscriber’s')
  .option('--pairs <count>', 'numbers that somebody has, each with one that nobody has', '10000')
  .addOption(new Option('--only <kinds...>', 'what is measured').choices(KINDS).default([...KINDS]))
  .option('--pause <ms>', 'between an answer and the next question; none by default', '0')
  .option('--without-steps', 'answers leave as soon as they are ready')
  .parse()
const options = program.opts<{ pairs: string; only: Kind[]; pause: string; withoutSteps?: true }>()
const pairs = Number(options.pairs)
const pauseMs = Number(options.pause)
const only = new Set(options.only)

/** Milliseconds, of known and of unknown numbers. */
type Times = Readonly<Record<'known' | 'unknown', number[]>>

const times = new Map<Kind, Times>()
/** Requests that will be repeated when their pause is over, a pair at a time. */
const toRepeat: { readonly atMs: number; readonly ids: ReadonlyMap<boolean, string> }[] = []

const world = await step(processTerminal, `${pairs} subscribers`, () =>
  openWorld({ subscribers: pairs + WARM_UP_PAIRS, isInSteps: !options.withoutSteps }),
)
try {
  const questions = createQuestions(world.cabinet)
  await step(processTerminal, `${pairs} pairs`, async () => {
    for (let pair = 0; pair < pairs + WARM_UP_PAIRS; pair++) {
      if (pair === WARM_UP_PAIRS) times.clear()
      await measurePair(questions, pair)
    }
  })
} finally {
  await world.close()
}
for (const kind of KINDS) report(kind)

/** The questions about a known number and an unknown one, each time in an order that chance gives. */
async function measurePair(questions: Questions, pair: number): Promise<void> {
  const isKnownFirst = systemRandomness.below(2) === 0
  const order = [isKnownFirst, !isKnownFirst]
  await measureRequests(questions, pair, order)
  for (const isKnown of order) await measure('guess', isKnown, () => questions.guess(phoneOf(pair, isKnown)))
  const [oldest] = toRepeat
  if (oldest && oldest.atMs <= performance.now()) {
    toRepeat.shift()
    for (const isKnown of order) {
      await measure('resend', isKnown, () => questions.resend(oldest.ids.get(isKnown) ?? ''))
    }
  }
  for (const isKnown of order) {
    await measure('password', isKnown, () => questions.guessPassword(phoneOf(pair, isKnown)))
  }
}

async function measureRequests(questions: Questions, pair: number, order: readonly boolean[]): Promise<void> {
  if (!['request', 'next', 'beside', 'status', 'resend'].some((kind) => only.has(kind as Kind))) return
  const captchas = [await questions.solveProofOfWork(), await questions.solveProofOfWork()]
  const ids = new Map<boolean, string>()
  for (const [place, isKnown] of order.entries()) {
    const captcha = captchas[place]
    if (!captcha) continue
    await pause()
    const startedAt = performance.now()
    const requesting = questions.request(phoneOf(pair, isKnown), captcha)
    if (only.has('beside')) await measureBeside(questions, isKnown, requesting)
    ids.set(isKnown, await requesting)
    // With others beside it a request takes its turn among them.
    if (!only.has('beside')) note('request', isKnown, performance.now() - startedAt)
    await measure('next', isKnown, questions.nothing, 0)
  }
  for (const isKnown of order) await measure('status', isKnown, () => questions.status(ids.get(isKnown) ?? ''))
  if (only.has('resend')) toRepeat.push({ atMs: performance.now() + RESEND_AFTER_MS, ids })
}

/** What a question takes in the mean, asked again and again until the request is answered. */
async function measureBeside(questions: Questions, isKnown: boolean, requesting: Promise<unknown>): Promise<void> {
  const startedAt = performance.now()
  let isAnswered = false
  const answer = (): void => {
    isAnswered = true
  }
  requesting.then(answer, answer)
  let count = 0
  for (; !isAnswered; count++) await questions.nothing()
  note('beside', isKnown, (performance.now() - startedAt) / count)
}

async function measure(kind: Kind, isKnown: boolean, ask: () => Promise<void>, pausedMs = pauseMs): Promise<void> {
  if (!only.has(kind)) return
  await pause(pausedMs)
  const startedAt = performance.now()
  await ask()
  note(kind, isKnown, performance.now() - startedAt)
}

function note(kind: Kind, isKnown: boolean, tookMs: number): void {
  const of = times.get(kind) ?? { known: [], unknown: [] }
  times.set(kind, of)
  of[isKnown ? 'known' : 'unknown'].push(tookMs)
}

async function pause(durationMs = pauseMs): Promise<void> {
  if (durationMs > 0) await sleep(durationMs)
}

function report(kind: Kind): void {
  const { known, unknown } = times.get(kind) ?? { known: [], unknown: [] }
  if (known.length === 0) return
  const { auc, p } = rankTest(known, unknown)
  const medians = [known, unknown].map((values) => spreadOf(values).median.toFixed(3))
  processTerminal.result(
    `${TITLES[kind]}: AUC ${auc.toFixed(4)}, p ${p.toFixed(3)}, medians ${medians.join(' and ')} ms, ` +
      `known and unknown, ${known.length} each`,
  )
}
