import { StandardOutput } from './attach.ts'
import type { Engine } from './engine.ts'
import { passingLabels } from './leftovers.ts'

export interface HelperParams {
  readonly image: string
  /** For `sh -c`. */
  readonly script: string
  readonly environment: readonly string[]
  /** A volume, and where it appears. */
  readonly volume: string
  readonly at: string
}

const outputKept = 64 << 10

/** Runs a script of ours in a container of its own, as root and without a network, and removes it. */
export async function runHelper(
  engine: Engine,
  owner: string,
  params: HelperParams,
): Promise<{ code: number; output: string; complaints: string }> {
  const container = await engine.createContainer({
    Image: params.image,
    Entrypoint: ['/bin/sh', '-c'],
    Cmd: [params.script],
    User: '0:0',
    Env: [...params.environment],
    WorkingDir: '/',
    Labels: passingLabels(owner),
    HostConfig: {
      NetworkMode: 'none',
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'none', Config: {} },
      Mounts: [{ Type: 'volume', Source: params.volume, Target: params.at, VolumeOptions: { NoCopy: true } as never }],
    },
  })
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true })
    let complaints = ''
    let output = ''
    const standardOutput = new StandardOutput((bytes) => {
      complaints = (complaints + bytes.toString()).slice(-outputKept)
    })
    standardOutput.on('data', (bytes: Buffer) => {
      output = (output + bytes.toString()).slice(-outputKept)
    })
    const read = new Promise<void>((resolve) => {
      standardOutput.on('close', resolve)
      stream.on('error', () => standardOutput.end())
      stream.on('close', () => standardOutput.end())
    })
    stream.pipe(standardOutput)
    const ended = container.wait({ condition: 'next-exit' })
    ended.catch(() => {})
    await container.start()
    const { StatusCode: code } = await ended
    await read
    return { code, output, complaints }
  } finally {
    await container.remove({ force: true, v: true }).catch(() => {})
  }
}
