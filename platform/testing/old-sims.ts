import type { SimSwap } from '../sim-swap/sim-swap.ts'

/** A network in which nobody's SIM was ever changed. */
export const OLD_SIMS: SimSwap = { retrieveDate: async () => null, check: async () => false }
