import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Docker from 'dockerode'
import { DockerHost } from '../../daemon/sandbox/docker/dockerHost.ts'
import { dockerProvider } from '../../daemon/sandbox/docker/dockerProvider.ts'
import { ownRecipe, type Recipe } from '../../daemon/sandbox/docker/image.ts'
import { dockerBase, dockerFolder } from '../../scripts/setup/dockerBase.mjs'
import { onPath } from '../../scripts/setup/places.mjs'
import { sandboxFolders } from './sandboxFolders.ts'

/** A Docker engine for tests. */
export interface DockerEngine {
  readonly socketPath: string
  readonly engine: Docker
  /** The shipped image's, on the base system that set-up made; its layers are built once and kept in the cache folder. */
  readonly recipe: Recipe
  /** Of one that was started for the tests. */
  readonly process: ChildProcess | undefined
  stop(): Promise<void>
  /** After it was killed: another at the same place, with the same data. */
  restart(): Promise<DockerEngine>
}

/** The label of everything that tests make, so that they share images. */
export const testOwner = 'tests'

const servicePath = '/var/run/docker.sock'

/** Why no engine can be had here; undefined where one can. */
export async function whyNoDocker(): Promise<string | undefined> {
  return (await answers(servicePath)) ? undefined : whyNoFreshDocker()
}

/** Why no engine can be started here; undefined where one can. */
export async function whyNoFreshDocker(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'no Docker runs here, and only root can start one'
  if (!onPath('dockerd')) return 'Docker is not installed; npm test installs it'
  if (!existsSync(dockerBase.archive)) return 'the base system for Docker is not made; npm test makes it'
  return undefined
}

/**
 * The machine's own engine where it runs; otherwise one is started, with its data in the project's cache folder. `fresh` is
 * one with nothing in it, started for this test alone, that may be killed.
 */
export async function dockerEngine({ fresh = false } = {}): Promise<DockerEngine> {
  if (!fresh && (await answers(servicePath))) return described(servicePath)
  const folder = mkdtempSync('/var/tmp/pd-')
  // Layers need a real file system.
  const data = fresh ? mkdtempSync('/var/tmp/paddock-docker-') : join(dockerFolder, 'data')
  mkdirSync(data, { recursive: true })
  const run = async (): Promise<DockerEngine> => {
    const child = await startEngine(data, folder)
    const stop = async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
      if (fresh) rmSync(data, { recursive: true, force: true })
    }
    return { ...(await described(join(folder, 'docker.sock'))), process: child, stop, restart: run }
  }
  return run()
}

/** Builds the shipped image and the copy of its system, where they are not there. */
export async function warmUp({ recipe, socketPath }: DockerEngine): Promise<void> {
  const folders = sandboxFolders()
  const kind = dockerProvider(new DockerHost({ hide: [folders.data], socketPath, recipe, owner: testOwner }))
  const { store, ...params } = folders.layer()
  await (await kind.open({ ...params, store })).close()
  await kind.environment.dispose(store)
  folders.remove()
}

/** Starts an engine without a network of its own. It dies with this process. */
async function startEngine(data: string, folder: string): Promise<ChildProcess> {
  const socket = join(folder, 'docker.sock')
  rmSync(join(folder, 'pid'), { force: true })
  const places = ['--data-root', data, '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')]
  const network = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--ip-forward=false']
  const config = join(folder, 'daemon.json')
  writeFileSync(config, JSON.stringify({ runtimes: gvisorRuntime() }))
  // Its mounts are in a namespace of its own, and go with it however it ends.
  const alone = ['--pdeathsig', 'TERM', '--', 'unshare', '--mount', '--propagation', 'slave', '--']
  const args = [...alone, 'dockerd', '--host', `unix://${socket}`, '--config-file', config, ...places, ...network]
  // Another test run may be using the same data.
  for (let round = 0; round < 60; round++) {
    const child = spawn('setpriv', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (bytes) => {
      said = (said + bytes).slice(-2000)
    })
    while (child.exitCode === null) {
      if (await answers(socket)) return child
      await delay(50)
    }
    if (!/already|lock|in use/i.test(said)) throw new Error(`dockerd did not start: ${said}`)
    await delay(1000)
  }
  throw new Error('another dockerd keeps its data')
}

/** gVisor's runsc, where it is there. It gives a container no network in any case. */
function gvisorRuntime() {
  const path = onPath('runsc')
  return path ? { runsc: { path, runtimeArgs: ['--network=none'] } } : {}
}

async function described(socketPath: string): Promise<DockerEngine> {
  const alone = { process: undefined, stop: async () => {}, restart: () => described(socketPath) }
  const engine = new Docker({ socketPath })
  const own = ownRecipe()
  if (!existsSync(dockerBase.archive)) return { socketPath, engine, recipe: own, ...alone }
  await engine
    .getImage(dockerBase.name)
    .inspect()
    .catch(async () => {
      const [repo, tag] = dockerBase.name.split(':')
      const stream = await engine.importImage(createReadStream(dockerBase.archive), { repo, tag })
      await new Promise((resolve, reject) => {
        engine.modem.followProgress(stream, (error) => (error ? reject(error) : resolve(undefined)))
      })
    })
  const recipe = { ...own, buildArgs: { ...own.buildArgs, BASE: dockerBase.name } }
  return { socketPath, engine, recipe, ...alone }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
