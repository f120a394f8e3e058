import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

// Loaded before a process of the product (`--import`): puts what does not batch across requests in place of what does,
// so that the product needs no switch that nobody would want.
const ROOT = new URL('../../../../', import.meta.url)
const REPLACED = new Map(
  ['platform/database/batch-loader.ts', 'gateway/transport/http-batch.ts'].map((path) => [
    new URL(path, ROOT).href,
    new URL(path.split('/').at(-1) ?? '', import.meta.url).href,
  ]),
)

for (const url of REPLACED.keys()) {
  if (!existsSync(fileURLToPath(url))) throw new Error(`${url} is gone: tell the bench what batches now`)
}

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    const replacement = REPLACED.get(resolved.url)
    return replacement === undefined ? resolved : { ...resolved, url: replacement }
  },
})
