import fastify from 'fastify'

/** The other subgraphs, as far as payments ask and tell them: what they answer is what a line in good order has. */
export interface Neighbours {
  /** Their common endpoint. */
  readonly url: string
  /** Gives a line a number, and tells it. */
  number(lineId: string): string
  /** Of which payments of lines acts were told, for the audit trail. */
  readonly actsTold: ReadonlySet<string>
  close(): Promise<void>
}

interface Asked {
  readonly variables: { readonly lineId?: string; readonly phone?: string }
}

interface Told {
  readonly kind: string
  readonly details?: { readonly paymentId?: string }
}

export async function startNeighbours(): Promise<Neighbours> {
  const phones = new Map<string, string>()
  const lines = new Map<string, string>()
  const actsTold = new Set<string>()
  const http = fastify()
  http.post<{ Body: Asked }>('/graphql', async ({ body: { variables } }) => {
    const { lineId = '', phone = '' } = variables
    return {
      data: {
        numberOfLine: phones.get(lineId) ?? null,
        // Without a number there is no SIM that the network would have to be asked about.
        lineInService: { id: lineId, msisdn: null, activatedOn: '2020-01-01' },
        subscriberByPhone: { lineId: lines.get(phone) },
        simHold: null,
      },
    }
  })
  http.post<{ Body: Told }>('/events', async ({ body: { kind, details } }, reply) => {
    if (kind === 'ActRecorded' && details?.paymentId !== undefined) actsTold.add(details.paymentId)
    return reply.status(204).send()
  })
  const address = await http.listen({ host: '127.0.0.1', port: 0 })
  return {
    url: `${address}/graphql`,
    number(lineId) {
      const phone = `+7916${String(phones.size + 1).padStart(7, '0')}`
      phones.set(lineId, phone)
      lines.set(phone, lineId)
      return phone
    },
    actsTold,
    close: () => http.close(),
  }
}
