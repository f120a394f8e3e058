import { ORGANIZATION_ID, OWNER_ID, STRANGER_ID, type Subject, type ViewerKind } from './viewers.ts'
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
  'Query.helpArticle': { arguments: () => '(slug: "transfer")' },
  // The fixture gives every account a conversation under the id of the line.
  'Query.conversation': {
    arguments: ({ lineId }) => `(id: "${lineId}")`,
    isEmptyFor: (viewer) => viewer.accountId !== null && !hasConversation(viewer),
  },
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
  'Mutation.unlinkNumber': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}" })`,
    // One's own line stays; one who has no rights on it is told that there is none.
    answer: ({ rights, role }) => (role !== null || rights.includes('OWN') ? 'OwnLineError' : undefined),
  },
  'Mutation.askConsultant': {
    arguments: ({ lineId }) => `(input: { text: "Where is my money?", idempotencyKey: "${lineId}" })`,
  },
  'Mutation.requestConsultant': {
    arguments: conversationInput,
    answer: (viewer) => (hasConversation(viewer) ? undefined : 'ConversationNotFoundError'),
  },
  'Mutation.rateConversation': {
    arguments: ({ lineId }) => `(input: { conversationId: "${lineId}", score: 5 })`,
    answer: (viewer) => (hasConversation(viewer) ? 'ConversationNotAnsweredError' : 'ConversationNotFoundError'),
  },
  'Mutation.takeConversation': { arguments: conversationInput },
  // The fixture's conversation waits: nobody has taken it.
  'Mutation.answerConversation': {
    arguments: ({ lineId }) => `(input: { conversationId: "${lineId}", text: "Yes.", idempotencyKey: "1" })`,
    answer: () => 'ConversationNotTakenError',
  },
  'Mutation.closeConversation': {
    arguments: conversationInput,
    answer: ({ staffRole }) => (staffRole === 'supervisor' ? undefined : 'ConversationNotTakenError'),
  },
  'Mutation.returnConversation': { arguments: conversationInput, answer: () => 'ConversationNotTakenError' },
}

function conversationInput({ lineId }: Subject): string {
  return `(input: { conversationId: "${lineId}" })`
}

/** Whether the fixture's conversation is the viewer's own: they act in the account that it is of. */
function hasConversation({ accountId }: ViewerKind): boolean {
  return accountId === OWNER_ID || accountId === ORGANIZATION_ID
}

/** How an entity is reached from the root. */
export const ENTITY_PATHS: Readonly<Record<string, (viewer: ViewerKind, subject: Subject) => string>> = {
  Account: (viewer, { accountId }) => (viewer.accountId === accountId ? 'viewer' : `account(id: "${accountId}")`),
  Line: (_, { lineId }) => `line(id: "${lineId}")`,
}
