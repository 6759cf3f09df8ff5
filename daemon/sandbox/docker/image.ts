import type { Readable } from 'node:stream'
import ownDockerfile from '../../../sandbox-image/Dockerfile'
import { DockerTrouble, diagnoseEngine, type Engine, isMissing, shortHash } from './engine.ts'
import { ownerLabel } from './leftovers.ts'

/** How the image of Paddock's own is built. */
export interface Recipe {
  readonly dockerfile: string
  readonly buildArgs: Readonly<Record<string, string>>
}

/** The recipe that ships, with what this machine needs to reach package mirrors. */
export function ownRecipe(): Recipe {
  const from = { BASE: 'PADDOCK_SANDBOX_BASE', APT_MIRROR: 'PADDOCK_APT_MIRROR' }
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()])
  const named = [...Object.entries(from), ...proxies.map((name) => [name, name] as const)]
  const buildArgs = Object.fromEntries(
    named.flatMap(([name, variable]) => {
      const value = process.env[variable]
      return value ? [[name, value]] : []
    }),
  )
  return { dockerfile: ownDockerfile, buildArgs }
}

/** The name of the image that a recipe makes for this owner. Proxies do not change what comes out. */
export function imageName(owner: string, { dockerfile, buildArgs }: Recipe): string {
  return `paddock-sandbox-${owner}:${shortHash(dockerfile, buildArgs['BASE'] ?? '')}`
}

/** The image's id, or nothing where it is not there. */
export async function findImage(engine: Engine, name: string): Promise<string | undefined> {
  try {
    return (await engine.getImage(name).inspect()).Id
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Builds the image and answers its id; `onProgress` gets a line for every step of it. Throws `DockerTrouble`. */
export async function buildImage(
  engine: Engine,
  owner: string,
  recipe: Recipe,
  onProgress: (line: string) => void,
): Promise<string> {
  const name = imageName(owner, recipe)
  onProgress('Building the sandbox image (once, a few minutes and about 1 GB)…')
  const stream = await engine.buildImage(tarOf('Dockerfile', recipe.dockerfile) as never, {
    t: name,
    labels: { [ownerLabel]: owner },
    buildargs: { ...recipe.buildArgs },
    // Docker's own network may not be there, or not lead to a proxy on the loopback. The recipe is ours.
    networkmode: 'host',
    rm: true,
    forcerm: true,
  })
  const failure = await follow(engine, stream as Readable, onProgress)
  const id = await findImage(engine, name)
  if (failure === undefined && id) return id
  const why = `The sandbox image could not be built: ${failure ?? 'nothing came of it'}`
  throw new DockerTrouble({
    why,
    fix: 'See that Debian’s mirror can be reached (PADDOCK_APT_MIRROR names another), and try again.',
  })
}

/** Fetches an image that a setting names and answers its id. Throws `DockerTrouble`. */
export async function pullImage(engine: Engine, name: string, onProgress: (line: string) => void): Promise<string> {
  const trouble = (words: string) =>
    new DockerTrouble({
      why: `The image ${name} is not on this machine and could not be fetched: ${words}`,
      fix: `Check the name in the settings, or try: docker pull ${name}`,
    })
  onProgress(`Fetching the image ${name}…`)
  let failure: string | undefined
  try {
    failure = await follow(engine, (await engine.pull(name)) as Readable, onProgress)
  } catch (error) {
    const { code } = error as { code?: string }
    throw code ? error : trouble(diagnoseEngine(error).why)
  }
  const id = await findImage(engine, name)
  if (failure !== undefined || !id) throw trouble(failure ?? 'nothing came of it')
  return id
}

/** Removes images of this owner's that no recipe or workspace needs any more. */
export async function removeOldImages(engine: Engine, owner: string, needed: ReadonlySet<string>): Promise<void> {
  const filters = { label: [`${ownerLabel}=${owner}`] }
  for (const { Id, RepoTags } of await engine.listImages({ filters })) {
    if (needed.has(Id) || !RepoTags?.some((tag) => tag.startsWith(`paddock-sandbox-${owner}:`))) continue
    // One that is in use goes another time.
    await engine
      .getImage(Id)
      .remove({ force: false })
      .catch(() => {})
  }
}

/** Reads the engine's progress to its end, and answers what failed. */
function follow(engine: Engine, stream: Readable, onProgress: (line: string) => void): Promise<string | undefined> {
  let failure: string | undefined
  return new Promise((resolve, reject) => {
    engine.modem.followProgress(
      stream,
      (error: Error | null) => (error && failure === undefined ? reject(error) : resolve(failure)),
      (event: { stream?: string; status?: string; id?: string; progress?: string; error?: string }) => {
        if (event.error) failure = event.error
        const words = event.stream ?? (event.progress ? undefined : [event.status, event.id].filter(Boolean).join(' '))
        for (const line of (words ?? '').split('\n')) if (line.trim()) onProgress(line.trimEnd().slice(0, 500))
      },
    )
  })
}

/** An archive of one file, as the engine wants a build's context. */
function tarOf(name: string, text: string): Buffer {
  const content = Buffer.from(text)
  const head = Buffer.alloc(512)
  head.write(name, 0)
  head.write('0000644\0', 100)
  head.write('0000000\0', 108)
  head.write('0000000\0', 116)
  head.write(`${content.byteLength.toString(8).padStart(11, '0')}\0`, 124)
  head.write('00000000000\0', 136)
  head.write('        0', 148)
  head.write('ustar\x0000', 257)
  const sum = head.reduce((total, byte) => total + byte, 0)
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc((512 - (content.byteLength % 512)) % 512)
  return Buffer.concat([head, content, padding, Buffer.alloc(1024)])
}
