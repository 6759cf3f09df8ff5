import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/**
 * The flags of a script, and which of the `known` words were said. With `--help`, or something that is none of these, the usage is printed
 * and the process ends.
 */
export function commandLine<const T extends ParseArgsOptionsConfig>(
  usage: string,
  options: T,
  known: readonly string[] = [],
) {
  if (process.argv.includes('--help')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: known.length > 0 })
    const words: readonly string[] = positionals
    const unknown = words.find((word) => !known.includes(word))
    if (unknown !== undefined) throw new Error(`There is no "${unknown}".`)
    return { ...values, words }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}
