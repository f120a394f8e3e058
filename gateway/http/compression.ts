import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import type { FastifyInstance } from 'fastify'

/** What is smaller fits into one packet either way. */
const THRESHOLD_BYTES = 1_024
/** A third of the size for the time of a tenth of a request; more effort gains little (docs/decisions/0023). */
const BROTLI_QUALITY = 4

/** Compresses the answers of the routes of `scope`, for clients that take it. Streams go their own way, uncompressed. */
export async function compressAnswers(scope: FastifyInstance): Promise<void> {
  await scope.register(compress, {
    encodings: ['br', 'gzip'],
    threshold: THRESHOLD_BYTES,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
    // A small request may unpack to a large one: they are taken as they are.
    globalDecompression: false,
  })
}
