import { Command } from 'commander'
import { systemClock } from '../../platform/clock.ts'
import { EnvironmentError, processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { openDatabase } from '../database.ts'
import { withLoaders } from '../import/loaders.ts'
import { loadMerchantFile } from '../merchant-catalogue.ts'
import { processTerminal } from '../terminal.ts'

export function merchantsCommand(): Command {
  return new Command('merchants')
    .description('load the catalogue of those who can be paid from a line; who is not in it any more is closed')
    .argument('<file>', 'JSON: docs/operating.md says what is in it')
    .action(async (file: string) => {
      const variables = processVariables()
      const environment = readCliEnvironment(variables)
      const database = await openDatabase({ environment, variables, onProgress: processTerminal.progress })
      const options = { databases: database.urls, clock: systemClock, newId: createNewId(systemClock) }
      try {
        const problems = await withLoaders({ ...options, logger: silentLogger }, ({ payments }) =>
          loadMerchantFile(file, payments),
        )
        if (problems) throw new EnvironmentError(`${file} was not loaded:\n  ${problems.join('\n  ')}`)
        processTerminal.result(`${file} is loaded.`)
      } finally {
        await database.stop()
      }
    })
}
