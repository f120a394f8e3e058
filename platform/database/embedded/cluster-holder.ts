/**
 * A process for tests to kill: starts the cluster its argument describes, prints it as one line of JSON, and
 * holds it until its standard input ends. With "hold": false it just runs off its end, stopping nothing.
 */
import { type ClusterOptions, startCluster } from './cluster.ts'
import { startThrowawayCluster } from './throwaway-cluster.ts'

export interface HolderRequest extends ClusterOptions {
  readonly isThrowaway?: boolean
  readonly hold?: boolean
}

const request: HolderRequest = JSON.parse(process.argv[2] ?? '')
const cluster = request.isThrowaway ? await startThrowawayCluster() : await startCluster(request)
process.stdout.write(`${JSON.stringify({ ...cluster, postgresUrl: cluster.url('postgres') })}\n`)
if (request.hold !== false) {
  for await (const _ of process.stdin);
  await cluster.stop()
}
