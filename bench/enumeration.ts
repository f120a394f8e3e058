import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { Command } from 'commander'
import { migrateAll } from '../cli/migrations.ts'
import { createOneProcess, type OneProcess } from '../cli/one-process.ts'
import { SUPERGRAPH_PATH } from '../cli/project.ts'
import { processTerminal, step } from '../cli/terminal.ts'
import { ALL_OPERATIONS } from '../gateway/gateway.ts'
import { systemClock } from '../platform/clock.ts'
import { createPool } from '../platform/database/connect.ts'
import { startThrowawayCluster } from '../platform/database/embedded/throwaway-cluster.ts'
import { generatePrivateKey } from '../platform/identity/keys.ts'
import { createSecrets } from '../platform/identity/secrets.ts'
import { createNewId } from '../platform/ids.ts'
import { silentLogger } from '../platform/logger.ts'
import { systemRandomness } from '../platform/random.ts'
import { mapSubgraphs, roleName } from '../platform/subgraph/name.ts'
import { spreadOf } from './home/statistics.ts'
import { rankTest } from './rank-test.ts'

const DATABASE = 'enumeration'
const WARM_UP_PAIRS = 200

const program = new Command('enumeration')
  .description('whether the time of an answer tells that a number is a subscriber’s')
  .option('--pairs <count>', 'numbers that somebody has, each with one that nobody has', '10000')
  .parse()
const pairs = Number(program.opts<{ pairs: string }>().pairs)

/** Everything about a number but its last digits is the same, known or not: even ones are somebody's. */
const phoneOf = (pair: number, isKnown: boolean) => `+7916${String(2 * pair + (isKnown ? 0 : 1)).padStart(7, '0')}`

/** Known numbers, an account each, and limits that nobody reaches: it is the time that is measured. */
const WORLD = `
  insert into accounts.account (id, kind, display_name, language, customer_ref)
  select gen_random_uuid(), 'INDIVIDUAL', 'Account ' || n, 'ru', 'C-' || n from generate_series(0, $COUNT) as n;
  insert into linked_numbers.line (id, msisdn, owner_account_id, region, status, activated_on)
  select gen_random_uuid(), '+7916' || lpad((2 * substr(customer_ref, 3)::int)::text, 7, '0'), id, 'Moscow', 'ACTIVE',
    '2024-01-15' from accounts.account;
  insert into linked_numbers.directory select msisdn, id from linked_numbers.line;
  insert into accounts.policy
  select name, 2, case name when 'captcha.proofOfWorkCost' then '1' else '1000000' end::jsonb, '2000-01-01'
  from accounts.policy where name ~ '^(otp|captcha).*Hour$|^captcha.proofOfWorkCost$' and name <> 'otp.screensPerHour';
`

const REQUEST = `mutation ($input: RequestOneTimePasswordInput!) { result: requestOneTimePassword(input: $input) {
  ... on RequestOneTimePasswordSuccess { delivery { id status resendAt expiresAt } } } }`
const STATUS = 'query ($id: ID!) { result: oneTimePasswordDelivery(id: $id) { id status resendAt expiresAt } }'
const GUESS = `mutation ($input: SignInWithOneTimePasswordInput!) {
  result: signInWithOneTimePassword(input: $input) { __typename } }`
const PROOF_OF_WORK = `mutation { result: requestProofOfWork { ... on RequestProofOfWorkSuccess { proofOfWork { id
  challenge { parameters { algorithm nonce salt cost keyLength keyPrefix } signature } } } } }`

const cluster = await startThrowawayCluster({ settings: { max_connections: '100' } })
try {
  const maintenance = createPool({ url: cluster.url('postgres'), poolSizeMax: 1, logger: silentLogger })
  await maintenance.query(`create database ${DATABASE}`)
  await maintenance.end()
  await migrateAll({ adminUrl: cluster.url(DATABASE), passwords: mapSubgraphs(() => null), logger: silentLogger })
  const admin = createPool({ url: cluster.url(DATABASE), poolSizeMax: 1, logger: silentLogger })
  await step(processTerminal, `${pairs} subscribers`, () =>
    admin.query(WORLD.replace('$COUNT', String(pairs + WARM_UP_PAIRS))),
  )
  await admin.query('vacuum analyze')
  await admin.end()
  const cabinet = await open()
  await step(processTerminal, `${pairs} pairs`, () => measureAll(cabinet))
  await cabinet.close()
} finally {
  await cluster.stop()
}

async function open(): Promise<OneProcess> {
  return createOneProcess({
    databaseUrls: mapSubgraphs((name) => cluster.url(DATABASE, roleName(name))),
    clock: systemClock,
    newId: createNewId(systemClock),
    logger: silentLogger,
    currencyCode: 'RUB',
    accessTokenKeys: { keys: [await generatePrivateKey('development.accounts.1')] },
    accountsSecrets: createSecrets(['development-secret-of-a-benchmark-development-secret']),
    isDevelopment: false,
    operations: ALL_OPERATIONS,
    supergraphPath: SUPERGRAPH_PATH,
  })
}

/** Milliseconds of each question, of known and of unknown numbers. */
type Times = Readonly<Record<'known' | 'unknown', number[]>>

async function measureAll(cabinet: OneProcess): Promise<void> {
  const times: Record<string, Times> = {}
  for (let pair = 0; pair < pairs + WARM_UP_PAIRS; pair++) {
    const taken = await measurePair(cabinet, pair)
    if (pair < WARM_UP_PAIRS) continue
    for (const [question, { known, unknown }] of Object.entries(taken)) {
      times[question] ??= { known: [], unknown: [] }
      times[question].known.push(...known)
      times[question].unknown.push(...unknown)
    }
  }
  for (const [question, { known, unknown }] of Object.entries(times)) {
    const { auc, p } = rankTest(known, unknown)
    const medians = [known, unknown].map((values) => spreadOf(values).median.toFixed(3))
    processTerminal.result(
      `${question}: AUC ${auc.toFixed(4)}, p ${p.toFixed(3)}, medians ${medians.join(' and ')} ms, known and unknown`,
    )
  }
}

/** The three questions about a known number and an unknown one, each time in an order that chance gives. */
async function measurePair(cabinet: OneProcess, pair: number): Promise<Record<string, Times>> {
  const isKnownFirst = systemRandomness.below(2) === 0
  const order = [isKnownFirst, !isKnownFirst]
  const captchas = [await solveProofOfWork(cabinet), await solveProofOfWork(cabinet)]
  const taken: Record<string, Times> = {}
  const ids = new Map<boolean, string>()
  for (const [place, isKnown] of order.entries()) {
    const input = { phone: phoneOf(pair, isKnown), ...captchas[place] }
    const { delivery } = await measure<{ delivery: { id: string } }>('a request', isKnown, REQUEST, { input })
    ids.set(isKnown, delivery.id)
  }
  for (const isKnown of order) await measure('a status', isKnown, STATUS, { id: ids.get(isKnown) })
  for (const isKnown of order) {
    await measure('a guess', isKnown, GUESS, { input: { phone: phoneOf(pair, isKnown), code: '000000' } })
  }
  return taken

  async function measure<Result>(
    question: string,
    isKnown: boolean,
    query: string,
    variables: Variables,
  ): Promise<Result> {
    const startedAt = performance.now()
    const result = await ask<Result>(cabinet, query, variables)
    taken[question] ??= { known: [], unknown: [] }
    taken[question][isKnown ? 'known' : 'unknown'].push(performance.now() - startedAt)
    return result
  }
}

type Variables = Readonly<Record<string, unknown>>

interface ProofOfWork {
  readonly id: string
  readonly challenge: Parameters<typeof solveChallenge>[0]['challenge']
}

async function solveProofOfWork(cabinet: OneProcess): Promise<{ captchaId: string; captchaAnswer: string }> {
  const { proofOfWork } = await ask<{ proofOfWork: ProofOfWork }>(cabinet, PROOF_OF_WORK, {})
  const { id: captchaId, challenge } = proofOfWork
  const solution = await solveChallenge({ challenge, deriveKey })
  return { captchaId, captchaAnswer: Buffer.from(JSON.stringify({ challenge, solution })).toString('base64') }
}

async function ask<Result>(cabinet: OneProcess, query: string, variables: Variables): Promise<Result> {
  const payload = { query, variables }
  const response = await cabinet.gateway.http.inject({ method: 'POST', url: '/graphql', payload })
  const { data, errors } = response.json<{ data: { result: Result }; errors?: unknown }>()
  if (errors || response.statusCode !== 200) throw new Error(response.body)
  return data.result
}
