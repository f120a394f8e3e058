import { Command } from 'commander'
import { LIMIT_MIN } from '../../gateway/admission/adaptive-limit.ts'
import { systemClock } from '../../platform/clock.ts'
import {
  type CliEnvironment,
  processVariables,
  readCliEnvironment,
  type Variables,
} from '../../platform/environment.ts'
import { createNewId } from '../../platform/ids.ts'
import { createLogger, type Logger, silentLogger } from '../../platform/logger.ts'
import { createOsmp } from '../../platform/merchants/osmp-client.ts'
import { stopOnSignal } from '../../platform/serving/process.ts'
import { openAcquirer } from '../acquirer.ts'
import { type CabinetDatabase, openDatabase } from '../database.ts'
import { isDemoWanted, loadDemoAtStart } from '../demo/demo-at-start.ts'
import { networkElement } from '../development-network.ts'
import { type DevelopmentProviders, startDevelopmentProviders } from '../development-providers.ts'
import { greet } from '../greeting.ts'
import { withLoaders } from '../import/loaders.ts'
import { introduce } from '../introduction.ts'
import { listen } from '../listen.ts'
import { openNetwork } from '../network.ts'
import { createOneProcess } from '../one-process.ts'
import { MANIFESTS_PATH, SUPERGRAPH_PATH, stateDirectory } from '../project.ts'
import { readSecrets } from '../secrets.ts'
import { type RunningMerchants, startMerchantStandIn } from '../stand-ins/merchants/start.ts'
import { openSms, type Sms } from '../stand-ins/smsc/open-sms.ts'
import { step, processTerminal as terminal } from '../terminal.ts'

export function startCommand(): Command {
  return new Command('start')
    .description('run the whole cabinet in one process, with a database of its own and demo data')
    .option('--no-demo', 'leave an empty database empty')
    .option('--with-openid', 'with a provider of identities that believes whoever comes, to try social sign-in with')
    .action(async (options: StartOptions) => {
      const variables = processVariables()
      const environment = readCliEnvironment(variables)
      const logger = createLogger({ name: 'cabinet', level: environment.LOG_LEVEL })
      // Two processes that come up at the same time.
      const [opening, smsOpening] = await Promise.allSettled([
        step(terminal, 'database', () => openDatabase({ environment, variables, onProgress: terminal.progress })),
        openSms(environment, logger),
      ])
      try {
        const [database, sms] = [fulfilled(opening), fulfilled(smsOpening)]
        await serve({ environment, variables, database, sms, logger, options })
      } catch (error) {
        if (smsOpening.status === 'fulfilled') await smsOpening.value.close()
        if (opening.status === 'fulfilled') await opening.value.stop()
        throw error
      }
    })
}

interface StartOptions {
  readonly demo: boolean
  readonly withOpenid?: boolean
}

function fulfilled<Value>(opening: PromiseSettledResult<Value>): Value {
  if (opening.status === 'rejected') throw opening.reason
  return opening.value
}

interface ServeOptions {
  readonly environment: CliEnvironment
  readonly variables: Variables
  readonly database: CabinetDatabase
  readonly options: StartOptions
  readonly sms: Sms
  readonly logger: Logger
}

async function serve({ environment, variables, database, sms, logger, options }: ServeOptions): Promise<void> {
  const isDevelopment = environment.NODE_ENV !== 'production'
  if (options.demo && isDevelopment) await offerDemo(environment, database)
  const { keys, secrets, paymentsSecrets } = await readSecrets(environment)
  const network = await openNetwork(environment)
  const merchants = await openMerchants(environment)
  const acquirer = await openAcquirer(environment, logger)
  const newId = createNewId(systemClock)
  const providers = options.withOpenid ? await startDevelopmentProviders(environment) : configuredProviders(environment)
  const cabinet = await step(terminal, 'gateway and subgraphs', async () =>
    createOneProcess({
      databaseUrls: database.urls,
      clock: systemClock,
      newId,
      logger,
      currencyCode: environment.CURRENCY,
      accessTokenKeys: keys,
      accountsSecrets: secrets,
      socialProviders: providers.socialProviders,
      staffProvider: providers.staffProvider,
      networkElement: await networkElement(environment),
      sms: sms.transport,
      simSwap: network.simSwap,
      merchants: merchants.merchants,
      cardPayments: acquirer.cardPayments,
      paymentsSecrets,
      ...(network.ussdKey !== null && { ussdKey: network.ussdKey }),
      isDevelopment,
      supergraphPath: SUPERGRAPH_PATH,
      gatewayOptions: { admission: { limitMin: LIMIT_MIN, limitMax: environment.REQUESTS_AT_ONCE_MAX } },
      rateLimits: {
        viewerCostPerMinute: environment.VIEWER_COST_PER_MINUTE,
        addressCostPerMinute: environment.ADDRESS_COST_PER_MINUTE,
      },
      operations: { manifests: MANIFESTS_PATH, isOpen: isDevelopment, adHocRoles: environment.AD_HOC_ROLES },
      allowedOrigins: environment.ALLOWED_ORIGINS,
    }),
  )
  const stop = async () => {
    terminal.progress('stopping…')
    await cabinet.close()
    await providers.close()
    await sms.close()
    await network.close()
    await merchants.close()
    await acquirer.close()
    await database.stop()
    terminal.progress('✓ stopped')
  }
  stopOnSignal(stop, logger)
  const url = await listen(cabinet.gateway.http, environment, terminal.progress)
  acquirer.announce(url)
  // A token for whoever reads the log is for development only.
  const greeting = isDevelopment ? await greet(cabinet, newId) : null
  const { inboxUrl } = sms
  const started = { url, greeting, isDevelopment, databaseLabel: database.label }
  terminal.result(
    introduce({ ...started, inboxUrl, simSwapUrl: network.standInUrl, acquirerUrl: acquirer.standInUrl }, variables),
  )
}

/** Those of the environment, or, in development, stand-ins for those of the demo. */
async function openMerchants({
  MERCHANTS,
  NODE_ENV,
}: CliEnvironment): Promise<Pick<RunningMerchants, 'merchants' | 'close'>> {
  if (MERCHANTS === undefined && NODE_ENV !== 'production') return startMerchantStandIn()
  return { merchants: createOsmp({ endpoints: MERCHANTS ?? [] }), close: async () => undefined }
}

/** Those of the environment are somebody else's to close. */
function configuredProviders({ SOCIAL_PROVIDERS, STAFF_PROVIDER }: CliEnvironment): DevelopmentProviders {
  const socialProviders = SOCIAL_PROVIDERS
  return { socialProviders, staffProvider: STAFF_PROVIDER ?? null, close: async () => undefined }
}

async function offerDemo(environment: CliEnvironment, database: CabinetDatabase): Promise<void> {
  const clock = systemClock
  const options = { databases: database.urls, clock, newId: createNewId(clock), logger: silentLogger }
  const place = { stateDirectory: stateDirectory(environment), databaseLabel: database.label }
  await withLoaders(options, async (loaders) => {
    if (!(await isDemoWanted(loaders, place))) return
    terminal.progress('loading demo data: about a thousand accounts…')
    await step(terminal, 'demo data', () =>
      loadDemoAtStart({ loaders, currency: environment.CURRENCY, clock, ...place }),
    )
  })
}
