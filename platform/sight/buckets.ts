/** Seconds. Fine where answers usually lie, coarse up to what the slowest may take. */
export const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3]
