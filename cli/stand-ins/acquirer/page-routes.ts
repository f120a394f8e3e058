import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Bank, readCard, type StoredMethod, type StoredPayment } from './bank.ts'
import { approve, decline, type OperationsDependencies } from './operations.ts'
import { cardPage, codePage, overPage, silentPage } from './page.ts'
import { registryCsv } from './registry.ts'
import { DECLINES, OUTCOMES, type Outcome, type PageTexts, TEXTS } from './texts.ts'

export interface PageDependencies extends OperationsDependencies {
  /** Between the customer's way back and the money of a slow payment. */
  readonly slowMs: number
  /** Takes the money of a payment and tells nobody. */
  readonly approveSilently: (payment: StoredPayment, method: StoredMethod) => void
}

/** What any bank's page would have: nothing of elsewhere runs in it, and nobody keeps a copy. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
}
const CODE = '4242'
const WRONG_CODES_MAX = 3
const FORM_BYTES_MAX = 4 * 1024

/** The pages that a customer sees, and the registry of a day for whoever reconciles. */
export function servePages(http: FastifyInstance, dependencies: PageDependencies): void {
  const { bank } = dependencies
  /** Cards that wait for their code, by payment. */
  const waiting = new Map<string, StoredMethod>()

  void http.register((pages, _, done) => {
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
      (_, body, parsed) => parsed(null, new URLSearchParams(body as string)),
    )
    const onOpen = (act: PageAct) => openPage(bank, act)
    pages.get(
      '/pay/:id',
      onOpen(({ payment, texts, reply }) =>
        payment.methodId === null
          ? show(reply, cardPage(payment, texts, null))
          : reply.redirect(codeUrl(payment, texts), SEE_OTHER),
      ),
    )
    pages.post('/pay/:id', onOpen(takeCard(dependencies, waiting)))
    pages.get(
      '/pay/:id/code',
      onOpen(({ texts, reply }) => show(reply, codePage(CODE, texts, false))),
    )
    pages.post('/pay/:id/code', onOpen(takeCode(dependencies, waiting)))
    pages.get<{ Querystring: { date?: string; kind?: string } }>('/registry', async ({ query }, reply) => {
      const { date = '', kind = 'payments' } = query
      const csv = registryCsv(bank, date, kind === 'refunds' ? 'refunds' : 'payments')
      if (csv === null) return reply.status(400).send('?date=2026-11-22&kind=payments|refunds')
      return reply.header('content-type', 'text/csv; charset=utf-8').send(csv)
    })
    done()
  })
}

const SEE_OTHER = 303

/** A payment that is still open, and what somebody sent from its page. */
interface OpenPage {
  readonly payment: StoredPayment
  /** In the language of the one who looks: Russian unless they ask for English. */
  readonly texts: PageTexts
  readonly form: URLSearchParams
  readonly reply: FastifyReply
}

type PageAct = (page: OpenPage) => FastifyReply

function openPage(bank: Bank, act: PageAct): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async ({ params, query, headers, body }, reply) => {
    const { lang } = query as { lang?: string }
    const isEnglish = lang === 'en' || (lang !== 'ru' && /^en/.test(headers['accept-language'] ?? ''))
    const texts = TEXTS[isEnglish ? 'en' : 'ru']
    const payment = bank.payments.get((params as { id: string }).id)
    if (!payment) return reply.status(404).headers(HEADERS).send('404')
    if (payment.status !== 'pending') return show(reply, overPage(payment.returnUrl, texts))
    return act({ payment, texts, reply, form: body instanceof URLSearchParams ? body : new URLSearchParams() })
  }
}

function takeCard(dependencies: PageDependencies, waiting: Map<string, StoredMethod>): PageAct {
  return ({ payment, texts, form, reply }) => {
    if (form.get('act') === 'cancel') return giveUp(dependencies, payment, reply)
    const card = readCard(dependencies.newId(), form.get('number') ?? '', form.get('expiry') ?? '')
    const isWhole = card !== null && /^\d{3,4}$/.test(form.get('securityCode') ?? '')
    if (!isWhole) return show(reply, cardPage(payment, texts, texts.wrongCard))
    const outcome = OUTCOMES.find((one) => one === form.get('outcome')) ?? '3-d-secure'
    if (outcome === '3-d-secure') {
      waiting.set(payment.id, card)
      return reply.redirect(codeUrl(payment, texts), SEE_OTHER)
    }
    settle(dependencies, payment, card, outcome)
    return outcome === 'silent' ? show(reply, silentPage(texts)) : goBack(payment, reply)
  }
}

function takeCode(dependencies: PageDependencies, waiting: Map<string, StoredMethod>): PageAct {
  return ({ payment, texts, form, reply }) => {
    const card = waiting.get(payment.id) ?? dependencies.bank.methods.get(payment.methodId ?? '')
    if (form.get('act') === 'cancel' || !card) return giveUp(dependencies, payment, reply)
    if (form.get('code')?.trim() === CODE) {
      approve(dependencies, payment, card)
      return goBack(payment, reply)
    }
    payment.wrongCodes++
    if (payment.wrongCodes < WRONG_CODES_MAX) return show(reply, codePage(CODE, texts, true))
    decline(dependencies, payment, '3d_secure_failed')
    return goBack(payment, reply)
  }
}

function codeUrl({ id }: StoredPayment, { language }: PageTexts): string {
  return `/pay/${id}/code?lang=${language}`
}

function settle(
  dependencies: PageDependencies,
  payment: StoredPayment,
  card: StoredMethod,
  outcome: Exclude<Outcome, '3-d-secure'>,
): void {
  if (DECLINES.includes(outcome)) decline(dependencies, payment, outcome)
  else if (outcome === 'silent') dependencies.approveSilently(payment, card)
  else if (outcome === 'slow') {
    setTimeout(() => payment.status === 'pending' && approve(dependencies, payment, card), dependencies.slowMs).unref()
  } else approve(dependencies, payment, card)
}

function giveUp(dependencies: PageDependencies, payment: StoredPayment, reply: FastifyReply): FastifyReply {
  decline(dependencies, payment, 'general_decline')
  return goBack(payment, reply)
}

function goBack({ returnUrl, id }: StoredPayment, reply: FastifyReply): FastifyReply {
  return reply.redirect(returnUrl ?? `/pay/${id}`, SEE_OTHER)
}

function show(reply: FastifyReply, html: string): FastifyReply {
  return reply.headers(HEADERS).send(html)
}
