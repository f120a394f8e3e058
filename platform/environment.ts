import { z } from 'zod'
import { passwordVariable } from './database/subgraph-logins.ts'
import { refuseDemoSecrets } from './environment-demo-secrets.ts'
import { acquirer, merchants, refuseOpenWires } from './environment-money.ts'
import { smscUrl, smsPerSecond, smsSender } from './environment-sms.ts'
import {
  addresses,
  EnvironmentError,
  httpUrl,
  keySet,
  list,
  SECRET_LENGTH_MIN,
  sharedSecret,
  type Variables,
} from './environment-values.ts'
import { networkElement, otherWaysIn, refuseDemoProviders } from './environment-ways-in.ts'
import { STAFF_ROLES } from './identity/viewer.ts'
import { CURRENCY_CODES } from './money.ts'
import { SUBGRAPH_NAMES, type SubgraphName } from './subgraph/name.ts'

export { EnvironmentError, type Variables } from './environment-values.ts'

/** The only place that reads `process.env` is this file. */
export function processVariables(): Variables {
  return process.env
}

/** Apollo's gateway reports to its makers unless this is set before it is made. */
export function disableApolloTelemetry(): void {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true'
}

const port = z.coerce.number().int().min(0).max(65_535)
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ })

const logLevel = z.enum(['debug', 'info', 'warn', 'error', 'silent'])

const common = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  LOG_LEVEL: logLevel.default('info'),
  HOST: z.string().default('127.0.0.1'),
})

/** What a process shows of itself to the operator; nothing, where it is not set. */
const sight = {
  METRICS_PORT: port.optional(),
  METRICS_HOST: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).optional(),
}

/** What a process that serves behind a balancer reads besides. */
const serving = common.extend({
  DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(10_000).default(2_000),
  ...sight,
})

const currency = z.enum(CURRENCY_CODES).default('RUB')

/** Secrets divided by commas, the newest first. */
const secretList = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .pipe(
    z.array(z.string().min(SECRET_LENGTH_MIN, 'has a secret that is too short; `npm run cabinet -- keys` makes them')),
  )

/** The least that a limit may be: as much as the dearest operation costs. */
const COST_MIN = 10_000

/** What one sender may ask for, and what one gateway works on at once. */
const load = {
  VIEWER_COST_PER_MINUTE: z.coerce.number().int().min(COST_MIN).default(1_000_000),
  ADDRESS_COST_PER_MINUTE: z.coerce.number().int().min(COST_MIN).default(100_000_000),
  REQUESTS_AT_ONCE_MAX: z.coerce.number().int().min(64).max(100_000).default(1_024),
}

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
  ...load,
})

const subgraphVariables = serving.extend({
  PORT: port,
  DATABASE_URL: databaseUrl,
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(1_000).default(10),
  INTERNAL_JWKS: keySet,
})

/** The network, asked about changes of SIMs; without it all that waits for its word is refused. */
const simSwap = {
  SIM_SWAP_URL: httpUrl.optional(),
  SIM_SWAP_TOKEN: z.string().optional(),
}

/** The operator's network. What it does not have is off. */
const network = { ...simSwap, USSD_KEY: sharedSecret.optional() }

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
/** Two relays hold a connection each while they deliver, and what they deliver to payments needs another. */
const PAYMENTS_POOL_SIZE_MIN = 4

const paymentsVariables = moneyVariables.extend({
  MERCHANTS: merchants.default([]),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(PAYMENTS_POOL_SIZE_MIN).max(1_000).default(10),
  INTERNAL_KEYS: keySet,
  ACCOUNTS_URL: httpUrl,
  LINKED_NUMBERS_URL: httpUrl,
  PRODUCTS_URL: httpUrl,
  PAYMENTS_URL: httpUrl,
  PAYMENTS_SECRETS: secretList,
  TRUSTED_PROXIES: addresses,
  ...simSwap,
  ...acquirer,
})

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
  PAYMENTS_SECRETS: secretList.optional(),
  ...otherWaysIn,
  ...networkElement,
  ...load,
  ...frontDoor,
  /** In development without it messages go to a stand-in of the message centre. */
  SMSC_URL: smscUrl.optional(),
  SMS_SENDER: smsSender.default('Cabinet'),
  SMS_PER_SECOND: smsPerSecond,
  ...network,
  MERCHANTS: merchants.optional(),
  ...acquirer,
})

/** What each kind of process reads, for those who start them: the deployment's test compares with this. */
export const PROCESS_VARIABLES = {
  gateway: Object.keys(gatewayVariables.shape),
  accounts: Object.keys(accountsVariables.shape),
  'linked-numbers': Object.keys(linkedNumbersVariables.shape),
  products: Object.keys(moneyVariables.shape),
  payments: Object.keys(paymentsVariables.shape),
  commands: [...Object.keys(cliVariables.shape), ...SUBGRAPH_NAMES.map(passwordVariable)],
} satisfies Record<SubgraphName | 'gateway' | 'commands', string[]>

export const readGatewayEnvironment = reader(gatewayVariables)
export const readAccountsEnvironment = reader(accountsVariables)
export const readLinkedNumbersEnvironment = reader(linkedNumbersVariables)
export const readProductsEnvironment = reader(moneyVariables)
export const readPaymentsEnvironment = reader(paymentsVariables)
export const readCliEnvironment = reader(cliVariables)

export type CliEnvironment = ReturnType<typeof readCliEnvironment>

function reader<Schema extends z.ZodObject>(schema: Schema) {
  return (variables: Variables): z.output<Schema> => {
    const read = schema.safeParse(withoutBlanks(variables))
    if (!read.success) throw new EnvironmentError(describe(read.error))
    refuseDemoSecrets(read.data)
    refuseDemoProviders(read.data)
    refuseOpenWires(read.data)
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
