import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { type SandboxFolders, sandboxFolders } from '../../support/sandboxFolders.ts'

/** What an attack goes for, on the machine itself, and what tells from there that it got it. */
export interface Ground {
  readonly folders: SandboxFolders
  /** A folder that sandboxes may see and must not change, with `file` in it. */
  readonly visible: string
  /** In every file and variable that nobody inside may read; 32 letters. */
  readonly secret: string
  /** A program inside says this when it did what it must not be able to do, though nobody outside would notice. */
  readonly mark: string
  /** Folders of the system that a kind gives each workspace of its own. */
  readonly own: readonly string[]
  /** A process of the machine, with the secret in its environment. */
  readonly pid: number
  /** A listener of each sort: every connection and datagram counts as heard. */
  readonly port: number
  readonly port6: number
  readonly udpPort: number
  readonly unixSocket: string
  readonly abstractSocket: string
  /** An address of this machine's that is not its loopback, where it has one. */
  readonly address: string
  /** What got through since the last time, given what the attack said: empty if nothing did. */
  gotThrough(said: string): Promise<string[]>
  end(): Promise<void>
}

const repository = join(import.meta.dirname, '../../..')
const secretFiles = ['.ssh/id_ed25519', '.aws/credentials', '.npmrc', '.config/gh/hosts.yml', '.docker/config.json']

export async function makeGround(own: readonly string[] = []): Promise<Ground> {
  const folders = sandboxFolders()
  const secret = randomBytes(16).toString('hex')
  const mark = `ESCAPED-${randomBytes(8).toString('hex')}`
  const visible = mkdtempSync(join(repository, 'node_modules', '.escape-'))
  const write = (path: string, text: string) => {
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
  }
  for (const name of [...secretFiles, '.bash_history', '.mozilla/firefox/cookies', '.netrc']) {
    write(join(folders.userHome, name), secret)
  }
  write(join(folders.data, 'token'), secret)
  write(join(folders.top, 'outside', 'file'), secret)
  write(join(visible, 'file'), 'theirs')
  write(join(folders.workspace, 'readme'), 'base\n')
  const heard: string[] = []
  const unixSocket = join(folders.data, 'daemon.sock')
  const abstractSocket = `paddock-escape-${randomBytes(8).toString('hex')}`
  const servers = await Promise.all([
    hearing(heard, 'TCP', { host: '0.0.0.0', port: 0 }),
    hearing(heard, 'TCP over IPv6', { host: '::1', port: 0 }).catch(() => undefined),
    hearing(heard, 'a Unix socket', { path: unixSocket }),
    hearing(heard, 'an abstract socket', { path: `\0${abstractSocket}` }),
  ])
  const udp = createSocket('udp4').on('message', () => heard.push('a datagram'))
  await new Promise<void>((resolve) => udp.bind(0, '0.0.0.0', resolve))
  const victim = spawn('sleep', ['1000'], { env: { SECRET: secret }, stdio: 'ignore' })
  const ended = new Promise((resolve) => victim.on('exit', resolve))
  const portOf = (server: Server | undefined) => (server?.address() as AddressInfo | undefined)?.port ?? 9
  const places = [folders.userHome, folders.workspace, join(folders.top, 'outside'), visible]
  const before = places.map((place) => treeOf(place, folders.data))
  const token = () => readFileSync(join(folders.data, 'token'), 'utf8')
  return {
    ...{ folders, visible, secret, mark, own, unixSocket, abstractSocket },
    pid: victim.pid!,
    port: portOf(servers[0]),
    port6: portOf(servers[1]),
    udpPort: (udp.address() as AddressInfo).port,
    address: ownAddress(),
    async gotThrough(said) {
      // A datagram or connection that was sent has come by when one of ours has.
      await roundTrip(udp, portOf(servers[0]), heard)
      const changed = places.filter((place, index) => treeOf(place, folders.data) !== before[index])
      return [
        ...(said.includes(secret) ? ['the secret was read'] : []),
        ...(said.includes(mark) ? ['it says that it did it'] : []),
        ...changed.map((place) => `${place} was changed`),
        ...(tokenOr(token) === secret ? [] : ['the daemon’s data was changed']),
        ...heard.splice(0).map((what) => `${what} was heard`),
        ...(isAlive(victim) ? [] : ['the process was ended']),
      ]
    },
    async end() {
      if (isAlive(victim)) victim.kill('SIGKILL')
      await ended
      udp.close()
      await Promise.all(servers.map((server) => server && new Promise((resolve) => server.close(resolve))))
      rmSync(visible, { recursive: true, force: true })
      folders.remove()
    },
  }
}

async function hearing(heard: string[], what: string, at: { host: string; port: number } | { path: string }) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    heard.push(what)
    socket.end()
  })
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(at, resolve))
  return server
}

/** Comes by after all that was sent before, and is not told of. */
async function roundTrip(udp: Socket, port: number, heard: string[]): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.resume().on('close', () => resolve())
  })
  heard.splice(heard.indexOf('TCP'), 1)
  await new Promise<void>((resolve) => {
    const onMessage = (bytes: Buffer) => {
      if (bytes.toString() !== 'own') return
      udp.off('message', onMessage)
      resolve()
    }
    udp.on('message', onMessage)
    udp.send('own', udp.address().port, '127.0.0.1')
  })
  heard.splice(heard.indexOf('a datagram'), 1)
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

function tokenOr(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

/** Every name below a folder with what it is, but for the daemon's own folder. */
function treeOf(folder: string, except: string): string {
  const lines: string[] = []
  const walk = (path: string) => {
    if (path === except) return
    const stat = lstatSync(path, { throwIfNoEntry: false })
    const content = stat?.isFile() ? readFileSync(path, 'latin1') : stat?.isSymbolicLink() ? readlinkSync(path) : ''
    lines.push(`${path} ${stat?.mode} ${stat?.nlink} ${content}`)
    if (stat?.isDirectory()) for (const name of readdirSync(path).sort()) walk(join(path, name))
  }
  walk(folder)
  return lines.join('\n')
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1'
}
