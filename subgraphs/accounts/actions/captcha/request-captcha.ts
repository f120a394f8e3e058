import type { Kysely } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Secrets } from '../../../../platform/identity/secrets.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { NewId } from '../../../../platform/ids.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import type { Randomness } from '../../../../platform/random.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { takeTurns } from '../../store/turns.ts'
import { networkOf } from '../network.ts'
import { type CaptchaName, formatCaptchaId, hashShown } from './captcha-id.ts'
import { drawCharacters, drawPicture, type Easel, normalizeCharacters } from './picture.ts'
import { createProofOfWork, type ProofOfWorkChallenge } from './proof-of-work.ts'

/** What giving and taking captchas needs. */
export interface CaptchaDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
  readonly random: Randomness
  readonly secrets: Secrets
  readonly policies: Policies<AccountsPolicies>
  readonly easel: Easel
}

interface TooManyRequests {
  readonly kind: 'tooManyRequests'
  readonly retryAt: Date
}

export interface Captcha {
  readonly id: string
  readonly image: string
  readonly expiresAt: Date
}

export type RequestCaptchaOutcome = { readonly kind: 'drawn'; readonly captcha: Captcha } | TooManyRequests

/** Draws a picture. Nothing of it is stored: its id carries what is needed to judge the answer. */
export async function requestCaptcha(
  dependencies: CaptchaDependencies,
  viewer: Viewer,
): Promise<RequestCaptchaOutcome> {
  const retryAt = (await takeTurn(dependencies, viewer)) ?? (await waitForEasel(dependencies))
  if (retryAt !== null) return { kind: 'tooManyRequests', retryAt }
  const characters = drawCharacters(dependencies.random)
  const { id, expiresAt } = await nameCaptcha(dependencies, 'PICTURE', normalizeCharacters(characters))
  return { kind: 'drawn', captcha: { id, image: drawPicture(characters), expiresAt } }
}

async function waitForEasel({ clock, easel }: CaptchaDependencies): Promise<Date | null> {
  const waitMs = await easel.take()
  return waitMs === null ? null : new Date(clock.now().getTime() + waitMs)
}

export interface ProofOfWork {
  readonly id: string
  readonly challenge: ProofOfWorkChallenge
  readonly expiresAt: Date
}

export type RequestProofOfWorkOutcome = { readonly kind: 'made'; readonly proofOfWork: ProofOfWork } | TooManyRequests

/** Makes a task for a program, in place of a picture. */
export async function requestProofOfWork(
  dependencies: CaptchaDependencies,
  viewer: Viewer,
): Promise<RequestProofOfWorkOutcome> {
  const { secrets, policies } = dependencies
  const retryAt = await takeTurn(dependencies, viewer)
  if (retryAt !== null) return { kind: 'tooManyRequests', retryAt }
  const challenge = await createProofOfWork((await policies.current())['captcha.proofOfWorkCost'], secrets.current)
  const { id, expiresAt } = await nameCaptcha(dependencies, 'PROOF_OF_WORK', challenge.signature)
  return { kind: 'made', proofOfWork: { id, challenge, expiresAt } }
}

async function takeTurn({ db, clock, policies }: CaptchaDependencies, { client }: Viewer): Promise<Date | null> {
  const hourMax = (await policies.current())['captcha.perAddressHour']
  return takeTurns(db, [{ key: `captcha address ${networkOf(client.address)}`, hourMax }], clock.now())
}

async function nameCaptcha(
  { clock, newId, secrets, policies }: CaptchaDependencies,
  kind: CaptchaName['kind'],
  shown: string,
): Promise<{ readonly id: string; readonly expiresAt: Date }> {
  const id = newId()
  const expiresAt = new Date(clock.now().getTime() + (await policies.current())['captcha.ttlSeconds'] * 1_000)
  const shownHash = hashShown(id, shown, secrets.current)
  return { id: formatCaptchaId({ id, kind, expiresAt, shownHash }, secrets.current), expiresAt }
}
