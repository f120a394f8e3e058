import { z } from 'zod'
import { addresses, EnvironmentError, httpUrl, json, sharedSecret } from './environment-values.ts'

// The variables of those who take money for us, and of those whom we pay.

/** Whom services are paid to, each by the id that it has in the catalogue. */
export const merchants = json.pipe(
  z.array(
    z.object({
      id: z.string().regex(/^[a-z0-9-]{1,50}$/, 'is no id of a merchant'),
      url: httpUrl,
      user: z.string().optional(),
      password: z.string().optional(),
    }),
  ),
)

/** The operator's own sites, by commas: `https://cabinet.example`, or every port as `http://localhost:*`. */
const origins = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])))
  .pipe(z.array(z.string().regex(/^https?:\/\/[a-z0-9.-]+(:(\d+|\*))?$/, 'is no origin like https://cabinet.example')))

/** Who takes money off bank cards; nobody without the shop's id and key. */
export const acquirer = {
  ACQUIRER_URL: httpUrl.default('https://api.yookassa.ru/v3'),
  ACQUIRER_SHOP_ID: z.string().optional(),
  ACQUIRER_SECRET_KEY: z.string().optional(),
  ACQUIRER_PEERS: addresses,
  ACQUIRER_SIGNATURE_HEADER: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'is no name of a header in small letters')
    .default('x-acquirer-signature'),
  ACQUIRER_SIGNATURE_KEY: sharedSecret.optional(),
  RETURN_ORIGINS: origins,
}

interface MoneyVariables {
  readonly NODE_ENV?: string
  readonly ACQUIRER_URL?: string
  readonly RETURN_ORIGINS?: readonly string[]
  readonly MERCHANTS?: z.output<typeof merchants>
}

/** In production money is asked for, and customers are sent back, over an encrypted wire only. */
export function refuseOpenWires(environment: Record<string, unknown>): void {
  const { NODE_ENV, ACQUIRER_URL = '', RETURN_ORIGINS = [], MERCHANTS = [] } = environment as MoneyVariables
  if (NODE_ENV !== 'production') return
  const addressesOf = {
    ACQUIRER_URL: [ACQUIRER_URL],
    RETURN_ORIGINS,
    MERCHANTS: MERCHANTS.map(({ url }) => url),
  }
  for (const [name, urls] of Object.entries(addressesOf)) {
    if (urls.some((url) => url.startsWith('http:'))) {
      throw new EnvironmentError(`${name} names an address that is not https.`)
    }
  }
}
