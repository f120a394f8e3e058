import type { E164 } from '../phone.ts'

/** Asks the operator's network about changes of SIMs: CAMARA's SimSwap API, version 2. */
export interface SimSwap {
  /** When the SIM of this number was last changed, its first activation included; null when nothing is known of it. */
  retrieveDate(phone: E164): Promise<Date | null>
  /** Whether the SIM was changed within so many hours, 1 to 2,400. */
  check(phone: E164, maxAgeHours: number): Promise<boolean>
}

/** Nobody could be asked. Whether the SIM was changed is not known, and must not be taken for "no". */
export class SimSwapUnavailableError extends Error {
  override readonly name = 'SimSwapUnavailableError'
}

/** Where no network is known to ask: what depends on an answer is refused. */
export const unknownSimSwap: SimSwap = {
  retrieveDate: () => Promise.reject(new SimSwapUnavailableError('SIM_SWAP_URL is not set')),
  check: () => Promise.reject(new SimSwapUnavailableError('SIM_SWAP_URL is not set')),
}
