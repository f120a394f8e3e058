import { BUBBLE, INVALID_VALUE, type Project } from './project.ts'

/** Projects every item; one that may not be null and is takes the list with it. A list that stays as it is is not copied. */
export function compileList(project: Project, place: string): Project {
  return (value, run) => {
    if (!Array.isArray(value)) {
      run.report(INVALID_VALUE, place)
      return BUBBLE
    }
    let output: unknown[] = value
    let hasBubble = false
    const depth = run.depth++
    for (let index = 0; index < value.length; index++) {
      run.path[depth] = index
      const item = project(value[index], run)
      if (item === value[index]) continue
      if (item === BUBBLE) hasBubble = true
      if (output === value) output = value.slice()
      output[index] = item
    }
    run.depth--
    return hasBubble ? BUBBLE : output
  }
}
