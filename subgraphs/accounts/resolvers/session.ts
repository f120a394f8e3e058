import type { SessionResolvers } from '../generated/resolvers.ts'

export const session: SessionResolvers = {
  deviceName: ({ device_name }) => device_name,
  createdAt: ({ created_at }) => created_at,
  lastUsedAt: ({ last_used_at }) => last_used_at,
  isCurrent: ({ id }, _, { viewer }) => 'sessionId' in viewer.principal && viewer.principal.sessionId === id,
}
