import { createHmac } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import { isInsecure, type ProviderClient, socialProvider, staffProvider } from './identity/identity-provider.ts'
import { DEVELOPMENT_KEY_PREFIX } from './identity/keys.ts'
import { DEVELOPMENT_SECRET_PREFIX } from './identity/secrets.ts'
import { STAFF_ROLES } from './identity/viewer.ts'
import { CURRENCY_CODES } from './money.ts'
import { readSmppUrl } from './sms/smpp-url.ts'
import { mapSubgraphs, roleName, SUBGRAPH_NAMES, type SubgraphName, variablePrefix } from './subgraph/name.ts'

/** The variables as the operating system has them. The only place that reads `process.env` is this file. */
export type Variables = Readonly<Record<string, string | undefined>>

export function processVariables(): Variables {
  return process.env
}

/** Apollo's gateway reports to its makers unless this is set before it is made. */
export function disableApolloTelemetry(): void {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true'
}

/** Variables that are missing or cannot be read: told all at once, with what each should be. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/** 256 bits in base64url. */
const SECRET_LENGTH_MIN = 43

const port = z.coerce.number().int().min(0).max(65_535)
const httpUrl = z.url({ protocol: /^https?$/ })
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ })

const logLevel = z.enum(['debug', 'info', 'warn', 'error', 'silent'])

const common = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  LOG_LEVEL: logLevel.default('info'),
  HOST: z.string().default('127.0.0.1'),
})

/** What a process that serves behind a balancer reads besides. */
const serving = common.extend({
  DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(10_000).default(2_000),
})

const currency = z.enum(CURRENCY_CODES).default('RUB')

/** `smpp://user:password@host:port`. SMPP 3.4 has room for 15 and 8 characters. */
const smscUrl = z
  .url({ protocol: /^smpps?$/, error: 'is not smpp://user:password@host:port or smpps://…' })
  .refine((text) => {
    const { systemId, password } = readSmppUrl(text)
    return systemId.length >= 1 && systemId.length <= 15 && password.length <= 8
  }, 'has no user of up to 15 characters and password of up to 8')

/** What SMPP knows as a source address: a name, a short number or a number in E.164. */
const smsSender = z
  .string()
  .regex(/^(\+[1-9]\d{6,14}|\d{2,8}|[A-Za-z][\w .-]{0,10})$/, 'is no name or number to send from')
const smsPerSecond = z.coerce.number().int().min(1).max(10_000).default(50)

function partsOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Addresses and networks, divided by commas. */
const addresses = z
  .string()
  .default('')
  .transform(partsOf)
  .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'is no address and no network like 10.0.0.0/8')))

/** A set of JSON Web Keys in one variable. */
const keySet = z.string().transform((text, context): JSONWebKeySet => {
  try {
    return z
      .object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })).min(1) })
      .parse(JSON.parse(text))
  } catch {
    context.addIssue({ code: 'custom', message: 'is not a JSON Web Key Set; `npm run cabinet -- keys` makes them' })
    return z.NEVER
  }
})

/** Secrets divided by commas, the newest first. */
const secretList = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .pipe(
    z.array(z.string().min(SECRET_LENGTH_MIN, 'has a secret that is too short; `npm run cabinet -- keys` makes them')),
  )

/** JSON in one variable. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' })
    return z.NEVER
  }
})

const socialProviders = json
  .pipe(z.array(socialProvider))
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'has two providers of one id')

/** Whose word is taken for the number that a request comes from. */
const networkElement = {
  NETWORK_ELEMENTS: addresses,
  NETWORK_ELEMENT_JWKS: keySet.optional(),
}

/** The ways in beside one-time passwords and passwords; without their variables there are none. */
const otherWaysIn = {
  SOCIAL_PROVIDERS: socialProviders.default([]),
  STAFF_PROVIDER: json.pipe(staffProvider).optional(),
}

const list = z.string().transform(partsOf)

/** Who may ask what of the front door, beside what is registered. */
const frontDoor = {
  ALLOWED_ORIGINS: list
    .pipe(z.array(z.string().refine(isOrigin, 'is no origin like https://cabinet.example')))
    .default([]),
  AD_HOC_ROLES: list.pipe(z.array(z.enum(STAFF_ROLES))).default([]),
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

const gatewayVariables = serving.extend({
  PORT: port.default(4000),
  SUPERGRAPH_FILE: z.string().default('schema/supergraph.graphql'),
  OPERATION_MANIFESTS: z.string().default('schema/manifests'),
  ...frontDoor,
  ACCOUNTS_URL: httpUrl,
  LINKED_NUMBERS_URL: httpUrl,
  PRODUCTS_URL: httpUrl,
  PAYMENTS_URL: httpUrl,
  ACCESS_TOKEN_JWKS_URL: httpUrl,
  INTERNAL_KEYS: keySet,
  SUBGRAPH_TIMEOUT_MS: z.coerce.number().int().positive().optional(),
  TRUSTED_PROXIES: addresses,
  ...networkElement,
})

const subgraphVariables = serving.extend({
  PORT: port,
  DATABASE_URL: databaseUrl,
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(1_000).default(10),
  INTERNAL_JWKS: keySet,
})

/** What two parties agreed on: long enough not to be guessed. */
const sharedSecret = z.string().min(SECRET_LENGTH_MIN, 'is too short; `openssl rand -hex 32` makes one')

/** The operator's network. What it does not have is off: without SIM swap, changes of credentials are refused. */
const network = {
  SIM_SWAP_URL: httpUrl.optional(),
  SIM_SWAP_TOKEN: z.string().optional(),
  USSD_KEY: sharedSecret.optional(),
}

const accountsVariables = subgraphVariables.extend({
  ACCESS_TOKEN_KEYS: keySet,
  ACCOUNTS_SECRETS: secretList,
  ...otherWaysIn,
  SMSC_URL: smscUrl,
  SMS_SENDER: smsSender,
  SMS_PER_SECOND: smsPerSecond,
  INTERNAL_KEYS: keySet,
  LINKED_NUMBERS_URL: httpUrl,
  PRODUCTS_URL: httpUrl,
  PAYMENTS_URL: httpUrl,
  ...network,
})
const linkedNumbersVariables = subgraphVariables.extend({
  INTERNAL_KEYS: keySet,
  ACCOUNTS_URL: httpUrl,
  PRODUCTS_URL: httpUrl,
  PAYMENTS_URL: httpUrl,
})
const moneyVariables = subgraphVariables.extend({ CURRENCY: currency })

const cliVariables = common.extend({
  // Commands talk to people: only what is wrong goes between their lines.
  LOG_LEVEL: logLevel.default('warn'),
  PORT: port.default(4000),
  DATABASE_URL: databaseUrl.optional(),
  /** Where the embedded database and the development keys are kept; the project's `.cabinet` by default. */
  CABINET_STATE_DIRECTORY: z.string().optional(),
  CURRENCY: currency,
  ACCESS_TOKEN_KEYS: keySet.optional(),
  ACCOUNTS_SECRETS: secretList.optional(),
  ...otherWaysIn,
  ...networkElement,
  ...frontDoor,
  /** In development without it messages go to a stand-in of the message centre. */
  SMSC_URL: smscUrl.optional(),
  SMS_SENDER: smsSender.default('Cabinet'),
  SMS_PER_SECOND: smsPerSecond,
  ...network,
})

/** What each kind of process reads, for those who start them: the deployment's test compares with this. */
export const PROCESS_VARIABLES = {
  gateway: Object.keys(gatewayVariables.shape),
  accounts: Object.keys(accountsVariables.shape),
  'linked-numbers': Object.keys(linkedNumbersVariables.shape),
  products: Object.keys(moneyVariables.shape),
  payments: Object.keys(moneyVariables.shape),
  commands: [...Object.keys(cliVariables.shape), ...SUBGRAPH_NAMES.map(passwordVariable)],
} satisfies Record<SubgraphName | 'gateway' | 'commands', string[]>

export const readGatewayEnvironment = reader(gatewayVariables)
export const readAccountsEnvironment = reader(accountsVariables)
export const readLinkedNumbersEnvironment = reader(linkedNumbersVariables)
export const readProductsEnvironment = reader(moneyVariables)
export const readPaymentsEnvironment = reader(moneyVariables)
export const readCliEnvironment = reader(cliVariables)

export type CliEnvironment = ReturnType<typeof readCliEnvironment>

function reader<Schema extends z.ZodObject>(schema: Schema) {
  return (variables: Variables): z.output<Schema> => {
    const read = schema.safeParse(withoutBlanks(variables))
    if (!read.success) throw new EnvironmentError(describe(read.error))
    refuseDemoSecrets(read.data)
    refuseDemoProviders(read.data)
    return read.data
  }
}

/** A variable that is set to nothing counts as not set, as deployment files leave them. */
function withoutBlanks(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
}

function describe(error: z.ZodError): string {
  const lines = error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  return `The environment is not complete. Set these variables (docs/operating.md):\n${lines.join('\n')}`
}

/** Keys made for development are known to whoever can read the disk they lie on: production does not start with them. */
function refuseDemoSecrets(environment: Record<string, unknown>): void {
  if (environment['NODE_ENV'] !== 'production') return
  for (const [name, value] of Object.entries(environment)) {
    const keys = (value as JSONWebKeySet | undefined)?.keys
    if (Array.isArray(keys) && keys.some((key) => key.kid?.startsWith(DEVELOPMENT_KEY_PREFIX))) {
      throw new EnvironmentError(`${name} holds a development key. Make real ones: npm run cabinet -- keys`)
    }
    if (name === 'SMSC_URL' && readSmppUrl(String(value)).systemId.startsWith(DEVELOPMENT_SYSTEM_ID)) {
      throw new EnvironmentError('SMSC_URL leads to the stand-in of a message centre. Set that of a real one.')
    }
    if (typeof value === 'string' && value.startsWith(DEVELOPMENT_SECRET_PREFIX)) {
      throw new EnvironmentError(`${name} holds a development secret. Agree on a real one: openssl rand -hex 32`)
    }
    if (Array.isArray(value) && value.some((secret) => String(secret).startsWith(DEVELOPMENT_SECRET_PREFIX))) {
      throw new EnvironmentError(`${name} holds a development secret. Make real ones: npm run cabinet -- keys`)
    }
  }
}

/** The same for what is shared with providers of identities, to whom production speaks over an encrypted wire only. */
function refuseDemoProviders(environment: Record<string, unknown>): void {
  if (environment['NODE_ENV'] !== 'production') return
  const { SOCIAL_PROVIDERS = [], STAFF_PROVIDER } = environment as Partial<z.output<typeof accountsVariables>>
  refuseDemoProvider('STAFF_PROVIDER', STAFF_PROVIDER)
  for (const provider of SOCIAL_PROVIDERS) refuseDemoProvider('SOCIAL_PROVIDERS', provider)
}

function refuseDemoProvider(name: string, provider: ProviderClient | undefined): void {
  if (!provider) return
  if (provider.clientSecret?.startsWith(DEVELOPMENT_SECRET_PREFIX)) {
    throw new EnvironmentError(`${name} holds a development secret. Register the cabinet at the provider.`)
  }
  if (isInsecure(provider)) throw new EnvironmentError(`${name} names an address that is not https.`)
}
/** As whom development binds to its stand-in of a message centre. */
export const DEVELOPMENT_SYSTEM_ID = 'development'

/** How a subgraph's own login role reaches the database of `adminUrl`, and its password. */
export interface SubgraphLogin {
  readonly url: string
  readonly password: string
}

/**
 * The logins of the four subgraphs on one server: each password from `<SUBGRAPH>_DATABASE_PASSWORD`, or, outside
 * production, made from the administrator's.
 */
export function subgraphLogins(adminUrl: string, variables: Variables): Record<SubgraphName, SubgraphLogin> {
  return mapSubgraphs((name) => {
    const url = new URL(adminUrl)
    const password = variables[passwordVariable(name)] || derivedPassword(name, url, variables)
    url.username = roleName(name)
    // The setter leaves a bare `%` as it is, and readers of the URL would take it for an escape.
    url.password = encodeURIComponent(password)
    return { url: url.href, password }
  })
}

export function passwordVariable(name: SubgraphName): string {
  return `${variablePrefix(name)}_DATABASE_PASSWORD`
}

function derivedPassword(name: SubgraphName, adminUrl: URL, variables: Variables): string {
  if (variables['NODE_ENV'] === 'production') {
    throw new EnvironmentError(`Set ${passwordVariable(name)}: the password of the role ${roleName(name)}.`)
  }
  return createHmac('sha256', adminUrl.password || 'development')
    .update(roleName(name))
    .digest('base64url')
}
