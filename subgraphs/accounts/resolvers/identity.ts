import type { IdentityResolvers } from '../generated/resolvers.ts'

export const identity: IdentityResolvers = {
  // One that is not configured any more has nothing but its id left.
  provider: ({ provider_id }, _, { viewer, socialProviders }) => {
    const provider = socialProviders.find(({ id }) => id === provider_id)
    return { id: provider_id, name: provider?.name[viewer.language] ?? provider_id }
  },
  attachedAt: ({ attached_at }) => attached_at,
  lastUsedAt: ({ last_used_at }) => last_used_at,
}
