import type { JSONWebKeySet } from 'jose'
import { expect } from 'vitest'
import { ALL_OPERATIONS } from '../../gateway/gateway.ts'
import { type Clock, systemClock } from '../../platform/clock.ts'
import { signAccessToken } from '../../platform/identity/access-token.ts'
import { generatePrivateKey, signingKey } from '../../platform/identity/keys.ts'
import { createSecrets } from '../../platform/identity/secrets.ts'
import type { OrganizationRole, SignedInPrincipal, StaffRole } from '../../platform/identity/viewer.ts'
import { createNewId } from '../../platform/ids.ts'
import { type Sleep, systemSleep } from '../../platform/sleep.ts'
import { watchedLogger } from '../../platform/testing/log-watch.ts'
import { OLD_SIMS } from '../../platform/testing/old-sims.ts'
import { findDisagreements } from '../../subgraphs/payments/audit/testing/agreement.ts'
import { createOneProcess, type OneProcess, type OneProcessDependencies } from '../one-process.ts'
import { SUPERGRAPH_PATH } from '../project.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/**
 * The whole product in one process over a database of the test's own, asked as a front end asks it. When it closes, all
 * that is told of its lines' money has to agree.
 */
export interface TestCabinet extends OneProcess {
  readonly database: TestDatabase
  readonly keys: JSONWebKeySet
  readonly clock: Clock
  /** Sends an operation with a token, or without one, and gives the answer. */
  ask(operation: Operation, token?: string): Promise<Answer>
  accountToken(accountId: string, organizationRole?: OrganizationRole | null): Promise<string>
  staffToken(...roles: StaffRole[]): Promise<string>
  signPrincipal(principal: SignedInPrincipal, ttlSeconds?: number): Promise<string>
}

/** Any secret will do. */
export const TEST_SECRETS = createSecrets(['development-secret-of-a-test-development-secret'])

/** A step by which answers wait, whatever the policy says: short, but one that lets others go on. */
const briefSleep: Sleep = () => systemSleep(1)

/** How long the gateway waits for a part: a slow machine is no sick subgraph, but for tests that are about one. */
const PATIENCE_MS = 30_000

/** What staff say in every test that is about something else; an empty `x-reason` says nothing. */
export const REASON = { 'x-reason': 'a%20test' }

export interface Operation {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface AnswerError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: { readonly code: string; readonly [name: string]: unknown }
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
  readonly data: any
  readonly errors: readonly AnswerError[] | undefined
  readonly extensions: unknown
  /** Under which the request is found in logs and in the audit trail. */
  readonly requestId: string
}

export type TestCabinetOptions = Partial<OneProcessDependencies> & {
  readonly template?: string
  /** The test breaks the books of lines on purpose: nobody looks whether they agree when it closes. */
  readonly breaksBooks?: boolean
}

export async function openTestCabinet({
  template,
  breaksBooks = false,
  ...overrides
}: TestCabinetOptions = {}): Promise<TestCabinet> {
  const database = await createTestDatabase(template)
  const clock = overrides.clock ?? systemClock
  const newId = createNewId(systemClock)
  const keys = overrides.accessTokenKeys ?? { keys: [await generatePrivateKey('development.accounts.1')] }
  const cabinet = await createOneProcess({
    databaseUrls: database.urls,
    clock,
    newId,
    logger: watchedLogger,
    currencyCode: 'RUB',
    accessTokenKeys: keys,
    accountsSecrets: TEST_SECRETS,
    simSwap: OLD_SIMS,
    sleep: briefSleep,
    isDevelopment: true,
    supergraphPath: SUPERGRAPH_PATH,
    subgraphTimeoutMs: PATIENCE_MS,
    // Tests ask for what they like.
    operations: ALL_OPERATIONS,
    ...overrides,
  })
  const signPrincipal: TestCabinet['signPrincipal'] = async (principal, ttlSeconds) =>
    signAccessToken(principal, await signingKey(keys), clock, ttlSeconds)
  return {
    ...cabinet,
    database,
    keys,
    clock,
    signPrincipal,
    accountToken: (accountId, organizationRole = null) =>
      signPrincipal({ kind: 'account', accountId, personId: accountId, sessionId: newId(), organizationRole }),
    staffToken: (...roles) => signPrincipal({ kind: 'staff', staffId: 'tester', sessionId: newId(), roles }),
    ask: (operation, token) => ask(cabinet, operation, token),
    async close() {
      await cabinet.close()
      const disagreements = breaksBooks ? [] : await findDisagreements(database)
      await database.drop()
      expect(disagreements).toEqual([])
    },
  }
}

async function ask(cabinet: OneProcess, { headers, ...payload }: Operation, token?: string): Promise<Answer> {
  const response = await cabinet.gateway.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { ...REASON, ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    payload,
  })
  const { data, errors, extensions } = response.json<Omit<Answer, 'status' | 'requestId'>>()
  const requestId = String(response.headers['x-request-id'])
  return { status: response.statusCode, data, errors, extensions, requestId }
}
