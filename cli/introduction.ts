import type { Variables } from '../platform/environment.ts'
import type { Greeting } from './greeting.ts'

/** What a newcomer needs to know of a cabinet that has just started. */
export interface Started {
  readonly url: string
  /** Null when the database holds nobody to greet, and in production. */
  readonly greeting: Greeting | null
  readonly isDevelopment: boolean
  /** Of the network that stands in for the operator's; null when there is none. */
  readonly simSwapUrl: string | null
  /** Of the acquirer that stands in for a real one; null when there is none. */
  readonly acquirerUrl: string | null
  /** Where the data stay when it stops. */
  readonly databaseLabel: string
  /** Where text messages are shown; null when they go to a real message centre. */
  readonly inboxUrl: string | null
}

/** What `start` says at the end, in the language of the one who reads it. */
export function introduce(started: Started, variables: Variables): string {
  const { url, greeting, isDevelopment, databaseLabel, inboxUrl, simSwapUrl, acquirerUrl } = started
  const texts = speaksRussian(variables) ? RUSSIAN : ENGLISH
  return [
    ...(greeting === null ? [`\n${texts.ready}`, ...(isDevelopment ? [texts.empty] : [])] : describe(greeting, texts)),
    ...(isDevelopment ? describeExplorers(url, greeting, texts) : []),
    ...(inboxUrl === null ? [] : [`\n${texts.inbox}\n${inboxUrl}`]),
    `\nGraphQL  ${url}/graphql`,
    `Health   ${url}/health/ready`,
    ...(simSwapUrl === null ? [] : [`SIM swap ${simSwapUrl}`]),
    ...(acquirerUrl === null ? [] : [`Acquirer ${acquirerUrl}`]),
    `\n${texts.stop(databaseLabel)}`,
  ].join('\n')
}

function describe({ token, home }: Greeting, texts: Texts): string[] {
  return [
    `\n${texts.home}\n${JSON.stringify(home, null, 2)}`,
    `\n${texts.token}\n${token}`,
    `\n${texts.paste}\nauthorization: Bearer ${token}`,
  ]
}

function describeExplorers(url: string, greeting: Greeting | null, texts: Texts): string[] {
  const fragment = greeting === null ? '' : `#token=${greeting.token}`
  return [`\n${texts.sandbox}\n${url}/${fragment}`, `\n${texts.explorer}\n${url}/explorer${fragment}`]
}

/** By the variables that say what language a terminal speaks, the strongest first. */
export function speaksRussian(variables: Variables): boolean {
  const locale = variables['LC_ALL'] || variables['LC_MESSAGES'] || variables['LANG'] || ''
  return locale.toLowerCase().startsWith('ru')
}

interface Texts {
  readonly home: string
  readonly ready: string
  readonly empty: string
  readonly token: string
  readonly paste: string
  readonly sandbox: string
  readonly explorer: string
  readonly inbox: string
  stop(databaseLabel: string): string
}

const ENGLISH: Texts = {
  home: 'The home query, answered:',
  ready: 'The cabinet is ready.',
  empty:
    'The demo number is not in this database. Whose token you need: npm run cabinet -- token --phone NUMBER\n' +
    'To fill an empty database: npm run cabinet -- import DIRECTORY',
  token: 'Access token, good for 12 hours:',
  paste: 'In a client of your own, send it as this header:',
  sandbox: 'Apollo Sandbox, opened signed in (without internet the next one opens instead):',
  explorer: 'Explorer that needs no internet, opened signed in:',
  inbox: 'Text messages that were sent (also: npm run cabinet -- inbox --follow):',
  stop: (databaseLabel) => `Ctrl-C stops it all. The data stay: ${databaseLabel}`,
}

const RUSSIAN: Texts = {
  home: 'Ответ на запрос главного экрана:',
  ready: 'Кабинет готов.',
  empty:
    'Демо-номера в этой базе нет. Токен по номеру: npm run cabinet -- token --phone НОМЕР\n' +
    'Наполнить пустую базу: npm run cabinet -- import КАТАЛОГ',
  token: 'Токен доступа, действует 12 часов:',
  paste: 'В своём клиенте пошлите его таким заголовком:',
  sandbox: 'Apollo Sandbox, сразу с токеном (без интернета вместо него откроется нижний):',
  explorer: 'Обозреватель, которому интернет не нужен, сразу с токеном:',
  inbox: 'Отправленные SMS (или: npm run cabinet -- inbox --follow):',
  stop: (databaseLabel) => `Ctrl-C останавливает всё. Данные остаются: ${databaseLabel}`,
}
