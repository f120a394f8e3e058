import { type OperationDefinitionNode, valueFromASTUntyped } from 'graphql'
import { invariant } from '../../../platform/invariant.ts'
import type { Step } from './step.ts'

export interface Branches<Context> {
  readonly whenTrue: Step<Context> | undefined
  readonly whenFalse: Step<Context> | undefined
}

/** A part of a plan that is run or not by a variable of `@skip` or `@include`. */
export function compileCondition<Context>(
  variable: string,
  operation: OperationDefinitionNode,
  { whenTrue, whenFalse }: Branches<Context>,
): Step<Context> {
  const byDefault = defaultValue(operation, variable)
  return (cursor, run) => {
    const value = run.variables[variable] ?? byDefault
    invariant(typeof value === 'boolean', `$${variable} was validated to be a Boolean`)
    return (value ? whenTrue : whenFalse)?.(cursor, run)
  }
}

/** The default of a variable in the operation; undefined when it has none. */
export function defaultValue(operation: OperationDefinitionNode, variable: string): unknown {
  const definition = operation.variableDefinitions?.find((candidate) => candidate.variable.name.value === variable)
  return definition?.defaultValue && valueFromASTUntyped(definition.defaultValue)
}
