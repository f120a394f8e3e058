import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { migrateAll } from '../../cli/migrations.ts'
import { createOneProcess, type OneProcess } from '../../cli/one-process.ts'
import { SUPERGRAPH_PATH } from '../../cli/project.ts'
import { startSmscProcess } from '../../cli/stand-ins/smsc/smsc-process.ts'
import { ALL_OPERATIONS } from '../../gateway/gateway.ts'
import { systemClock } from '../../platform/clock.ts'
import { createPool } from '../../platform/database/connect.ts'
import { startThrowawayCluster } from '../../platform/database/embedded/throwaway-cluster.ts'
import { generatePrivateKey } from '../../platform/identity/keys.ts'
import { createSecrets } from '../../platform/identity/secrets.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { systemRandomness } from '../../platform/random.ts'
import { systemSleep } from '../../platform/sleep.ts'
import { createSmppTransport } from '../../platform/sms/smpp-transport.ts'
import { readSmppUrl } from '../../platform/sms/smpp-url.ts'
import { mapSubgraphs, roleName } from '../../platform/subgraph/name.ts'

/** A cabinet whose subscribers' numbers and those of nobody differ in nothing that can be seen. */
export interface World {
  readonly cabinet: OneProcess
  close(): Promise<void>
}

export interface WorldOptions {
  /** How many numbers somebody has. */
  readonly subscribers: number
  /** Without them an answer leaves as soon as it is ready: shows what they are for. */
  readonly isInSteps: boolean
}

/** Everything about a number but its last digits is the same, known or not: even ones are somebody's. */
export function phoneOf(pair: number, isKnown: boolean): string {
  return `+7916${String(2 * pair + (isKnown ? 0 : 1)).padStart(7, '0')}`
}

/** Of a password that nobody has, at the cost of the product's. */
const HASH = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
const DATABASE = 'enumeration'
const SMSC = { systemId: 'bench', password: 'bench' }

/** Known numbers, an account with a password each, and limits that nobody reaches: it is the time that is measured. */
const ROWS = `
  insert into accounts.account (id, kind, display_name, language, customer_ref)
  select gen_random_uuid(), 'INDIVIDUAL', 'Account ' || n, 'ru', 'C-' || n from generate_series(0, $COUNT) as n;
  insert into accounts.password (person_id, hash, changed_at) select id, '$HASH', '2024-01-15' from accounts.account;
  insert into linked_numbers.line (id, msisdn, owner_account_id, region, status, activated_on)
  select gen_random_uuid(), '+7916' || lpad((2 * substr(customer_ref, 3)::int)::text, 7, '0'), id, 'Moscow', 'ACTIVE',
    '2024-01-15' from accounts.account;
  insert into linked_numbers.directory select msisdn, id from linked_numbers.line;
  insert into accounts.policy
  select name, 2, case when name ~ 'Cost$|PauseSeconds$' then '1' else '1000000' end::jsonb, '2000-01-01'
  from accounts.policy
  where name ~ '^(otp|captcha).*Hour$|^captcha.proofOfWorkCost$|^otp.resendPauseSeconds$'
    and name <> 'otp.screensPerHour';
`

export async function openWorld({ subscribers, isInSteps }: WorldOptions): Promise<World> {
  const cluster = await startThrowawayCluster({ settings: { max_connections: '100' } })
  const maintenance = createPool({ url: cluster.url('postgres'), poolSizeMax: 1, logger: silentLogger })
  await maintenance.query(`create database ${DATABASE}`)
  await maintenance.end()
  await migrateAll({ adminUrl: cluster.url(DATABASE), passwords: mapSubgraphs(() => null), logger: silentLogger })
  const admin = createPool({ url: cluster.url(DATABASE), poolSizeMax: 1, logger: silentLogger })
  await admin.query(ROWS.replace('$COUNT', String(subscribers - 1)).replace('$HASH', () => HASH))
  await admin.query('vacuum analyze')
  await admin.end()
  const messages = await openMessageCentre()
  const cabinet = await createOneProcess({
    databaseUrls: mapSubgraphs((name) => cluster.url(DATABASE, roleName(name))),
    clock: systemClock,
    newId: createNewId(systemClock),
    logger: silentLogger,
    currencyCode: 'RUB',
    accessTokenKeys: { keys: [await generatePrivateKey('development.accounts.1')] },
    accountsSecrets: createSecrets(['development-secret-of-a-benchmark-development-secret']),
    // Messages leave as in production: what is done for those alone who get one is done here as well.
    sms: messages.transport,
    sleep: isInSteps ? systemSleep : () => turn(),
    isDevelopment: false,
    operations: ALL_OPERATIONS,
    supergraphPath: SUPERGRAPH_PATH,
  })
  return {
    cabinet,
    async close() {
      await cabinet.close()
      await messages.close()
      await cluster.stop()
    },
  }
}

async function openMessageCentre() {
  const folder = await mkdtemp(join(tmpdir(), 'cabinet-enumeration-'))
  const smsc = await startSmscProcess({
    ...SMSC,
    port: 0,
    inbox: join(folder, 'inbox.json'),
    messagesKept: 10,
    answerDelayMs: 1,
    receiptDelayMs: 300,
  })
  const transport = createSmppTransport({
    account: readSmppUrl(`smpp://${SMSC.systemId}:${SMSC.password}@127.0.0.1:${smsc.smpp}`),
    sender: 'Cabinet',
    partsPerSecond: 10_000,
    clock: systemClock,
    random: systemRandomness,
    logger: silentLogger,
  })
  return {
    transport,
    async close() {
      await smsc.stop()
      await rm(folder, { recursive: true })
    },
  }
}
