import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ClusterOptions, type EmbeddedCluster, startCluster } from './cluster.ts'
import { chooseServerUser } from './server-user.ts'
import { temporaryRoot } from './socket-folder.ts'

export type ThrowawayOptions = Pick<ClusterOptions, 'binaries' | 'searchPath' | 'settings' | 'onProgress'>

/** Nobody replicates from a cluster that will be thrown away, so its log need not carry what replicas need. */
const NO_REPLICATION = { wal_level: 'minimal', max_wal_senders: '0' }

/** A fresh cluster for tests and benchmarks; nothing of it is left when it stops, or when we are killed. */
export async function startThrowawayCluster(options: ThrowawayOptions = {}): Promise<EmbeddedCluster> {
  const user = chooseServerUser(tmpdir())
  const folder = mkdtempSync(path.join(temporaryRoot(user), 'cabinet-throwaway-'))
  if (user) chownSync(folder, user.uid, user.gid) // the watchdog removes it, and runs as the server does
  try {
    return await startCluster({
      ...options,
      dataDirectory: path.join(folder, 'data'),
      isDurable: false,
      settings: { ...NO_REPLICATION, ...options.settings },
      foldersToRemove: [folder],
    })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}
