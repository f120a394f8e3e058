import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { parsePhone } from '../../../../platform/phone.ts'
import { type CaptchaAnswer, takeCaptcha } from '../captcha/take-captcha.ts'
import type { Delivery } from './delivery.ts'
import { type SendDependencies, sendPassword } from './send.ts'

export interface RequestOneTimePassword extends CaptchaAnswer {
  /** As somebody typed it. */
  readonly phone: string
}

export type RequestOneTimePasswordOutcome =
  | { readonly kind: 'sent'; readonly delivery: Delivery }
  | { readonly kind: 'invalidPhone' }
  | { readonly kind: 'captchaFailed' }
  | { readonly kind: 'tooManyRequests'; readonly retryAt: Date }

/** Sends a one-time password to whoever has the number, once somebody has passed a captcha for it. */
export async function requestOneTimePassword(
  dependencies: SendDependencies,
  command: RequestOneTimePassword,
  viewer: Viewer,
): Promise<RequestOneTimePasswordOutcome> {
  // First, so that a slip of the finger does not cost the captcha.
  const phone = parsePhone(command.phone)
  if (phone === null) return { kind: 'invalidPhone' }
  if (!(await takeCaptcha(dependencies, command))) return { kind: 'captchaFailed' }
  const outcome = await sendPassword(dependencies, { phone, repeatedId: null }, viewer)
  invariant(outcome.kind !== 'deliveryNotFound', 'a first message repeats none')
  return outcome
}
