import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDatabase } from '../platform/database/connect.ts'
import { createReader, type Reader } from '../platform/database/reader.ts'
import { silentLogger } from '../platform/logger.ts'
import { createPolicies } from '../platform/policy/policies.ts'
import { accountsPolicies } from '../subgraphs/accounts/subgraph.ts'
import { listPolicies, POLICY_SUBGRAPHS, setPolicy } from './policy.ts'
import { runChild } from './testing/child.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

const NOW = new Date('2026-11-22T10:00:00Z')
const LATER = new Date('2026-12-01T00:00:00Z')

describe('policies', { timeout: 30_000 }, () => {
  let database: TestDatabase
  let db: Kysely<unknown>
  let reader: Reader

  beforeAll(async () => {
    database = await createTestDatabase()
    db = connectDatabase<unknown>({ url: database.adminUrl, poolSizeMax: 10, logger: silentLogger })
    reader = createReader({ url: database.urls.accounts, logger: silentLogger })
  })
  afterAll(async () => {
    await reader.close()
    await db.destroy()
    await database.drop()
  })

  const set = (name: string, value: string, from = NOW) =>
    setPolicy(db, { subgraph: 'accounts', name, value, from }, NOW)
  const valueAt = async (now: Date) => {
    const policies = createPolicies({ reader, clock: { now: () => now }, schema: accountsPolicies })
    return (await policies.current())['invitation.ttlHours']
  }
  const listed = async () =>
    (await listPolicies(db, 'accounts', NOW)).filter((line) => /^invitation.ttlHours|^ /.test(line))

  it('are all listed, each with a value within its bounds', async () => {
    const lines = await listPolicies(db, 'accounts', NOW)
    expect(lines.map((line) => line.split(' ')[0])).toEqual(Object.keys(accountsPolicies.shape))
    expect(await listed()).toEqual([
      'invitation.ttlHours = 168 (version 1, since 2000-01-01T00:00:00.000Z)   integer from 1 to 2160',
    ])
  })

  it.each(POLICY_SUBGRAPHS)('have a value each: %s', async (subgraph) => {
    const lines = await listPolicies(db, subgraph, NOW)
    expect(lines.filter((line) => line.includes('nothing yet'))).toEqual([])
  })

  it('change from a moment on, and what has not begun is replaced by what is set after it', async () => {
    expect(await set('invitation.ttlHours', '72', LATER)).toEqual({ kind: 'set', version: 2 })
    expect(await listed()).toEqual([
      'invitation.ttlHours = 168 (version 1, since 2000-01-01T00:00:00.000Z)   integer from 1 to 2160',
      '    from 2026-12-01T00:00:00.000Z: 72 (version 2)',
    ])
    expect(await valueAt(NOW)).toBe(168)
    expect(await valueAt(LATER)).toBe(72)
    expect(await set('invitation.ttlHours', '48')).toEqual({ kind: 'set', version: 3 })
    expect(await valueAt(NOW)).toBe(48)
    expect(await valueAt(LATER)).toBe(48)
  })

  it.each([
    ['below its bounds', 'invitation.ttlHours', '0'],
    ['above its bounds', 'invitation.ttlHours', '2161'],
    ['of another kind', 'invitation.ttlHours', '"many"'],
    ['that is no JSON', 'invitation.ttlHours', 'many'],
    ['that is nothing', 'invitation.ttlHours', 'null'],
  ])('take no value %s', async (_, name, value) => {
    expect((await set(name, value)).kind).toBe('outOfBounds')
    expect(await database.sql('select version from accounts.policy where value = $1::jsonb', ['0'])).toEqual([])
  })

  it('do not reach into the past, and have no new names', async () => {
    expect(await set('invitation.ttlHours', '72', new Date(NOW.getTime() - 1))).toEqual({ kind: 'inThePast' })
    expect(await set('invitation.ttlDays', '72')).toEqual({ kind: 'unknownPolicy' })
    expect(await set('constructor', '72')).toEqual({ kind: 'unknownPolicy' })
  })

  it('get a version each when several are set at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => set('invitation.dayMax', '7')))
    const versions = outcomes.map((outcome) => (outcome.kind === 'set' ? outcome.version : 0))
    expect(versions.sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('cannot be set by the process that reads them', async () => {
    const asProcess = connectDatabase<unknown>({ url: database.urls.accounts, poolSizeMax: 1, logger: silentLogger })
    const policy = { subgraph: 'accounts', name: 'invitation.dayMax', value: '8', from: NOW } as const
    await expect(setPolicy(asProcess, policy, NOW)).rejects.toThrow(/permission denied/)
    await asProcess.destroy()
  })

  it('are shown and set by the command', async () => {
    const variables = { DATABASE_URL: database.adminUrl }
    const good = await runChild('cli/main.ts', ['policy', 'set', 'accounts', 'invitation.pendingMax', '9'], variables)
    expect(good).toMatchObject({ exitCode: 0, output: expect.stringMatching(/invitation.pendingMax is 9 .*version 2/) })
    const bad = await runChild('cli/main.ts', ['policy', 'set', 'accounts', 'invitation.pendingMax', '0'], variables)
    expect(bad).toMatchObject({
      exitCode: 1,
      errorOutput: expect.stringContaining('invitation.pendingMax cannot be 0'),
    })
    const { output } = await runChild('cli/main.ts', ['policy', 'list', 'accounts'], variables)
    expect(output).toContain('invitation.pendingMax = 9 (version 2, since ')
  })
})
