import { useCaptcha } from '../../store/used-captchas.ts'
import { type CaptchaName, hashShown, isSame, readCaptchaId } from './captcha-id.ts'
import { normalizeCharacters } from './picture.ts'
import { isProofOfWork, readProofOfWork } from './proof-of-work.ts'
import type { CaptchaDependencies } from './request-captcha.ts'

/** An answer to a captcha or a proof of work, as somebody sent it. */
export interface CaptchaAnswer {
  readonly captchaId: string
  readonly captchaAnswer: string
}

/** Takes the one answer that a captcha takes. True when it is right. */
export async function takeCaptcha(
  { db, clock, secrets }: Pick<CaptchaDependencies, 'db' | 'clock' | 'secrets'>,
  { captchaId, captchaAnswer }: CaptchaAnswer,
): Promise<boolean> {
  const captcha = readCaptchaId(captchaId, secrets)
  if (captcha === null || captcha.name.expiresAt <= clock.now()) return false
  // Before the answer is looked at: of many answers at once one is judged.
  if (!(await useCaptcha(db, captcha.name.id, captcha.name.expiresAt))) return false
  return isAnswer(captcha, captchaAnswer)
}

type Captcha = NonNullable<ReturnType<typeof readCaptchaId>>

async function isAnswer(captcha: Captcha, answer: string): Promise<boolean> {
  if (captcha.name.kind === 'PICTURE') return isShown(captcha, normalizeCharacters(answer))
  const proof = readProofOfWork(answer)
  if (proof === null || !isShown(captcha, proof.challenge.signature)) return false
  return isProofOfWork(proof, captcha.secret)
}

function isShown({ name, secret }: { name: CaptchaName; secret: Captcha['secret'] }, shown: string): boolean {
  return isSame(hashShown(name.id, shown, secret), name.shownHash)
}
