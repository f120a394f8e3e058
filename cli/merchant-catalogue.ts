import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { MERCHANT_ID } from '../platform/merchants/merchants.ts'
import { parseKopecks } from '../platform/money.ts'
import type { PaymentsBulk } from '../subgraphs/payments/bulk.ts'

const translated = z.object({ ru: z.string().min(1), en: z.string().min(1) })

const amount = z.string().transform((text, context) => {
  const kopecks = parseKopecks(text)
  if (kopecks !== null && kopecks > 0n) return kopecks
  context.addIssue({ code: 'custom', message: 'is no amount like "100.00"' })
  return z.NEVER
})

const merchant = z
  .object({
    id: z.string().regex(MERCHANT_ID, 'is no id of small letters, digits and hyphens'),
    name: translated,
    referenceLabel: translated,
    referencePattern: z.string().refine(isPattern, 'is no regular expression'),
    referenceExample: z.string().min(1).max(100),
    amountMin: amount,
    amountMax: amount,
    feePermille: z.int().min(0).max(200).default(0),
  })
  .refine(({ amountMin, amountMax }) => amountMin <= amountMax, 'has a least amount above the greatest')
  .refine(({ referencePattern, referenceExample }) => isWrittenSo(referencePattern, referenceExample), {
    message: 'has an example that is not written as its pattern says',
  })

/** Those who can be paid from a line: the file of `cabinet merchants`. */
export const merchantCatalogue = z
  .array(merchant)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'has two merchants of one id')

/** What is wrong with a file of merchants, place by place; null when it was loaded. */
export async function loadMerchantFile(file: string, payments: PaymentsBulk): Promise<string[] | null> {
  const read = merchantCatalogue.safeParse(parseJson(await readFile(file, 'utf8')))
  if (!read.success) return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  await payments.loadMerchants(read.data)
  return null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}

function isWrittenSo(pattern: string, example: string): boolean {
  return isPattern(pattern) && new RegExp(`^(?:${pattern})$`, 'u').test(example)
}
