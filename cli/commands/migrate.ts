import { Command } from 'commander'
import { processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { openDatabase } from '../database.ts'
import { processTerminal, step } from '../terminal.ts'

export function migrateCommand(): Command {
  return new Command('migrate').description('bring the tables of all subgraphs up to date').action(async () => {
    const variables = processVariables()
    const environment = readCliEnvironment(variables)
    const database = await step(processTerminal, 'migrations', () =>
      openDatabase({ environment, variables, onProgress: processTerminal.progress }),
    )
    processTerminal.result(`The tables are up to date: ${database.label}`)
    await database.stop()
  })
}
