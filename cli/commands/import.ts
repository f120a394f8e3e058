import { resolve } from 'node:path'
import { Command } from 'commander'
import { systemClock } from '../../platform/clock.ts'
import { processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { openDatabase } from '../database.ts'
import { runImport } from '../import/import.ts'
import { describeFailure } from '../import/import-failure.ts'
import { withLoaders } from '../import/loaders.ts'
import { createProgress } from '../import/progress.ts'
import { formatSummary } from '../import/summary.ts'
import { processTerminal, step } from '../terminal.ts'

/** `import DIR`: ends with 0 when the files were read to their end, rejects or not, and with 1 when they were not. */
export function importCommand(): Command {
  return new Command('import')
    .description('take in a base of an operator: customers, lines, products, top-ups, usage')
    .argument('<directory>', 'the folder with the files of the base (docs/import-format.md)')
    .option('--rejects <file>', 'where to name each row that was not taken', 'rejects.csv')
    .action(async (directory: string, { rejects }: { readonly rejects: string }) => {
      try {
        await importDirectory(resolve(directory), resolve(rejects))
      } catch (error) {
        process.stderr.write(`${describeFailure(error)}\n`)
        process.exitCode = 1
      }
    })
}

async function importDirectory(directory: string, rejectsPath: string): Promise<void> {
  const variables = processVariables()
  const environment = readCliEnvironment(variables)
  const database = await step(processTerminal, 'database', () =>
    openDatabase({ environment, variables, onProgress: processTerminal.progress }),
  )
  const currency = environment.CURRENCY
  const progress = createProgress(process.stderr, systemClock)
  // A connection that breaks is told of by the statement that it breaks: the pool need not log it too.
  const options = {
    databases: database.urls,
    clock: systemClock,
    newId: createNewId(systemClock),
    logger: silentLogger,
  }
  try {
    const report = await withLoaders(options, (loaders) =>
      runImport({ directory, rejectsPath, loaders, currency, progress, clock: systemClock }),
    )
    processTerminal.result(formatSummary(report, currency))
  } finally {
    await database.stop()
  }
}
