import { enableCompileCache } from 'node:module'
import path from 'node:path'
import { PROJECT_DIRECTORY } from './project.ts'

// What was compiled for one start is not compiled again for the next: a fifth of it. So the program is imported after
// this. Where the folder cannot be written, all is compiled each time.
enableCompileCache(path.join(PROJECT_DIRECTORY, 'node_modules', '.cache', 'node'))
await import('./program.ts')
