import { EnvironmentError, processVariables, type Variables } from './environment.ts'

/**
 * The variables that this process starts with. When they are no good it says what is to be set, and ends: a stack is for
 * bugs, and would hide what whoever starts it has to read.
 */
export function startEnvironment<Environment>(read: (variables: Variables) => Environment): Environment {
  try {
    return read(processVariables())
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
