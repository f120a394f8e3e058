import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import type { FastifyInstance } from 'fastify'
import { isTracing } from '../platform/sight/tracing.ts'
import type { GatewayContext } from './ask-subgraph.ts'
import { variablesPlugin } from './documents/variables.ts'
import type { Engine } from './engine/engine.ts'
import { formatError } from './errors/format.ts'
import { settleResult } from './errors/settle.ts'
import type { Front } from './front.ts'
import { statusPlugin } from './http/status-plugin.ts'
import { operationNamePlugin } from './operation-name-plugin.ts'
import { withSharedAnswers } from './sharing/shared-answers.ts'
import { explanationPlugin } from './sight/explanation.ts'
import { observeOperations } from './sight/operation-plugin.ts'
import { nameTraces } from './sight/trace-operations.ts'
import { subscriptionPlugin } from './subscription-plugin.ts'

/** Apollo Server as this gateway has it: it reads requests and writes answers, the engine runs operations. */
export function createApolloServer(
  http: FastifyInstance,
  gateway: Engine<GatewayContext>,
  { dependencies: { logger, isDevelopment, observer }, documents, operations }: Front,
): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    gateway: withSharedAnswers(gateway, {
      now: () => performance.now(),
      onShared: () => observer?.answerShared?.(),
    }),
    introspection: isDevelopment,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Who asks is told by a header, which no other site can make a browser send, and GET changes nothing.
    csrfPrevention: false,
    // It is given texts only: ids are looked up before.
    persistedQueries: false,
    documentStore: documents.documentStore,
    formatError,
    plugins: [
      fastifyApolloDrainPlugin(http),
      ApolloServerPluginLandingPageDisabled(),
      operationNamePlugin,
      variablesPlugin,
      subscriptionPlugin,
      settlingPlugin,
      statusPlugin,
      ...(isTracing() ? [nameTraces(operations)] : []),
      ...(isDevelopment ? [explanationPlugin(gateway.describePlan)] : []),
      ...(observer ? [observeOperations(observer, operations)] : []),
    ],
    logger,
  })
}

/** The last look at an answer before it leaves. */
const settlingPlugin: ApolloServerPlugin<GatewayContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response }) {
        if (response.body.kind !== 'single') return
        settleResult(response.body.singleResult)
      },
    }
  },
}
