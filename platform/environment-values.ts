import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'

/** The variables as the operating system has them. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Variables that are missing or cannot be read: told all at once, with what each should be. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

function partsOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Whatever is divided by commas. */
export const list = z.string().transform(partsOf)

/** Addresses and networks, divided by commas. */
export const addresses = z
  .string()
  .default('')
  .transform(partsOf)
  .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'is no address and no network like 10.0.0.0/8')))

/** A set of JSON Web Keys in one variable. */
export const keySet = z.string().transform((text, context): JSONWebKeySet => {
  try {
    return z
      .object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })).min(1) })
      .parse(JSON.parse(text))
  } catch {
    context.addIssue({ code: 'custom', message: 'is not a JSON Web Key Set; `npm run cabinet -- keys` makes them' })
    return z.NEVER
  }
})

/** JSON in one variable. */
export const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' })
    return z.NEVER
  }
})

/** 256 bits in base64url. */
export const SECRET_LENGTH_MIN = 43

export const httpUrl = z.url({ protocol: /^https?$/ })

/** What two parties agreed on: long enough not to be guessed. */
export const sharedSecret = z.string().min(SECRET_LENGTH_MIN, 'is too short; `openssl rand -hex 32` makes one')
