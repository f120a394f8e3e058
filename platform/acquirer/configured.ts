import type { Logger } from '../logger.ts'
import type { Acquirer } from './acquirer.ts'
import type { NoticeTrust } from './notice-route.ts'
import { createYooKassa } from './yookassa-client.ts'

/** What the environment says of the acquirer. */
export interface AcquirerEnvironment {
  readonly ACQUIRER_URL: string
  readonly ACQUIRER_SHOP_ID?: string | undefined
  readonly ACQUIRER_SECRET_KEY?: string | undefined
  readonly ACQUIRER_PEERS: readonly string[]
  readonly ACQUIRER_SIGNATURE_HEADER: string
  readonly ACQUIRER_SIGNATURE_KEY?: string | undefined
}

/** Null where no shop of an acquirer is named: then no cards are taken. */
export function createConfiguredAcquirer(environment: AcquirerEnvironment, logger: Logger): Acquirer | null {
  const { ACQUIRER_URL: url, ACQUIRER_SHOP_ID: shopId, ACQUIRER_SECRET_KEY: secretKey } = environment
  return shopId === undefined || secretKey === undefined ? null : createYooKassa({ url, shopId, secretKey, logger })
}

/** Whose notices are read; nobody's where neither networks nor a key are named. */
export function configuredTrust(environment: AcquirerEnvironment): NoticeTrust {
  const { ACQUIRER_PEERS: peers, ACQUIRER_SIGNATURE_HEADER: header, ACQUIRER_SIGNATURE_KEY: key } = environment
  return { peers, signature: key === undefined ? null : { header, key } }
}
