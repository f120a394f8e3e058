import { STRANGER_ID, type Subject, type ViewerKind } from './viewers.ts'
import { SUBSCRIBER_PHONE } from './world.ts'

/** How a field is asked for when its name alone is not enough. */
export interface Recipe {
  /** The arguments, as a query writes them. */
  readonly arguments?: (subject: Subject) => string
  /** What the question is about, when it is not the column's usual subject. */
  readonly subject?: (viewer: ViewerKind, usual: Subject) => Subject
  /** The type of a mutation's answer to one who may run it, when it is not `<Mutation>Success`. */
  readonly answer?: (viewer: ViewerKind) => string | undefined
  /** Viewers who may read the field and for whom there is nothing in it. */
  readonly isEmptyFor?: (viewer: ViewerKind) => boolean
}

/** By "Type.field". Root fields that take arguments and all mutations need one. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  'Query.viewer': {
    // Whoever asks, it is about themselves.
    subject: (viewer, usual) => ({ ...usual, accountId: viewer.accountId ?? usual.accountId }),
  },
  'Query.account': { arguments: ({ accountId }) => `(id: "${accountId}")` },
  'Query.line': { arguments: ({ lineId }) => `(id: "${lineId}")` },
  'Query.lineByPhone': { arguments: ({ phone }) => `(phone: "${phone}")` },
  'Line.alias': {
    // The viewer's own name for a line: staff have no names for lines.
    isEmptyFor: ({ staffRole }) => staffRole !== null,
  },
  'Mutation.grantLineAccess': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}", phone: "${SUBSCRIBER_PHONE}", rights: [VIEW] })`,
  },
  'Mutation.revokeLineAccess': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}", accountId: "${STRANGER_ID}" })`,
    // The fixture gave the stranger nothing, and only one who may revoke is told so.
    answer: () => 'LineAccessNotFoundError',
  },
  // Who is nobody yet may ask; what they show here is nothing, and they are told so.
  'Mutation.requestOneTimePassword': {
    arguments: ({ phone }) => `(input: { phone: "${phone}", captchaId: "none", captchaAnswer: "none" })`,
    answer: () => 'CaptchaFailedError',
  },
  'Mutation.resendOneTimePassword': {
    arguments: ({ lineId }) => `(input: { deliveryId: "${lineId}" })`,
    answer: () => 'OneTimePasswordDeliveryNotFoundError',
  },
  'Mutation.signInWithOneTimePassword': {
    arguments: ({ phone }) => `(input: { phone: "${phone}", code: "none" })`,
    answer: () => 'InvalidOneTimePasswordError',
  },
  'Mutation.requestCaptcha': {},
  'Mutation.requestProofOfWork': {},
  'Query.oneTimePasswordDelivery': {
    arguments: ({ lineId }) => `(id: "${lineId}")`,
    // Nobody asked for a password.
    isEmptyFor: () => true,
  },
  'Mutation.unlinkNumber': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}" })`,
    // One's own line stays; one who has no rights on it is told that there is none.
    answer: ({ rights, role }) => (role !== null || rights.includes('OWN') ? 'OwnLineError' : undefined),
  },
}

/** How an entity is reached from the root. */
export const ENTITY_PATHS: Readonly<Record<string, (viewer: ViewerKind, subject: Subject) => string>> = {
  Account: (viewer, { accountId }) => (viewer.accountId === accountId ? 'viewer' : `account(id: "${accountId}")`),
  Line: (_, { lineId }) => `line(id: "${lineId}")`,
}
