import type { StoredPayment } from './bank.ts'
import { decimal } from './objects.ts'
import { OUTCOMES, type PageTexts } from './texts.ts'

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 8vh auto; padding: 0 1rem }
  input[type=text], button { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box }
  label { display: block; margin-top: .75rem }
  fieldset { margin: 1rem 0; border: 1px solid #ccc } fieldset label { margin: .25rem 0 }
  button { margin-top: .75rem } .note { color: #555 } .wrong { color: #b00020 } nav { text-align: right }`

/** The page on which a card is typed. `notice` says what was wrong the last time. */
export function cardPage(payment: StoredPayment, texts: PageTexts, notice: string | null): string {
  const outcomes = OUTCOMES.map(
    (outcome, index) =>
      `<label><input type="radio" name="outcome" value="${outcome}"${index === 0 ? ' checked' : ''}> ${texts.outcomes[outcome]}</label>`,
  )
  return page(
    texts,
    `<h1>${texts.title}</h1>
<p>${texts.toPay}: <strong id="amount">${decimal(payment.amount)} ${payment.currency}</strong><br>${escapeHtml(payment.description)}</p>
<p class="note">${texts.standIn}</p>
${notice === null ? '' : `<p class="wrong" role="alert">${notice}</p>`}
<form method="post" action="?lang=${texts.language}">
  <label>${texts.cardNumber}<input type="text" name="number" inputmode="numeric" autocomplete="off" value="5555 5555 5555 4444" required></label>
  <label>${texts.expiry}<input type="text" name="expiry" autocomplete="off" value="12/30" required></label>
  <label>${texts.securityCode}<input type="text" name="securityCode" inputmode="numeric" autocomplete="off" value="123" required></label>
  ${payment.isCardSaved ? `<p class="note">${texts.willBeSaved}</p>` : ''}
  <fieldset><legend>${texts.outcome}</legend>${outcomes.join('\n')}</fieldset>
  <button name="act" value="pay">${texts.pay}</button>
  <button name="act" value="cancel" formnovalidate>${texts.cancel}</button>
</form>`,
  )
}

/** The bank's own step: whoever holds the card has the code. */
export function codePage(code: string, texts: PageTexts, isWrong: boolean): string {
  return page(
    texts,
    `<h1>3-D Secure</h1>
<p class="note">${texts.codeIs}: <strong id="code">${code}</strong></p>
${isWrong ? `<p class="wrong" role="alert">${texts.wrongCode}</p>` : ''}
<form method="post" action="?lang=${texts.language}">
  <label>${texts.code}<input type="text" name="code" inputmode="numeric" autocomplete="off" required></label>
  <button name="act" value="confirm">${texts.confirm}</button>
  <button name="act" value="cancel" formnovalidate>${texts.cancel}</button>
</form>`,
  )
}

export function overPage(returnUrl: string | null, texts: PageTexts): string {
  const back = returnUrl === null ? '' : `<p><a href="${escapeHtml(returnUrl)}">${texts.back}</a></p>`
  return page(texts, `<h1>${texts.title}</h1><p>${texts.isOver}</p>${back}`)
}

export function silentPage(texts: PageTexts): string {
  return page(texts, `<h1>${texts.title}</h1><p>${texts.silence}</p>`)
}

function page(texts: PageTexts, body: string): string {
  return `<!doctype html>
<html lang="${texts.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${texts.title}</title><style>${STYLE}</style></head>
<body><nav><a href="?lang=${texts.other.language}">${texts.other.name}</a></nav>
${body}
</body></html>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
