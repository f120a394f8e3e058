// For servers that are profiled: Node writes the profile when a process exits, not when a signal ends it.
process.once('SIGTERM', () => process.exit())
