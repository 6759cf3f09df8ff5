import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/** The flags of a script. With `--help`, or something that is no flag of it, the usage is printed and the process ends. */
export function commandLine<const T extends ParseArgsOptionsConfig>(usage: string, options: T) {
  if (process.argv.includes('--help')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    return parseArgs({ options }).values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}
