import type { MutationResolvers } from '../generated/resolvers.ts'
import { giftMutations } from './gifts.ts'
import { promiseMutations } from './promised-payments.ts'
import { purchaseMutations } from './purchases.ts'
import { transferMutations } from './transfers.ts'

export const mutation: MutationResolvers = {
  ...transferMutations,
  ...promiseMutations,
  ...giftMutations,
  ...purchaseMutations,
}
