import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import type Dockerode from 'dockerode'
import { type Diagnosis, installFix } from '../bubblewrap/diagnosis.ts'

/** Docker's engine, as its client package shows it. */
export type Engine = Dockerode

/** Something that the person can mend stands in the way. */
export class DockerTrouble extends Error {
  readonly diagnosis: Diagnosis

  constructor(diagnosis: Diagnosis) {
    super(diagnosis.why)
    this.name = 'DockerTrouble'
    this.diagnosis = diagnosis
  }
}

/** A connection to the engine of this machine at a Unix socket: nothing is asked yet. Throws `DockerTrouble`. */
export async function connectEngine(socketPath = defaultSocket()): Promise<Engine> {
  // Late, since most daemons never need it and their start is not to wait for it.
  const { default: Docker } = await import('dockerode')
  return new Docker({ socketPath })
}

/** What the engine can do; throws `DockerTrouble` where it cannot hold sandboxes. */
export async function engineFacts(engine: Engine): Promise<EngineFacts> {
  const info = await engine.info()
  const options: readonly string[] = info.SecurityOptions ?? []
  if (info.OSType !== 'linux') {
    throw new DockerTrouble({ why: 'This Docker runs no Linux containers.', fix: 'Switch it to Linux containers.' })
  }
  for (const [option, name] of [
    ['name=rootless', 'runs without root'],
    ['name=userns', 'maps user ids (userns-remap)'],
  ] as const) {
    if (!options.some((each) => each.startsWith(option))) continue
    const why = `This Docker ${name}, so what is written in a sandbox would not belong to you.`
    throw new DockerTrouble({ why, fix: 'Use a Docker without that, or the kind bubblewrap.' })
  }
  return {
    limits: { memory: info.MemoryLimit === true, processes: info.PidsLimit === true, cpus: info.CpuCfsQuota === true },
    runtimes: Object.keys(info.Runtimes ?? {}),
  }
}

export interface EngineFacts {
  readonly limits: { readonly memory: boolean; readonly processes: boolean; readonly cpus: boolean }
  readonly runtimes: readonly string[]
}

/** What an error of the engine, or of the way to it, means for the person. */
export function diagnoseEngine(error: unknown): Diagnosis {
  if (error instanceof DockerTrouble) return error.diagnosis
  const facts = error as { code?: string; syscall?: string; statusCode?: number; message?: string }
  const { statusCode, message } = facts
  // Files have the same codes as the engine's socket.
  const code = facts.syscall === undefined || /connect|read|write/.test(facts.syscall) ? facts.code : undefined
  if (code === 'EACCES' || code === 'EPERM') {
    const fix = `Run: sudo usermod -aG docker ${userName()}   and log in anew. Who is in that group can become root.`
    return { why: 'Your user may not talk to Docker.', fix }
  }
  if (code === 'ENOENT' && !['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd'].some(existsSync)) {
    const packages = { apt: 'docker.io', dnf: 'moby-engine', pacman: 'docker', zypper: 'docker', apk: 'docker' }
    return { why: 'Docker is not installed.', fix: installFix(packages) }
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return { why: 'Docker is not running.', fix: 'Run: sudo systemctl start docker' }
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || message === 'socket hang up') {
    return { why: 'Docker stopped in the middle.', fix: 'Start Docker again: sudo systemctl restart docker' }
  }
  const words = String(message ?? error).slice(0, 1_000)
  if (/network enabled in root network namespace/.test(words)) {
    return {
      why: 'This gVisor takes a container’s network for the machine’s own, as those before 2025 do on Linux 6.10 and newer.',
      fix: 'Give the runtime runsc the argument --network=none in /etc/docker/daemon.json and restart Docker, or install a newer gVisor.',
    }
  }
  if (/no space left on device/i.test(words)) {
    return {
      why: `Docker has no room left on its disk: ${words}`,
      fix: 'Free some: docker system df shows what uses it.',
    }
  }
  return {
    why: `${statusCode ? `Docker refused (${statusCode})` : 'It did not work'}: ${words}`,
    fix: 'See the daemon log for more.',
  }
}

/** Whether the engine said that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 404
}

/** Sixteen hexadecimal digits that stand for these words. */
export function shortHash(...words: readonly string[]): string {
  return createHash('sha256').update(words.join('\0')).digest('hex').slice(0, 16)
}

function defaultSocket(): string {
  const host = process.env['DOCKER_HOST']
  if (!host) return '/var/run/docker.sock'
  if (host.startsWith('unix://')) return host.slice('unix://'.length)
  const why = `DOCKER_HOST names another machine (${host}), which does not have your files.`
  throw new DockerTrouble({ why, fix: 'Unset DOCKER_HOST for the daemon, so that it uses the Docker of this machine.' })
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return '$USER'
  }
}
