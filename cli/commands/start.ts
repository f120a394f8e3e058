import { Command } from 'commander'
import { systemClock } from '../../platform/clock.ts'
import {
  type CliEnvironment,
  processVariables,
  readCliEnvironment,
  type Variables,
} from '../../platform/environment.ts'
import { createNewId } from '../../platform/ids.ts'
import { createLogger, silentLogger } from '../../platform/logger.ts'
import { stopOnSignal } from '../../platform/serving/process.ts'
import { type CabinetDatabase, openDatabase } from '../database.ts'
import { isDemoWanted, loadDemoAtStart } from '../demo/demo-at-start.ts'
import { greet } from '../greeting.ts'
import { withLoaders } from '../import/loaders.ts'
import { introduce } from '../introduction.ts'
import { listen } from '../listen.ts'
import { openNetwork } from '../network.ts'
import { createOneProcess } from '../one-process.ts'
import { SUPERGRAPH_PATH, stateDirectory } from '../project.ts'
import { readSecrets } from '../secrets.ts'
import { step, processTerminal as terminal } from '../terminal.ts'

export function startCommand(): Command {
  return new Command('start')
    .description('run the whole cabinet in one process, with a database of its own and demo data')
    .option('--no-demo', 'leave an empty database empty')
    .action(async (options: { readonly demo: boolean }) => {
      const variables = processVariables()
      const environment = readCliEnvironment(variables)
      const database = await step(terminal, 'database', () =>
        openDatabase({ environment, variables, onProgress: terminal.progress }),
      )
      try {
        await serve({ environment, variables, database, hasDemo: options.demo })
      } catch (error) {
        await database.stop()
        throw error
      }
    })
}

interface ServeOptions {
  readonly environment: CliEnvironment
  readonly variables: Variables
  readonly database: CabinetDatabase
  readonly hasDemo: boolean
}

async function serve({ environment, variables, database, hasDemo }: ServeOptions): Promise<void> {
  const isDevelopment = environment.NODE_ENV !== 'production'
  if (hasDemo && isDevelopment) await offerDemo(environment, database)
  const { keys, secrets } = await readSecrets(environment)
  const network = await openNetwork(environment)
  const newId = createNewId(systemClock)
  const logger = createLogger({ name: 'cabinet', level: environment.LOG_LEVEL })
  const cabinet = await step(terminal, 'gateway and subgraphs', () =>
    createOneProcess({
      databaseUrls: database.urls,
      clock: systemClock,
      newId,
      logger,
      currencyCode: environment.CURRENCY,
      accessTokenKeys: keys,
      accountsSecrets: secrets,
      simSwap: network.simSwap,
      ...(network.ussdKey !== null && { ussdKey: network.ussdKey }),
      isDevelopment,
      supergraphPath: SUPERGRAPH_PATH,
    }),
  )
  const stop = async () => {
    terminal.progress('stopping…')
    await cabinet.close()
    await network.close()
    await database.stop()
    terminal.progress('✓ stopped')
  }
  stopOnSignal(stop, logger)
  const url = await listen(cabinet.gateway.http, environment, terminal.progress)
  // A token for whoever reads the log is for development only.
  const greeting = isDevelopment ? await greet(cabinet, newId) : null
  terminal.result(
    introduce(
      { url, greeting, isDevelopment, simSwapUrl: network.standInUrl, databaseLabel: database.label },
      variables,
    ),
  )
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
