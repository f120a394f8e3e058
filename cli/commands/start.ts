import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Command } from 'commander'
import type { FastifyInstance } from 'fastify'
import { systemClock } from '../../platform/clock.ts'
import {
  type CliEnvironment,
  EnvironmentError,
  processVariables,
  readCliEnvironment,
} from '../../platform/environment.ts'
import { createNewId } from '../../platform/ids.ts'
import { createLogger } from '../../platform/logger.ts'
import { stopOnSignal } from '../../platform/serving/process.ts'
import { type CabinetDatabase, openDatabase } from '../database.ts'
import { developmentKeys } from '../development-keys.ts'
import { createOneProcess, type OneProcess } from '../one-process.ts'
import { PROJECT_DIRECTORY, STATE_DIRECTORY, SUPERGRAPH_PATH } from '../project.ts'
import { signInByPhone } from '../sign-in.ts'
import { step, processTerminal as terminal } from '../terminal.ts'

const PORTS_TRIED_MAX = 20
const TOKEN_TTL_SECONDS = 12 * 3600

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
        await serve(environment, database, options.demo)
      } catch (error) {
        await database.stop()
        throw error
      }
    })
}

async function serve(environment: CliEnvironment, database: CabinetDatabase, hasDemo: boolean): Promise<void> {
  const keys = await accessTokenKeys(environment)
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
      isDevelopment: environment.NODE_ENV !== 'production',
      supergraphPath: SUPERGRAPH_PATH,
    }),
  )
  const stop = async () => {
    await cabinet.close()
    await database.stop()
  }
  stopOnSignal(stop, logger)
  const url = await listen(cabinet.gateway.http, environment)
  void hasDemo
  const token = await signInByPhone(
    {
      linkedNumbers: cabinet.subgraphs['linked-numbers'],
      keys,
      clock: systemClock,
      newId,
      ttlSeconds: TOKEN_TTL_SECONDS,
    },
    DEMO_PHONE,
    null,
  )
  terminal.result(await introduce(cabinet, url, token))
}

const DEMO_PHONE = '+79160000000'

async function accessTokenKeys(environment: CliEnvironment) {
  if (environment.ACCESS_TOKEN_KEYS) return environment.ACCESS_TOKEN_KEYS
  if (environment.NODE_ENV === 'production') {
    throw new EnvironmentError(
      'Set ACCESS_TOKEN_KEYS: production signs with keys of its own (npm run cabinet -- keys).',
    )
  }
  return developmentKeys(STATE_DIRECTORY)
}

/** Listens on the port asked for, or on the first free one after it. */
async function listen(http: FastifyInstance, { HOST, PORT }: CliEnvironment): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      await http.listen({ host: HOST, port: PORT + attempt })
      if (attempt > 0) terminal.progress(`port ${PORT} is taken, using ${PORT + attempt}; set PORT to choose`)
      return `http://${HOST === '0.0.0.0' ? 'localhost' : HOST}:${PORT + attempt}`
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!isTaken || attempt === PORTS_TRIED_MAX) throw error
    }
  }
}

async function introduce(cabinet: OneProcess, url: string, token: string | null): Promise<string> {
  if (token === null) return `The cabinet is ready and empty: ${url}/graphql`
  const query = await readFile(path.join(PROJECT_DIRECTORY, 'schema/operations/home.graphql'), 'utf8')
  const response = await cabinet.gateway.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization: `Bearer ${token}`, 'accept-language': 'ru' },
    payload: { query, variables: { first: 2 } },
  })
  return [
    '',
    'The home query, answered:',
    JSON.stringify(response.json(), null, 2),
    '',
    `Access token (12 hours):\n${token}`,
    '',
    `GraphQL   ${url}/graphql`,
    `Explorer  ${url}/`,
    `Health    ${url}/health/ready`,
  ].join('\n')
}
