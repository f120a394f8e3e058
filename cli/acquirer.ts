import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { configuredTrust, createConfiguredAcquirer } from '../platform/acquirer/configured.ts'
import { NOTICE_PATH } from '../platform/acquirer/notice-route.ts'
import { createYooKassa } from '../platform/acquirer/yookassa-client.ts'
import { systemClock } from '../platform/clock.ts'
import type { CliEnvironment } from '../platform/environment.ts'
import { DEVELOPMENT_SECRET_PREFIX } from '../platform/identity/secrets.ts'
import { createNewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import { systemRandomness } from '../platform/random.ts'
import type { CardPayments } from './one-process.ts'
import { stateDirectory } from './project.ts'
import { startAcquirerStandIn } from './stand-ins/acquirer/start.ts'

/** How cards are paid with in one process: at the real acquirer, or, in development, at one that stands in for it. */
export interface OpenAcquirer {
  readonly cardPayments: CardPayments
  /** Where the pages of the stand-in are; null when there is none. */
  readonly standInUrl: string | null
  /** Where the stand-in sends its notices: known once the cabinet listens. */
  announce(cabinetUrl: string): void
  close(): Promise<void>
}

/** Unless another has the port. */
const STAND_IN_PORT = 4011
const SHOP_ID = 'development'
const SECRET_BYTES = 32
/** A front end under development is served from anywhere on this machine. */
const OWN_ORIGINS = ['http://localhost:*', 'http://127.0.0.1:*']

export async function openAcquirer(environment: CliEnvironment, logger: Logger): Promise<OpenAcquirer> {
  const { NODE_ENV, RETURN_ORIGINS, ACQUIRER_SIGNATURE_HEADER: header } = environment
  const acquirer = createConfiguredAcquirer(environment, logger)
  if (acquirer !== null || NODE_ENV === 'production') {
    const cardPayments = { acquirer, returnOrigins: RETURN_ORIGINS, trust: configuredTrust(environment) }
    return { cardPayments, standInUrl: null, announce: () => undefined, close: async () => undefined }
  }
  const directory = stateDirectory(environment)
  mkdirSync(directory, { recursive: true })
  const secret = () => `${DEVELOPMENT_SECRET_PREFIX}${systemRandomness.bytes(SECRET_BYTES).toString('base64url')}`
  const [secretKey, signature] = [secret(), { header, key: secret() }]
  let noticeUrl: string | null = null
  const standIn = await startAcquirerStandIn({
    shopId: SHOP_ID,
    secretKey,
    clock: systemClock,
    newId: createNewId(systemClock),
    port: STAND_IN_PORT,
    file: path.join(directory, 'acquirer.json'),
    notices: { url: () => noticeUrl, signature },
  })
  return {
    cardPayments: {
      acquirer: createYooKassa({ url: standIn.apiUrl, shopId: SHOP_ID, secretKey, logger }),
      returnOrigins: [...OWN_ORIGINS, ...RETURN_ORIGINS],
      trust: { peers: [], signature },
    },
    standInUrl: standIn.url,
    announce(cabinetUrl) {
      noticeUrl = new URL(NOTICE_PATH, cabinetUrl).href
    },
    close: standIn.close,
  }
}
