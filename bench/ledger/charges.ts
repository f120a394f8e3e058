import { createOneProcess } from '../../cli/one-process.ts'
import { SUPERGRAPH_PATH } from '../../cli/project.ts'
import { systemClock } from '../../platform/clock.ts'
import { createSecrets } from '../../platform/identity/secrets.ts'
import { UNKNOWN_CLIENT } from '../../platform/identity/viewer.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { type Load, measure, type RunCase } from './measure.ts'
import type { LedgerWorld } from './world.ts'

export const CHARGE = 'mutation ($input: ChargeInput!) { answer: charge(input: $input) { __typename } }'
const RESERVE = 'mutation ($input: ReserveInput!) { answer: reserve(input: $input) { __typename } }'
const CAPTURE = 'mutation ($input: CaptureInput!) { answer: capture(input: $input) { __typename } }'

const VIEWER = {
  principal: { kind: 'service', name: 'products' },
  language: 'en',
  requestId: 'bench',
  client: UNKNOWN_CLIENT,
} as const

/** What products ask of payments: two rows each, of a line and of the operator. */
export async function chargeCases(world: LedgerWorld, load: Load): Promise<Record<string, RunCase>> {
  const newId = createNewId(systemClock)
  const cabinet = await createOneProcess({
    databaseUrls: world.databaseUrls,
    ...{ clock: systemClock, newId, logger: silentLogger, currencyCode: 'RUB' },
    accessTokenKeys: world.keys.accessTokenKeys,
    accountsSecrets: createSecrets(['development-secret-of-a-benchmark-development-secret']),
    ...{ isDevelopment: false, supergraphPath: SUPERGRAPH_PATH },
  })
  world.onClose(() => cabinet.close())
  const ask = async (query: string, input: object) => {
    const { data } = await cabinet.subgraphs.payments.execute({ query, variables: { input } }, VIEWER)
    const answer = (data?.['answer'] as { __typename?: string } | undefined)?.__typename
    if (!answer?.endsWith('Success')) throw new Error(`the bench was answered with ${answer}`)
  }
  return {
    'charge, through the subgraph': () => measure(load, () => ask(CHARGE, { ...someCharge(world), chargeId: newId() })),
    'reserve and capture, through the subgraph': () =>
      measure(load, async () => {
        const input = { ...someCharge(world), reservationId: newId() }
        await ask(RESERVE, input)
        await ask(CAPTURE, { lineId: input.lineId, reservationId: input.reservationId })
      }),
  }
}

/** What any of the lines is to pay; without an id. */
export function someCharge({ lineIds }: LedgerWorld) {
  const lineId = lineIds[Math.floor(Math.random() * lineIds.length)]
  const reason = { title: { ru: 'Услуга', en: 'A service' }, orderId: 'an order' }
  return { lineId, amount: '0.01', kind: 'SERVICE_CHARGE', reason }
}
