/** A process for tests to kill: imports what its argument describes, and says when it begins and what came of it. */
import type { SubgraphName } from '../../../platform/subgraph/name.ts'
import { noProgress } from '../progress.ts'
import { importDirectory } from './import-base.ts'

export interface ImportRequest {
  readonly urls: Readonly<Record<SubgraphName, string>>
  readonly directory: string
  readonly batchRows: number
}

const { urls, directory, batchRows }: ImportRequest = JSON.parse(process.argv[2] ?? '')
const progress = { ...noProgress, start: () => process.stdout.write('begun\n') }
const { rejects } = await importDirectory({ urls }, directory, { batchRows, progress })
process.stdout.write(`${JSON.stringify({ rejects })}\n`)
