import type { MutationResolvers } from '../generated/resolvers.ts'
import { cardMutations } from './card-mutations.ts'
import { charges } from './charges.ts'
import { giftMutations } from './gifts.ts'
import { promiseMutations } from './promised-payments.ts'
import { purchaseMutations } from './purchases.ts'
import { recurringMutations } from './recurring-mutations.ts'
import { transferMutations } from './transfers.ts'

export const mutation: MutationResolvers = {
  ...cardMutations,
  ...charges,
  ...giftMutations,
  ...promiseMutations,
  ...purchaseMutations,
  ...recurringMutations,
  ...transferMutations,
}
