import path from 'node:path'
import { Command } from 'commander'
import type { Kysely } from 'kysely'
import { createConfiguredAcquirer } from '../../platform/acquirer/configured.ts'
import { systemClock } from '../../platform/clock.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import {
  type CliEnvironment,
  EnvironmentError,
  processVariables,
  readCliEnvironment,
} from '../../platform/environment.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { readPolicyStates } from '../../platform/policy/policy-versions.ts'
import { reconcile, spanOfDay } from '../../subgraphs/payments/reconciliation.ts'
import type { Tables } from '../../subgraphs/payments/store/tables.ts'
import { openDatabase } from '../database.ts'
import { comparisonJson, describeComparison } from '../reconcile/describe.ts'
import { fetchRegistry } from '../reconcile/fetch-registry.ts'
import { readRegistryFile } from '../reconcile/registry-file.ts'
import { processTerminal } from '../terminal.ts'

interface ReconcileOptions {
  readonly date: string
  readonly registry?: readonly string[]
  readonly json?: boolean
}

export function reconcileCommand(): Command {
  return new Command('reconcile')
    .description('compare a day of card payments with the acquirer’s registry; posts nothing')
    .requiredOption('--date <day>', 'the acquirer’s day, such as 2026-11-22')
    .option('--registry <files...>', 'registries of payments and of refunds, as CSV; asked of the acquirer if left out')
    .option('--json', 'print the differences as JSON')
    .action(async (options: ReconcileOptions) => {
      const variables = processVariables()
      const environment = readCliEnvironment(variables)
      const database = await openDatabase({ environment, variables, onProgress: processTerminal.progress })
      const db = connectDatabase<Tables>({ url: database.urls.payments, poolSizeMax: 1, logger: silentLogger })
      try {
        const comparison = await reconcileDay(db, environment, options)
        const { date, json } = options
        processTerminal.result(
          json ? comparisonJson(comparison, date) : describeComparison(comparison, date, variables),
        )
        if (comparison.differences.length > 0) process.exitCode = 1
      } finally {
        await db.destroy()
        await database.stop()
      }
    })
}

async function reconcileDay(db: Kysely<Tables>, environment: CliEnvironment, { date, registry }: ReconcileOptions) {
  const span = spanOfDay(date, await readUtcOffset(db))
  if (span === null) throw new EnvironmentError(`${date} is no day like 2026-11-22.`)
  const { CURRENCY: currencyCode } = environment
  const entries = registry
    ? (await Promise.all(registry.map((file) => readRegistryFile(file, currencyCode)))).flat()
    : await fetchRegistry(acquirerOf(environment), { ...span, currencyCode, onProgress: processTerminal.progress })
  const source = registry?.map((file) => path.basename(file)).join(', ') ?? environment.ACQUIRER_URL
  const newId = createNewId(systemClock)
  return reconcile({ db, clock: systemClock, newId }, { ...span, day: date, source, registry: entries })
}

function acquirerOf(environment: CliEnvironment) {
  const acquirer = createConfiguredAcquirer(environment, silentLogger)
  if (acquirer === null) {
    throw new EnvironmentError(
      'Name the registry: --registry FILE.csv. Or set ACQUIRER_SHOP_ID and ACQUIRER_SECRET_KEY.',
    )
  }
  return acquirer
}

const OFFSET_POLICY = 'reconciliation.utcOffsetMinutes'

async function readUtcOffset(db: Kysely<Tables>): Promise<number> {
  const states = await readPolicyStates(db as unknown as Kysely<unknown>, 'payments', systemClock.now())
  return Number(states.get(OFFSET_POLICY)?.current?.value ?? 0)
}
