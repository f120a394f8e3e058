import { request } from 'undici'

/** A card that passes the check of its digits, and belongs to nobody. */
export const TEST_CARD_NUMBER = '4012888888881881'

export interface TypedCard {
  readonly number?: string
  readonly expiry?: string
  readonly securityCode?: string
  readonly outcome: string
}

/** Sends a page's form as a browser does, and gives where it leads or what it shows. */
export async function sendForm(
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly location: string | null; readonly html: string }> {
  const { statusCode, headers, body } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': 'en' },
    body: new URLSearchParams(fields).toString(),
  })
  const { location } = headers
  const absolute = typeof location === 'string' ? new URL(location, url).href : null
  return { status: statusCode, location: absolute, html: await body.text() }
}

/** Types a card on the acquirer's page. Gives where the customer is sent; null when the page stays. */
export async function typeCard(confirmationUrl: string, card: TypedCard): Promise<string | null> {
  const { number = TEST_CARD_NUMBER, expiry = '12/30', securityCode = '123', outcome } = card
  const { location } = await sendForm(confirmationUrl, { act: 'pay', number, expiry, securityCode, outcome })
  return location
}

/** Pays without a browser, through the bank's question when it asks one. Gives where the customer is sent. */
export async function payOnPage(confirmationUrl: string, outcome = '3-d-secure'): Promise<string | null> {
  const next = await typeCard(confirmationUrl, { outcome })
  if (next === null || !new URL(next).pathname.endsWith('/code')) return next
  return (await sendForm(next, { act: 'confirm', code: '4242' })).location
}
