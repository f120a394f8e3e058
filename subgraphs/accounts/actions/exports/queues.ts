import { z } from 'zod'
import type { JobQueue } from '../../../../platform/jobs/jobs.ts'

/** Copies are put together one after another in each process. While a part of the graph is away, tried for weeks. */
export const PREPARE_EXPORT: JobQueue = {
  name: 'prepare-export',
  retryDelaySeconds: 5,
  retryDelaySecondsMax: 3_600,
  retryLimit: 1_000,
  expireSeconds: 3_600,
  heartbeatSeconds: 20,
}

export const ERASE_EXPORT: JobQueue = {
  name: 'erase-export',
  retryDelaySeconds: 60,
  retryDelaySecondsMax: 3_600,
  retryLimit: 1_000,
  expireSeconds: 300,
  heartbeatSeconds: 20,
}

/** What both jobs carry. */
export const exportKey = z.object({ accountId: z.uuid(), exportId: z.uuid() })
