import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql'

/** How large an operation is, with every fragment counted wherever it is spread. */
export interface Measures {
  /** Levels of fields. */
  readonly depth: number
  readonly fields: number
  readonly aliases: number
  readonly directives: number
  /** Fields times the items that lists may bring: an upper bound of what an answer may hold, names of types aside. */
  readonly cost: number
}

const NOTHING: Measures = { depth: 0, fields: 0, aliases: 0, directives: 0, cost: 0 }

/** What a list brings when nothing says how many: such lists are bounded by what they are of, tariffs or options. */
const LIST_SIZE_ASSUMED = 10
/** What a page brings when its size comes in a variable: the most that any page may. */
const PAGE_SIZE_MAX = 100

/** Measures the largest operation of a document. Takes time by the length of the text, whatever fragments make of it. */
export function measure(document: DocumentNode, schema: GraphQLSchema): Measures {
  const measurer = createMeasurer(document, schema)
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => measurer(operation))
    .reduce(larger, NOTHING)
}

function createMeasurer(document: DocumentNode, schema: GraphQLSchema) {
  const fragments = new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  // Each fragment is measured once: spread a thousand times it is counted, not walked, a thousand times.
  const known = new Map<string, Measures>()

  function ofFragment(fragment: FragmentDefinitionNode | undefined): Measures {
    if (!fragment) return NOTHING
    const name = fragment.name.value
    const found = known.get(name)
    if (found) return found
    // One that spreads itself is refused by validation; until then it counts for nothing inside itself.
    known.set(name, NOTHING)
    const measures = ofSelections(fragment.selectionSet, compositeType(schema, fragment.typeCondition.name.value))
    known.set(name, measures)
    return measures
  }

  function ofSelections(set: SelectionSetNode | undefined, type: GraphQLCompositeType | null): Measures {
    return (set?.selections ?? []).reduce<Measures>((sum, selection) => {
      const directives = selection.directives?.length ?? 0
      const measures = ofSelection(selection, type)
      return add(sum, { ...measures, directives: measures.directives + directives })
    }, NOTHING)
  }

  function ofSelection(selection: SelectionSetNode['selections'][number], type: GraphQLCompositeType | null): Measures {
    switch (selection.kind) {
      case Kind.FIELD:
        return ofField(selection, type)
      case Kind.INLINE_FRAGMENT: {
        const condition = selection.typeCondition
        return ofSelections(selection.selectionSet, condition ? compositeType(schema, condition.name.value) : type)
      }
      case Kind.FRAGMENT_SPREAD:
        return ofFragment(fragments.get(selection.name.value))
    }
  }

  function ofField(node: FieldNode, type: GraphQLCompositeType | null): Measures {
    const field = fieldOf(type, node.name.value)
    const named = field ? getNamedType(field.type) : null
    const inside = ofSelections(node.selectionSet, isCompositeType(named) ? named : null)
    return {
      // Introspection goes deep by nature, into a schema that is in memory.
      depth: node.name.value.startsWith('__') ? 1 : inside.depth + 1,
      fields: inside.fields + 1,
      aliases: inside.aliases + (node.alias ? 1 : 0),
      directives: inside.directives,
      cost: ownCost(node) + inside.cost * itemCount(node, field),
    }
  }

  return ({ selectionSet, operation, directives = [] }: OperationDefinitionNode): Measures => {
    const measures = ofSelections(selectionSet, schema.getRootType(operation) ?? null)
    return { ...measures, directives: measures.directives + directives.length }
  }
}

function add(a: Measures, b: Measures): Measures {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    cost: a.cost + b.cost,
  }
}

function larger(a: Measures, b: Measures): Measures {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: Math.max(a.fields, b.fields),
    aliases: Math.max(a.aliases, b.aliases),
    directives: Math.max(a.directives, b.directives),
    cost: Math.max(a.cost, b.cost),
  }
}

/**
 * Clients add `__typename` to every selection, and it brings one name for an object that was counted. Under an alias it
 * is a field like others: an object may have any number of those.
 */
function ownCost({ name, alias }: FieldNode): number {
  return name.value === TypeNameMetaFieldDef.name && !alias ? 0 : 1
}

/** How many objects a field may bring: the page that is asked for, or what a list is assumed to hold. */
function itemCount(node: FieldNode, field: GraphQLField<unknown, unknown> | null): number {
  const size = field?.args.find(({ name }) => name === 'first')
  if (size) {
    const asked = node.arguments?.find(({ name }) => name.value === 'first')?.value
    if (!asked) return typeof size.defaultValue === 'number' ? size.defaultValue : PAGE_SIZE_MAX
    return asked.kind === Kind.INT ? Math.min(Math.max(Number(asked.value), 1), PAGE_SIZE_MAX) : PAGE_SIZE_MAX
  }
  // The lists inside a page are the page's own items: they were counted where it was asked for.
  return isList(field?.type) && !PAGE_LISTS.has(node.name.value) ? LIST_SIZE_ASSUMED : 1
}

const PAGE_LISTS: ReadonlySet<string> = new Set(['nodes', 'edges'])

function isList(type: GraphQLField<unknown, unknown>['type'] | undefined): boolean {
  if (type === undefined) return false
  return isNonNullType(type) ? isList(type.ofType) : isListType(type)
}

function compositeType(schema: GraphQLSchema, name: string): GraphQLCompositeType | null {
  const type = schema.getType(name)
  return isCompositeType(type) ? type : null
}

function fieldOf(type: GraphQLCompositeType | null, name: string): GraphQLField<unknown, unknown> | null {
  if (!isObjectType(type) && !isInterfaceType(type)) return null
  return type.getFields()[name] ?? null
}
