import {
  type ConstArgumentNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type TypeNode,
  visit,
} from 'graphql'

/** A field that some `@requires` asks for with arguments: `price(currency: "USD")`. */
export interface RequiredField {
  /** The type and the field that it stands for: two of these cannot be told in one representation. */
  readonly type: string
  readonly field: string
  readonly arguments: readonly ConstArgumentNode[]
}

export interface NamedRequirements {
  readonly document: DocumentNode
  /** By the name of its own that each got. */
  readonly fields: ReadonlyMap<string, RequiredField>
  /** The names that a field requires, by `Type.field`. */
  readonly requiredBy: ReadonlyMap<string, ReadonlySet<string>>
}

type CompositeNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode

/**
 * Gives every field that is required with arguments a name of its own in the supergraph. The planner tells fields apart
 * by their names, so it would take the client's `price(currency: "EUR")` for the required one, or one requirement for
 * another, and send a subgraph the wrong value.
 */
export function nameRequiredFields(document: DocumentNode): NamedRequirements {
  const types = new Map(document.definitions.filter(isComposite).map((type) => [type.name.value, type]))
  const naming = { types, fields: new Map<string, RequiredField>() }
  const requiredBy = new Map<string, ReadonlySet<string>>()
  const renamed = visit(document, {
    ObjectTypeDefinition: (type) => withNamedRequirements(type, naming, requiredBy),
  })
  if (naming.fields.size === 0) return { document, ...naming, requiredBy }
  const definitions = renamed.definitions.map((type) => (isComposite(type) ? withRequiredFields(type, naming) : type))
  return { document: { ...renamed, definitions }, ...naming, requiredBy }
}

interface Naming {
  readonly types: ReadonlyMap<string, CompositeNode>
  readonly fields: Map<string, RequiredField>
}

function isComposite(node: { readonly kind: string }): node is CompositeNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION
}

function withNamedRequirements(
  type: ObjectTypeDefinitionNode,
  naming: Naming,
  requiredBy: Map<string, ReadonlySet<string>>,
): ObjectTypeDefinitionNode {
  const fields = type.fields?.map((field) =>
    visit(field, {
      Argument(argument) {
        if (argument.name.value !== 'requires' || argument.value.kind !== Kind.STRING) return undefined
        if (!argument.value.value.includes('(')) return undefined
        const { text, names } = renameRequirements(argument.value.value, type.name.value, naming)
        requiredBy.set(`${type.name.value}.${field.name.value}`, names)
        return { ...argument, value: { ...argument.value, value: text } }
      },
    }),
  )
  return { ...type, ...(fields && { fields }) }
}

function renameRequirements(requires: string, type: string, naming: Naming) {
  const names = new Set<string>()
  const rename = (selectionSet: SelectionSetNode, parent: string): SelectionSetNode => ({
    ...selectionSet,
    selections: selectionSet.selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value ?? parent
        return { ...selection, selectionSet: rename(selection.selectionSet, on) }
      }
      const below = selection.selectionSet && rename(selection.selectionSet, typeOfField(naming, parent, selection))
      const name = selection.arguments?.length ? nameOf(naming, parent, selection) : selection.name.value
      if (name !== selection.name.value) names.add(name)
      return {
        ...selection,
        name: { kind: Kind.NAME, value: name },
        arguments: [],
        ...(below && { selectionSet: below }),
      }
    }),
  })
  const operation = parse(`{${requires}}`).definitions[0] as OperationDefinitionNode
  const text = stripIgnoredCharacters(print(rename(operation.selectionSet, type))).slice(1, -1)
  return { text, names }
}

function typeOfField({ types }: Naming, parent: string, field: FieldNode): string {
  const definition = types.get(parent)?.fields?.find(({ name }) => name.value === field.name.value)
  return definition ? namedType(definition.type) : ''
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}

/** The name for a field with these arguments: the same wherever it is required so. */
function nameOf({ fields }: Naming, type: string, field: FieldNode): string {
  const required = { type, field: field.name.value, arguments: (field.arguments ?? []) as readonly ConstArgumentNode[] }
  const meaning = meaningOf(required)
  for (const [name, known] of fields) if (meaningOf(known) === meaning) return name
  const name = `${field.name.value}__required${fields.size}`
  fields.set(name, required)
  return name
}

function meaningOf({ type, field, arguments: parameters }: RequiredField): string {
  return `${type}.${field}(${parameters.map(print).sort().join()})`
}

/** The type with the required fields beside those that they stand for, in the same subgraphs. */
function withRequiredFields(type: CompositeNode, { fields }: Naming): CompositeNode {
  const own = new Set([type.name.value, ...(type.interfaces ?? []).map(({ name }) => name.value)])
  const added = [...fields].flatMap(([name, required]): FieldDefinitionNode[] => {
    const original = own.has(required.type) && type.fields?.find((field) => field.name.value === required.field)
    return original ? [{ ...original, name: { kind: Kind.NAME, value: name }, arguments: [] }] : []
  })
  return { ...type, fields: [...(type.fields ?? []), ...added] }
}
