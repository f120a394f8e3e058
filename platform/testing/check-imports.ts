import { globSync, readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { importProblem } from './import-rules.ts'
import { importsOf } from './imports-of.ts'

const FILES = '{bench,cli,gateway,platform,schema,subgraphs}/**/*.ts'

/** Every import of the repository that runs against the architecture, as `file:line` and the reason. */
export function checkImports(root: string): string[] {
  const paths = globSync(FILES, { cwd: root, exclude: ['**/generated', '**/.cabinet', '**/node_modules'] })
  return paths.sort().flatMap((path) => fileProblems(root, path.replaceAll(sep, '/')))
}

function fileProblems(root: string, path: string): string[] {
  return importsOf(path, readFileSync(`${root}/${path}`, 'utf8')).flatMap((imported) => {
    const problem = importProblem(path, imported)
    return problem === null ? [] : [`${path}:${imported.line} imports ${imported.specifier}: ${problem}`]
  })
}

if (import.meta.main) {
  const problems = checkImports(process.cwd())
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
