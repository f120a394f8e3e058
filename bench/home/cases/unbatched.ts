/** Makes Node load the product without what batches across requests. */
export const UNBATCHED = ['--import', new URL('../servers/unbatched/hooks.ts', import.meta.url).href]
