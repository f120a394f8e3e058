import { systemClock } from '../../platform/clock.ts'
import { signInternalToken } from '../../platform/identity/internal-token.ts'
import { type SigningKey, signingKey } from '../../platform/identity/keys.ts'
import { createNewId } from '../../platform/ids.ts'
import { mapSubgraphs } from '../../platform/subgraph/name.ts'
import { freePort, type ServerProcess, startServer } from '../home/cases/process.ts'
import { subgraphVariables } from '../home/cases/subgraphs.ts'
import { type Connection, openConnection } from '../home/load/connection.ts'
import { CHARGE, someCharge } from './charges.ts'
import { postRequest } from './http-request.ts'
import { type Load, measure, type RunCase } from './measure.ts'
import type { LedgerWorld } from './world.ts'

const MARK = Buffer.from('"ChargeSuccess"')
/** Well within the life of an identity. */
const SIGN_AGAIN_MS = 10_000

/**
 * As products ask it in a deployment: by HTTP of the process of payments, started by its own entry point. It is there
 * for the round only: beside other cases it would bring their events too.
 */
export async function httpChargeCases(world: LedgerWorld, load: Load): Promise<Record<string, RunCase>> {
  const signer = await signingKey(world.keys.subgraphKeys.products)
  return {
    'charge, by HTTP of the payments process': async () => {
      const payments = await startPayments(world)
      const connections = await Promise.all(Array.from({ length: load.clients }, () => openConnection(payments.port)))
      try {
        return await chargeBy(connections, { world, load, signer })
      } finally {
        for (const connection of connections) connection.close()
        await payments.stop()
      }
    },
  }
}

async function chargeBy(
  connections: readonly Connection[],
  { world, load, signer }: { readonly world: LedgerWorld; readonly load: Load; readonly signer: SigningKey },
): Promise<number> {
  const newId = createNewId(systemClock)
  let token = await sign(signer)
  const again = setInterval(async () => {
    token = await sign(signer)
  }, SIGN_AGAIN_MS)
  const perSecond = await measure(load, async (client) => {
    const variables = { input: { ...someCharge(world), chargeId: newId() } }
    const request = postRequest({ token, requestId: newId() }, { query: CHARGE, variables })
    const { status, hasMark } = await (connections[client] as Connection).ask(request, MARK)
    if (status !== 200 || !hasMark) throw new Error(`a charge was answered with ${status} and not made`)
  })
  clearInterval(again)
  return perSecond
}

function sign(signer: SigningKey): Promise<string> {
  const principal = { kind: 'service', name: 'products' } as const
  return signInternalToken({ issuer: 'products', principal, language: 'en' }, 'payments', signer, systemClock)
}

async function startPayments(world: LedgerWorld): Promise<ServerProcess> {
  const port = await freePort()
  // Nobody else is there, and nobody is asked.
  const origins = mapSubgraphs(() => `http://127.0.0.1:${port}`)
  const variables = subgraphVariables('payments', world, origins)
  return startServer({
    file: 'subgraphs/payments/main.ts',
    port,
    variables: { ...variables, DATABASE_URL: world.databaseUrls.payments, PORT: String(port) },
  })
}
