import { createHash } from 'node:crypto'
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { thirdPartyNotice } from './build/thirdPartyNotice.ts'
import { commandLine } from './commandLine.ts'
import { repository } from './setup/places.mjs'

const usage = `npm run build -- [--clean] [--meta]

  --clean  build even where nothing changed, and remove what earlier builds left
  --meta   print what is in each bundle`

const flags = commandLine(usage, {
  clean: { type: 'boolean', default: false },
  meta: { type: 'boolean', default: false },
})

process.chdir(repository)
const version: string = JSON.parse(readFileSync('package.json', 'utf8')).version
const buildId = `${version}+${hashOfSources()}`
const stamp = 'dist/build.json'

const shared = {
  bundle: true,
  minify: true,
  metafile: true,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  legalComments: 'none',
  loader: { '.md': 'text', '.pl': 'text', '': 'text', '.wasm': 'file' },
  define: { PADDOCK_BUILD: JSON.stringify(buildId) },
} satisfies BuildOptions

const onNode = { platform: 'node', target: 'node24', mainFields: ['module', 'main'] } satisfies BuildOptions

// The same library as ES modules: only what is used, and a start does not run seventy wrapped files.
const yamlAsModules = { yaml: resolve('node_modules/yaml/browser/dist/index.js') }

// What CommonJS dependencies call inside an ES module.
const requireInModules = {
  js: "import { createRequire as paddockRequire } from 'node:module';const require=paddockRequire(import.meta.url);",
}

/** Everything that ships. What loads parts late is split: the daemon its providers and the language service, the command line its commands but that of skills. */
const bundles: readonly BuildOptions[] = [
  { ...onNode, format: 'cjs', external: ['vscode'], entryPoints: ['extension/main.ts'], outfile: 'dist/extension.cjs' },
  {
    ...onNode,
    format: 'cjs',
    external: ['vscode'],
    entryPoints: ['extension/skillClient.ts'],
    outfile: 'dist/skillClient.cjs',
  },
  {
    ...onNode,
    format: 'esm',
    splitting: true,
    // What dockerode needs only to reach an engine over ssh and for BuildKit's sessions, which is not done here.
    alias: {
      ...yamlAsModules,
      ...Object.fromEntries(
        ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader'].map((name) => [name, resolve('scripts/build/leftOut.cjs')]),
      ),
    },
    banner: requireInModules,
    entryPoints: ['daemon/main.ts'],
    outdir: 'dist/daemon',
    outExtension: { '.js': '.mjs' },
  },
  {
    ...onNode,
    format: 'esm',
    splitting: true,
    alias: yamlAsModules,
    banner: { js: `#!/usr/bin/env node\n${requireInModules.js}` },
    entryPoints: [{ in: 'daemon/cli/launch.ts', out: 'cli' }],
    outdir: 'dist',
    chunkNames: 'cli-[name]-[hash]',
    outExtension: { '.js': '.mjs' },
  },
  // One file, because each more is a millisecond of every check, and no module, because of a script V8 keeps what was called as well.
  {
    ...onNode,
    format: 'cjs',
    alias: yamlAsModules,
    entryPoints: ['daemon/cli/skillsCommand.ts'],
    outfile: 'dist/cli-skills.cjs',
  },
  {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryPoints: ['webview-ui/main.tsx'],
    outfile: 'dist/webview/main.js',
  },
]

if (!flags.clean && !flags.meta && isBuilt()) {
  console.log(`build ${buildId}: nothing changed`)
} else {
  const startedAt = performance.now()
  if (flags.clean) rmSync('dist', { recursive: true, force: true })
  mkdirSync('dist', { recursive: true })
  const results = await Promise.all(
    bundles.map((each) => build({ ...shared, ...each, define: { ...shared.define, ...each.define } })),
  )
  const metafiles = results.map((each) => each.metafile as Metafile)
  for (const metafile of metafiles) refuseSchemasInClients(metafile)
  chmodSync('dist/cli.mjs', 0o755)
  writeFileSync('dist/THIRD-PARTY.txt', thirdPartyNotice(metafiles))
  const outputs = metafiles.flatMap((each) => Object.keys(each.outputs))
  writeFileSync(stamp, JSON.stringify({ build: buildId, outputs }))
  if (!flags.clean) removeOld(new Set([...outputs, stamp, 'dist/THIRD-PARTY.txt']))
  console.log(`build ${buildId}: ${sizes(metafiles)} in ${Math.round(performance.now() - startedAt)} ms`)
  if (flags.meta) printContents(metafiles)
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  const files = globSync([
    '{daemon,extension,webview-ui}/**/*.{ts,tsx,css,md,pl,json}',
    'sandbox-image/*',
    'scripts/build.ts',
    'scripts/build/*.ts',
    'package.json',
    'package-lock.json',
  ])
  for (const file of files.sort()) hash.update(file).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex').slice(0, 12)
}

/** The daemon parses; a client that imports a schema instead of its type would grow by all of zod. */
function refuseSchemasInClients({ inputs, outputs }: Metafile): void {
  const isDaemon = Object.values(outputs).some(({ entryPoint }) => entryPoint === 'daemon/main.ts')
  if (isDaemon || !Object.keys(inputs).some((input) => input.includes('node_modules/zod/'))) return
  throw new Error(`${Object.keys(outputs).join(', ')} contains zod: import types only from #protocol.`)
}

function isBuilt(): boolean {
  if (!existsSync(stamp)) return false
  const last: { build: string; outputs: string[] } = JSON.parse(readFileSync(stamp, 'utf8'))
  return last.build === buildId && last.outputs.every((each) => existsSync(each))
}

/** A daemon that still runs may load its own chunks later, so those of the last day stay. */
function removeOld(current: Set<string>): void {
  const oneDayAgo = Date.now() - 24 * 60 * 60 * 1000
  for (const file of globSync('dist/**/*.{js,cjs,mjs,css,map,wasm}')) {
    if (!current.has(file) && statSync(file).mtimeMs < oneDayAgo) rmSync(file)
  }
}

function sizes(metafiles: Metafile[]): string {
  const bytesOf = (name: string, outputs: Metafile['outputs']) =>
    [
      name,
      Object.entries(outputs).reduce((sum, [file, { bytes }]) => (file.endsWith('.map') ? sum : sum + bytes), 0),
    ] as const
  return metafiles
    .map(({ outputs }) => {
      const entry = Object.entries(outputs).find(([, output]) => output.entryPoint)?.[0] ?? 'dist/?'
      return bytesOf(relative('dist', entry), outputs)
    })
    .map(([name, bytes]) => `${name} ${Math.ceil(bytes / 1024)} kB`)
    .join(', ')
}

function printContents(metafiles: Metafile[]): void {
  for (const { outputs } of metafiles) {
    for (const [file, { inputs, bytes }] of Object.entries(outputs)) {
      if (file.endsWith('.map')) continue
      console.log(`\n${file} ${bytes}`)
      const byFolder = new Map<string, number>()
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const folder =
          input.match(/node_modules\/((@[^/]+\/)?[^/]+)/)?.[1] ??
          dirname(relative(repository, resolve(join(repository, input))))
        byFolder.set(folder, (byFolder.get(folder) ?? 0) + bytesInOutput)
      }
      for (const [folder, size] of [...byFolder].sort((a, b) => b[1] - a[1]).slice(0, 12)) {
        console.log(`  ${String(size).padStart(8)}  ${folder}`)
      }
    }
  }
}
