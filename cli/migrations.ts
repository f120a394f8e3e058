import { connectDatabase } from '../platform/database/connect.ts'
import { lockMigrations, type MigrationReport, migrateSubgraph } from '../platform/database/migrate.ts'
import { migrateJobs } from '../platform/jobs/migrate-jobs.ts'
import type { Logger } from '../platform/logger.ts'
import { SUBGRAPH_NAMES, type SubgraphName } from '../platform/subgraph/name.ts'
import { loadHelpArticles, readHelpArticles } from '../subgraphs/accounts/bulk/help-articles.ts'

export interface MigrationOptions {
  /** The database as its owner, who may make roles. */
  readonly adminUrl: string
  /** The passwords that the login roles get; null where the server trusts the connection. */
  readonly passwords: Readonly<Record<SubgraphName, string | null>>
  readonly logger: Logger
}

/** Those whose work goes on after a request was answered. */
const SUBGRAPHS_WITH_JOBS: readonly SubgraphName[] = ['accounts', 'payments']

/** Brings the parts of all subgraphs up to date, and what they read from files; of many processes one at a time. */
export async function migrateAll({ adminUrl, passwords, logger }: MigrationOptions): Promise<MigrationReport[]> {
  const admin = connectDatabase<unknown>({ url: adminUrl, poolSizeMax: 1, logger })
  try {
    await lockMigrations(admin)
    const reports: MigrationReport[] = []
    for (const subgraph of SUBGRAPH_NAMES) {
      const directory = new URL(`../subgraphs/${subgraph}/migrations/`, import.meta.url)
      reports.push(await migrateSubgraph(admin, { subgraph, directory, password: passwords[subgraph] }))
      if (SUBGRAPHS_WITH_JOBS.includes(subgraph)) await migrateJobs(admin, subgraph)
    }
    await loadHelpArticles(admin, await readHelpArticles())
    return reports
  } finally {
    await admin.destroy()
  }
}
