import { Command, Option } from 'commander'
import type { JSONWebKeySet } from 'jose'
import { systemClock } from '../../platform/clock.ts'
import { EnvironmentError, processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { signAccessToken } from '../../platform/identity/access-token.ts'
import { signingKey } from '../../platform/identity/keys.ts'
import type { Secrets } from '../../platform/identity/secrets.ts'
import {
  ORGANIZATION_ROLES,
  type OrganizationRole,
  STAFF_ROLES,
  type StaffRole,
} from '../../platform/identity/viewer.ts'
import { createNewId } from '../../platform/ids.ts'
import { unreachable } from '../../platform/invariant.ts'
import { silentLogger } from '../../platform/logger.ts'
import { type CabinetDatabase, openDatabase } from '../database.ts'
import { createSubgraphs, type Subgraphs } from '../one-process.ts'
import { readSecrets } from '../secrets.ts'
import { signInByPhone } from '../sign-in.ts'
import { processTerminal } from '../terminal.ts'

interface TokenOptions {
  readonly phone?: string
  readonly role?: OrganizationRole
  readonly staff?: readonly StaffRole[]
  readonly hours: string
}

export function tokenCommand(): Command {
  return new Command('token')
    .description('print an access token, for development only')
    .option('--phone <number>', 'of the owner of this number, as people type it')
    .addOption(new Option('--role <role>', 'in the organization that owns the number').choices(ORGANIZATION_ROLES))
    .addOption(new Option('--staff <roles...>', 'of a member of staff instead').choices(STAFF_ROLES))
    .option('--hours <hours>', 'how long it is valid', '12')
    .action(async (options: TokenOptions) => {
      const variables = processVariables()
      const environment = readCliEnvironment(variables)
      if (environment.NODE_ENV === 'production') {
        throw new EnvironmentError('`token` is for development: in production people sign in.')
      }
      const database = await openDatabase({ environment, variables, onProgress: () => undefined })
      const { keys, secrets } = await readSecrets(environment)
      const subgraphs = await openSubgraphs(database, keys, secrets)
      try {
        processTerminal.result(await makeToken(options, subgraphs, keys))
      } finally {
        await Promise.all(Object.values(subgraphs).map((subgraph) => subgraph.close()))
        await database.stop()
      }
    })
}

function openSubgraphs(
  database: CabinetDatabase,
  accessTokenKeys: JSONWebKeySet,
  accountsSecrets: Secrets,
): Promise<Subgraphs> {
  return createSubgraphs({
    databaseUrls: database.urls,
    clock: systemClock,
    newId: createNewId(systemClock),
    logger: silentLogger,
    currencyCode: 'RUB',
    accessTokenKeys,
    accountsSecrets,
  })
}

async function makeToken(
  { phone, role, staff, hours }: TokenOptions,
  subgraphs: Subgraphs,
  keys: JSONWebKeySet,
): Promise<string> {
  const newId = createNewId(systemClock)
  const ttlSeconds = Math.round(Number(hours) * 3600)
  if (staff) {
    const principal = { kind: 'staff', staffId: 'developer', sessionId: newId(), roles: staff } as const
    return signAccessToken(principal, await signingKey(keys), systemClock, ttlSeconds)
  }
  if (phone === undefined) throw new EnvironmentError('Say whose token: --phone 9161234567, or --staff consultant.')
  const outcome = await signInByPhone({ subgraphs, newId }, { phone, organizationRole: role ?? null, ttlSeconds })
  switch (outcome.kind) {
    case 'signedIn':
      return outcome.accessToken
    case 'subscriberNotFound':
      throw new EnvironmentError(`Nobody has the number ${phone}. Run \`npm start\` or \`import\` first.`)
    case 'memberNotFound':
      throw new EnvironmentError(`The owner of ${phone} has no member in the role ${role}.`)
    default:
      return unreachable(outcome)
  }
}
