import { lstatSync, readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'

interface LibraryLink {
  readonly source: string
  readonly target: string
}

/**
 * Makes the links between shared libraries that an npm package cannot carry. The package's postinstall does
 * it too, but `--ignore-scripts` is common and without the links the server does not load.
 */
export function restoreLibraryLinks(home: string): void {
  for (const link of readLinks(path.join(home, 'pg-symlinks.json'))) {
    const target = path.join(path.dirname(home), link.target)
    if (lstatSync(target, { throwIfNoEntry: false })) continue
    createLink(path.relative(path.dirname(link.target), link.source), target)
  }
}

function readLinks(file: string): LibraryLink[] {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function createLink(source: string, target: string): void {
  try {
    symlinkSync(source, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return // another process was faster
    throw new Error(
      `The embedded PostgreSQL lacks the link ${target}, and it cannot be made. ` +
        'Run `npm rebuild` once as the owner of node_modules.',
      { cause: error },
    )
  }
}
