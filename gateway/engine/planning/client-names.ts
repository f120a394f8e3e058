import { type ConstDirectiveNode, type DocumentNode, type FieldNode, Kind, parse, visit } from 'graphql'

/** How fields are called while they are fetched, where clients call them by names that others need. */
export interface ClientNames {
  /** The key of a field in what subgraphs answer. */
  fetchedName(field: FieldNode): string
  /** The name that the client knows for such a key. */
  clientName(fetchedName: string): string
  /** The document as it is to be planned. */
  withFetchedNames(document: DocumentNode): DocumentNode
}

/** Behind a client's name. One that looks so already gets another, so that no two become the same. */
export const SUFFIX = '__asked'
const SUFFIXES = new RegExp(`(?:${SUFFIX})+$`)

/**
 * Keeps the names free that an object has anyway: of keys and of required fields, which the planner asks for beside the
 * client's fields, taking `id: msisdn` for the id; the name of its type; and those of every JavaScript object.
 */
export function createClientNames(supergraph: DocumentNode): ClientNames {
  const taken = new Set(['__typename', ...Object.getOwnPropertyNames(Object.prototype), ...plannedNames(supergraph)])
  const isTaken = (name: string) => taken.has(name.replace(SUFFIXES, ''))
  const fetchedName = ({ alias, name }: FieldNode): string => {
    if (alias === undefined || alias.value === name.value) return name.value
    return isTaken(alias.value) ? `${alias.value}${SUFFIX}` : alias.value
  }
  return {
    fetchedName,
    clientName: (name) => (name.endsWith(SUFFIX) && isTaken(name) ? name.slice(0, -SUFFIX.length) : name),
    withFetchedNames: (document) =>
      visit(document, {
        Field(field) {
          const value = fetchedName(field)
          return field.alias && field.alias.value !== value
            ? { ...field, alias: { kind: Kind.NAME, value } }
            : undefined
        },
      }),
  }
}

/** The names of all fields that keys and requirements are of. */
function plannedNames(supergraph: DocumentNode): Set<string> {
  const names = new Set<string>()
  const read = (directive: ConstDirectiveNode): void => {
    for (const { name, value } of directive.arguments ?? []) {
      if ((name.value !== 'key' && name.value !== 'requires') || value.kind !== Kind.STRING) continue
      visit(parse(`{${value.value}}`), { Field: (field) => void names.add(field.name.value) })
    }
  }
  visit(supergraph, {
    Directive(directive) {
      if (directive.name.value === 'join__type' || directive.name.value === 'join__field')
        read(directive as ConstDirectiveNode)
      return false
    },
  })
  return names
}
