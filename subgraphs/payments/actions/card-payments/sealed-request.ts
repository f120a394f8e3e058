import type { NewCardPayment, NewCardRefund } from '../../../../platform/acquirer/acquirer.ts'
import { seal, unseal } from '../../../../platform/identity/seal.ts'
import { kopecks } from '../../../../platform/money.ts'
import type { CardDependencies } from './card-dependencies.ts'

type Request = NewCardPayment | NewCardRefund

const PURPOSE = 'request to the acquirer'

/** Keeps what the acquirer is asked so that the very same can be asked again, and nobody else can read it. */
export function sealRequest(
  request: Request,
  { secrets, random }: Pick<CardDependencies, 'secrets' | 'random'>,
): string {
  const text = JSON.stringify(request, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
  return seal(text, PURPOSE, secrets, random)
}

/** Null when the secret that it was sealed with is not known any more. */
export function unsealRequest<Kind extends Request>(
  sealed: string | null,
  { secrets }: Pick<CardDependencies, 'secrets'>,
): Kind | null {
  const text = sealed === null ? null : unseal(sealed, PURPOSE, secrets)
  if (text === null) return null
  return JSON.parse(text, (key, value: unknown) =>
    key === 'kopecks' ? kopecks(BigInt((value as string).slice(0, -1))) : value,
  ) as Kind
}
