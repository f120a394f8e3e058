import { createHttpTransport } from '../../../../gateway/transport/http.ts'

/** A request to the subgraph for each operation. */
export const createBatchTransport = createHttpTransport
