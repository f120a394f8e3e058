import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Clock } from '../../platform/clock.ts'
import type { NewId } from '../../platform/ids.ts'
import { type Logger, silentLogger } from '../../platform/logger.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import type { SubgraphName } from '../../platform/subgraph/name.ts'
import { runImport } from '../import/import.ts'
import { ImportFailure } from '../import/import-failure.ts'
import { withLoaders } from '../import/loaders.ts'
import { createProgress } from '../import/progress.ts'
import { formatSummary } from '../import/summary.ts'

export interface ImportCommandDependencies {
  /** Runs something while the databases are up and migrated; each is reached as its subgraph's own role. */
  readonly withDatabases: <Result>(
    use: (databases: Readonly<Record<SubgraphName, string>>) => Promise<Result>,
  ) => Promise<Result>
  readonly currency: CurrencyCode
  readonly clock: Clock
  readonly newId: NewId
}

/** `cabinet import DIR`: exits with 0 when the files were read to their end, rejects or not, and with 1 when not. */
export function createImportCommand(dependencies: ImportCommandDependencies): Command {
  return new Command('import')
    .description("take in an operator's base: customers, lines, products, top-ups and usage")
    .argument('<directory>', 'the folder with the files of the base')
    .option('--rejects <file>', 'where to name each row that was not taken', 'rejects.csv')
    .action(async (directory: string, { rejects }: { rejects: string }) => {
      process.exitCode = await importDirectory(dependencies, resolve(directory), resolve(rejects))
    })
}

async function importDirectory(
  { withDatabases, currency, clock, newId }: ImportCommandDependencies,
  directory: string,
  rejectsPath: string,
): Promise<number> {
  const progress = createProgress(process.stderr, clock)
  try {
    const report = await withDatabases((databases) =>
      withLoaders({ databases, clock, newId, logger: quietLogger }, (loaders) =>
        runImport({ directory, rejectsPath, loaders, currency, progress, clock }),
      ),
    )
    console.log(formatSummary(report, currency))
    return 0
  } catch (error) {
    console.error(describeFailure(error))
    return 1
  }
}

/** A connection that breaks is told of by the statement that it breaks: once is enough. */
const quietLogger: Logger = silentLogger

function describeFailure(error: unknown): string {
  if (error instanceof ImportFailure) return error.message
  const { message, code } = error as Error & { code?: string }
  const cause = message === '' ? code : message
  return isConnectionFailure(code, message)
    ? `The database went away: ${cause}. What was loaded stays; run the same command again and it goes on.`
    : `The import stopped: ${cause}. What was loaded stays; run the same command again and it goes on.`
}

/** Codes of the network, of a server that stops or starts (class 57P) and of a lost connection (class 08). */
function isConnectionFailure(code: string | undefined, message: string): boolean {
  return /^(E(CONN|PIPE|NOENT|HOST|NET|TIMEDOUT)|57P|08)/.test(code ?? '') || /connection|timeout/i.test(message)
}
