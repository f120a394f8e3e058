import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import svgCaptcha from 'svg-captcha'
import type { Randomness } from '../../../../platform/random.ts'

/** What people tell apart in a distorted drawing: no 0 and O, 1 and I, 5 and S. */
const ALPHABET = 'ABCDEFGHJKLMNPRTUVWXY346789'
const LENGTH = 5

export function drawCharacters(random: Randomness): string {
  return Array.from({ length: LENGTH }, () => ALPHABET.charAt(random.below(ALPHABET.length))).join('')
}

/** What somebody typed, as the characters were drawn. */
export function normalizeCharacters(text: string): string {
  return text
    .slice(0, LENGTH * 4)
    .replaceAll(/\s/g, '')
    .toUpperCase()
}

/** Draws given characters: the package exports this function itself, and its types do not say so. */
const draw = svgCaptcha as unknown as (text: string, options: object) => string

const DRAWING = { width: 200, height: 60, fontSize: 58, noise: 3, background: '#ffffff' }

/** The picture as a `data:` URI, some 10 kB. Colours and noise are the package's own: nothing depends on them. */
export function drawPicture(characters: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(draw(characters, DRAWING)).toString('base64')}`
}

/** Says when the processor has time for another drawing. */
export interface Easel {
  /** Null when it has time now; otherwise in how many milliseconds. */
  take(): Promise<number | null>
}

/** Drawings of one process in a second, whoever asks: each takes up to a millisecond of the one thread. */
const DRAWINGS_PER_SECOND_MAX = 100

/** It is this process's own time that is shared out, so the real clock and the memory of the process are right. */
export function createEasel(perSecondMax: number = DRAWINGS_PER_SECOND_MAX): Easel {
  const limiter = new RateLimiterMemory({ points: perSecondMax, duration: 1 })
  return {
    async take() {
      try {
        await limiter.consume('drawing')
        return null
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext
        throw refusal
      }
    },
  }
}
