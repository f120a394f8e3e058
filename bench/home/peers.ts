import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BenchCase } from './cases/case.ts'

const PEERS = new URL('../peers/', import.meta.url)

/** Installs the packages that we are compared with, exactly those of their lock, when they are needed and not there. */
export async function installPeers(cases: readonly BenchCase[]): Promise<void> {
  if (!cases.some(({ needsPeers }) => needsPeers) || existsSync(new URL('node_modules/', PEERS))) return
  const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--prefix', fileURLToPath(PEERS)], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`npm ci --prefix bench/peers ended with code ${code}; --only leaves cases out`)
}
