import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder, codeServer, readJson, repository, serverMain } from './places.mjs'
import { runLogged } from './runLogged.mjs'

/** The VS Code server, compiled for Node 24 in the cache folder. */
export const codeServerPackage = {
  what: 'the VS Code server (once, about two minutes and 600 MB in the cache folder)',
  missing: () => !existsSync(serverMain),
  async install() {
    mkdirSync(cacheFolder, { recursive: true })
    removeHalfDone()
    const folder = mkdtempSync(`${codeServer.folder}.new-`)
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ private: true, allowScripts: { 'code-server': true } }),
    )
    const install = (/** @type {string} */ name, /** @type {string[]} */ args, env = {}) =>
      runLogged(name, ['npm', 'install', '--save-exact', '--no-audit', '--no-fund', ...args], { cwd: folder, env })

    // Native modules are compiled against the headers of the Node that will run them; its own package carries them.
    await install('code-server-headers', ['--ignore-scripts', nodePackage()])
    const node = join(folder, 'node_modules', nodePackage().replace(/@.*/, ''))
    await install('code-server', [`code-server@${codeServer.version}`], {
      PATH: `${join(node, 'bin')}:${process.env.PATH}`,
      npm_config_nodedir: node,
      // Inherited from the npm that started us, it would tell code-server of the older Node.
      npm_config_user_agent: undefined,
      npm_config_dangerously_allow_all_scripts: 'true',
      JOBS: 'max',
    })
    rmSync(node, { recursive: true })
    rmSync(join(folder, 'node_modules/.bin/node'), { force: true })
    renameSync(folder, codeServer.folder)
  },
}

/** The package with the binary and headers for this machine, in the version that this repository uses. */
function nodePackage() {
  const version = readJson(join(repository, 'package.json')).devDependencies.node
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  return `${prefix}-${process.platform}-${process.arch}@${version}`
}

/** Called under the set-up lock, so whatever lies here half done belongs to nobody. */
function removeHalfDone() {
  const parent = dirname(codeServer.folder)
  for (const name of readdirSync(parent)) {
    if (join(parent, name).startsWith(`${codeServer.folder}.new-`)) rmSync(join(parent, name), { recursive: true })
  }
  rmSync(codeServer.folder, { recursive: true, force: true })
}
