/** A process for tests to kill: imports what its argument describes, and says so when it got to the end. */
import type { SubgraphName } from '../../../platform/subgraph/name.ts'
import { importDirectory } from './import-base.ts'

export interface ImportRequest {
  readonly urls: Readonly<Record<SubgraphName, string>>
  readonly directory: string
  readonly batchRows: number
}

const { urls, directory, batchRows }: ImportRequest = JSON.parse(process.argv[2] ?? '')
const { rejects } = await importDirectory({ urls }, directory, { batchRows })
process.stdout.write(`${JSON.stringify({ rejects })}\n`)
