import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type TypeNode,
} from 'graphql'
import { SUBGRAPH_NAMES, type SubgraphName } from '../../../platform/subgraph/name.ts'
import { subgraphSdl } from '../../../platform/subgraph/sdl.ts'

// Read from the text of the schemas and by nothing that the product runs on: an error in how the product reads a
// policy must not be an error of the expectation too.

/** What the schemas say of one field of a root type or of an entity: a row of the access table. */
export interface FieldPolicy {
  readonly type: string
  readonly field: string
  /** The rules, any one of which is enough. */
  readonly to: readonly string[]
  /** Where its arguments name a line, as `@access(line:)` says; null when none does. */
  readonly line: string | null
  /** Whether it is a row of Query or Mutation. */
  readonly isRoot: boolean
  /** Whether it takes arguments that have no default. */
  readonly needsArguments: boolean
  /** Whether something has to be selected below it. */
  readonly isComposite: boolean
  /** The name of its type, under lists and exclamation marks. */
  readonly returns: string
  /** The subgraphs that can tell it. */
  readonly subgraphs: readonly SubgraphName[]
}

export interface SchemaPolicies {
  readonly fields: readonly FieldPolicy[]
  /** The rules of an entity itself: who may have it handed over at all. */
  readonly entities: ReadonlyMap<string, readonly string[]>
}

type ObjectType = ObjectTypeDefinitionNode | ObjectTypeExtensionNode

const ROOT_TYPES = new Set(['Query', 'Mutation', 'Subscription'])
/** The rules of what is handed over with the field above it: there is nothing to decide below. */
const DECIDED_ABOVE = new Set(['ANYONE', 'HOLDER'])

/** Reads every policy. Throws where a field has none, where subgraphs disagree, or where no row would test it. */
export function readPolicies(sdlOf: (name: SubgraphName) => string = subgraphSdl): SchemaPolicies {
  const fields = new Map<string, FieldPolicy>()
  const entities = new Map<string, readonly string[]>()
  for (const subgraph of SUBGRAPH_NAMES) {
    const { definitions } = parse(sdlOf(subgraph))
    const composites = new Set(definitions.flatMap((node) => (isComposite(node.kind) ? [nameOf(node)] : [])))
    for (const type of definitions.filter(isObjectType)) {
      const rules = rulesOf(type)
      if (isEntity(type) && rules) entities.set(type.name.value, rules)
      for (const policy of fieldPolicies(type, subgraph, composites)) {
        const path = `${policy.type}.${policy.field}`
        fields.set(path, merge(path, fields.get(path), policy))
      }
    }
  }
  return { fields: [...fields.values()], entities }
}

function fieldPolicies(type: ObjectType, subgraph: SubgraphName, composites: ReadonlySet<string>): FieldPolicy[] {
  const isRoot = ROOT_TYPES.has(type.name.value)
  return (type.fields ?? []).flatMap((field) => {
    const path = `${type.name.value}.${field.name.value}`
    const to = rulesOf(field) ?? (isRoot ? null : rulesOf(type))
    if (!to) throw new Error(`${path} in ${subgraph} has no @access: say who may read it`)
    // Not in the API: cli/service-access.test.ts asks the subgraphs themselves for these.
    if (isInaccessible(type) || isInaccessible(field)) return []
    if (!isRoot && !isEntity(type)) {
      if (to.every((rule) => DECIDED_ABOVE.has(rule))) return []
      throw new Error(`${path} is refused to some below the field that leads to it: the access table has no row for it`)
    }
    return [describeField(type, field, { to, isRoot, subgraph, composites })]
  })
}

function describeField(
  type: ObjectType,
  field: FieldDefinitionNode,
  facts: {
    readonly to: readonly string[]
    readonly isRoot: boolean
    readonly subgraph: SubgraphName
    readonly composites: ReadonlySet<string>
  },
): FieldPolicy {
  const returns = namedType(field.type)
  return {
    type: type.name.value,
    field: field.name.value,
    to: facts.to,
    line: lineOf(field),
    isRoot: facts.isRoot,
    needsArguments: (field.arguments ?? []).some((node) => node.type.kind === Kind.NON_NULL_TYPE && !node.defaultValue),
    isComposite: facts.composites.has(returns),
    returns,
    subgraphs: [facts.subgraph],
  }
}

/** A field that several subgraphs tell is refused to the same people by each. */
function merge(path: string, known: FieldPolicy | undefined, policy: FieldPolicy): FieldPolicy {
  if (!known) return policy
  if ([...known.to].sort().join() !== [...policy.to].sort().join()) {
    throw new Error(`${path} has one policy in ${known.subgraphs.join(', ')} and another in ${policy.subgraphs.join()}`)
  }
  return { ...known, subgraphs: [...known.subgraphs, ...policy.subgraphs] }
}

function isInaccessible(node: Annotated): boolean {
  return node.directives?.some((directive) => directive.name.value === 'inaccessible') ?? false
}

interface Annotated {
  readonly directives?: readonly ConstDirectiveNode[] | undefined
}

function accessArgument(node: Annotated, name: string): ConstValueNode | undefined {
  const access = node.directives?.find((directive) => directive.name.value === 'access')
  return access?.arguments?.find((argument) => argument.name.value === name)?.value
}

function lineOf(node: Annotated): string | null {
  const line = accessArgument(node, 'line')
  return line?.kind === Kind.STRING ? line.value : null
}

function rulesOf(node: Annotated): readonly string[] | null {
  const to = accessArgument(node, 'to')
  if (to?.kind !== Kind.LIST) return null
  return to.values.flatMap((value) => (value.kind === Kind.ENUM ? [value.value] : []))
}

function isObjectType(node: { readonly kind: string }): node is ObjectType {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION
}

function isComposite(kind: string): boolean {
  return [Kind.OBJECT_TYPE_DEFINITION, Kind.UNION_TYPE_DEFINITION, Kind.INTERFACE_TYPE_DEFINITION].some(
    (known) => known === kind,
  )
}

function isEntity(type: ObjectType): boolean {
  return type.directives?.some((directive) => directive.name.value === 'key') ?? false
}

function nameOf(node: object): string {
  return (node as { readonly name: { readonly value: string } }).name.value
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}
