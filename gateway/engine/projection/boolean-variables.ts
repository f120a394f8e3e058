import { type DocumentNode, Kind, type OperationDefinitionNode, visit } from 'graphql'
import { invariant } from '../../../platform/invariant.ts'
import { defaultValue } from '../plan/condition.ts'

/** The values of the variables that `@skip` and `@include` look at: all that a projection depends on. */
export type Conditions = Readonly<Record<string, boolean>>

export interface BooleanVariables {
  read(variables: Readonly<Record<string, unknown>>): Conditions
  /** Tells one set of values from another. */
  key(conditions: Conditions): string
}

export function findBooleanVariables(document: DocumentNode, operation: OperationDefinitionNode): BooleanVariables {
  // Of the document's other operations, a variable of the same name may be of another type.
  const names = namesIn(document).filter((name) => isBoolean(operation, name))
  const defaults = new Map(names.map((name) => [name, defaultValue(operation, name)]))
  return {
    read(variables) {
      return Object.fromEntries(
        names.flatMap((name) => {
          const value = variables[name] ?? defaults.get(name)
          if (value === undefined) return []
          invariant(typeof value === 'boolean', `$${name} was validated to be a Boolean`)
          return [[name, value]]
        }),
      )
    },
    key: (conditions) => names.map((name) => (conditions[name] ? '1' : '0')).join(''),
  }
}

function isBoolean({ variableDefinitions = [] }: OperationDefinitionNode, variable: string): boolean {
  const type = variableDefinitions.find(({ variable: { name } }) => name.value === variable)?.type
  const named = type?.kind === Kind.NON_NULL_TYPE ? type.type : type
  return named?.kind === Kind.NAMED_TYPE && named.name.value === 'Boolean'
}

function namesIn(document: DocumentNode): string[] {
  const names = new Set<string>()
  visit(document, {
    Directive(directive) {
      if (directive.name.value !== 'skip' && directive.name.value !== 'include') return
      const value = directive.arguments?.[0]?.value
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value)
    },
  })
  return [...names]
}
