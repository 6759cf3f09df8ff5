import { execFile } from 'node:child_process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { OpenParams, Sandbox } from '../../../daemon/sandbox/sandbox.ts'
import { type Attack, attacks } from './attacks.ts'
import { type Ground, makeGround } from './ground.ts'

const attackLimitMs = 20_000

export interface EscapeSuiteParams {
  /** Opens a sandbox of the kind under test; `hide` are the daemon's folders. HOME is the ground's meanwhile. */
  readonly open: (params: OpenParams, hide: readonly string[]) => Promise<Sandbox>
  /** Folders of the system that the kind gives each workspace of its own. */
  readonly own?: readonly string[]
  /** Attacks, by what they are, that mean nothing in this kind, and why. */
  readonly notHere?: Readonly<Record<string, string>>
}

/** Every attack is run inside a real sandbox, and what got through is looked for from outside. */
export function escapeSuite(kind: string, { open, own, notHere = {} }: EscapeSuiteParams): void {
  describe(`ways out of ${kind}`, () => {
    let ground: Ground
    let sandbox: Sandbox | undefined
    let params: OpenParams

    const openHere = async () => {
      const opened = await open(params, [ground.folders.data])
      sandbox = opened
      return opened
    }
    beforeAll(async () => {
      ground = await makeGround(own)
      vi.stubEnv('HOME', ground.folders.userHome)
      vi.stubEnv('SECRET', ground.secret)
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', ground.secret)
      vi.stubEnv('SSH_AUTH_SOCK', ground.unixSocket)
      params = ground.folders.layer()
      await openHere()
    })
    afterAll(async () => {
      await sandbox?.close()
      vi.unstubAllEnvs()
      await ground.end()
    })

    test.each(attacks.map((attack) => [attack.id, attack.what, attack] as const))('%s: %s', async (_, what, attack) => {
      const why = notHere[what]
      if (why) return void expect(why).not.toBe('')
      const reopen = async () => {
        await sandbox?.close()
        return openHere()
      }
      const said = attack.call ? await attack.call(sandbox!, ground, reopen) : await run(sandbox!, attack, ground)
      expect(await ground.gotThrough(said)).toEqual([])
    })

    test('E9: nothing is left outside once it is closed', async () => {
      await sandbox!.close()
      expect(await ground.gotThrough('')).toEqual([])
    })
  })
}

async function run(sandbox: Sandbox, attack: Attack, ground: Ground): Promise<string> {
  const { stdout, stderr } = await sandbox.exec({ line: attack.line!(ground), timeoutMs: attackLimitMs })
  return Buffer.concat([stdout.head, stdout.tail, stderr.head, stderr.tail]).toString()
}

/** That what looks for trouble finds it: the same attacks, where there is no sandbox around them. */
export function detectorSuite(): void {
  describe('outside of any sandbox', () => {
    let ground: Ground
    beforeEach(async () => {
      ground = await makeGround()
    })
    afterEach(() => ground.end())

    const possible = attacks.filter(({ outside }) => typeof outside === 'function' || outside === undefined)
    test.each(possible.map((attack) => [attack.id, attack.what, attack] as const))(
      '%s: %s is noticed',
      async (_, __, attack) => {
        const line = (typeof attack.outside === 'function' ? attack.outside : attack.line!)(ground)
        const said = await new Promise<string>((resolve) => {
          const options = {
            cwd: ground.folders.workspace,
            env: { PATH: process.env['PATH'], HOME: ground.folders.userHome },
          }
          execFile('bash', ['-c', line], options, (_error, stdout, stderr) => resolve(stdout + stderr))
        })
        expect(await ground.gotThrough(said)).not.toEqual([])
      },
    )

    test('nothing is noticed where nothing was done', async () => {
      expect(await ground.gotThrough('nothing')).toEqual([])
    })
  })
}
