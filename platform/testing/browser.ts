import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { processVariables } from '../environment.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']

/** What to say where there is no browser. */
export const NO_BROWSER = 'there is no Chromium here: install it (apt-get install chromium) or set CHROMIUM_PATH'

/** Where Chromium is on this machine; null when it is nowhere. In CI that is an error: a check must not fade away. */
export function findBrowser(variables = processVariables()): string | null {
  const { CHROMIUM_PATH, PATH = '', CI } = variables
  const inFolders = ['/usr/bin', ...PATH.split(path.delimiter)].flatMap((folder) =>
    NAMES.map((name) => path.join(folder, name)),
  )
  const found = [...(CHROMIUM_PATH ? [CHROMIUM_PATH] : []), ...inFolders].find(isExecutable) ?? null
  if (found === null && CI) throw new Error(NO_BROWSER)
  return found
}

/** A headless browser that has nothing to say to anybody by itself. Its sandbox does not work for root. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  const isRoot = process.getuid?.() === 0
  return chromium.launch({
    executablePath,
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
