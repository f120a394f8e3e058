import { type DocumentNode, Kind, OperationTypeNode, type SelectionSetNode } from 'graphql'

/** Who goes first when not all can: what keeps people in and thieves out, what was decided, what is looked at. */
export const PRIORITIES = ['vital', 'change', 'read', 'stream'] as const
export type Priority = (typeof PRIORITIES)[number]

/**
 * The root fields by which somebody gets in, or makes a telephone that was lost worthless. All other mutations are
 * changes and all other queries are reads; a new field that belongs here is found by a test.
 */
export const VITAL_FIELDS: ReadonlySet<string> = new Set([
  'requestCaptcha',
  'requestProofOfWork',
  'requestOneTimePassword',
  'resendOneTimePassword',
  'oneTimePasswordDelivery',
  'signInWithOneTimePassword',
  'signInWithPassword',
  'resetPassword',
  'refreshSession',
  'socialProviders',
  'startSocialSignIn',
  'signInWithSocial',
  'signInFromNetwork',
  'startStaffSignIn',
  'signInAsStaff',
  'revokeSession',
  'revokeOtherSessions',
  'blockLine',
])

/** The priority of a document that was found valid: of its root fields the one that waits longest. */
export function priorityOf(document: DocumentNode): Priority {
  const roots = rootFields(document)
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  // A document of several may be asked for any of them.
  if (operations.some(({ operation }) => operation === OperationTypeNode.SUBSCRIPTION)) return 'stream'
  if (roots.every((name) => VITAL_FIELDS.has(name))) return 'vital'
  return operations.every(({ operation }) => operation === OperationTypeNode.MUTATION) ? 'change' : 'read'
}

function rootFields({ definitions }: DocumentNode): readonly string[] {
  const fragments = new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition.selectionSet]] : [],
    ),
  )
  const names = new Set<string>()
  const seen = new Set<SelectionSetNode>()
  const collect = (set: SelectionSetNode | undefined): void => {
    // Each is looked at once, however often it is spread.
    if (!set || seen.has(set)) return
    seen.add(set)
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value)
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet)
      else collect(fragments.get(selection.name.value))
    }
  }
  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) collect(definition.selectionSet)
  }
  return [...names]
}
