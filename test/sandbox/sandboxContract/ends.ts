import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SandboxGone } from '../../../daemon/sandbox/sandbox.ts'
import type { ContractContext } from './context.ts'

/** Several at once, what outlives them, and how they end. */
export function endContract(the: ContractContext): void {
  const { kind, at } = the

  describe('several, and their ends', () => {
    test('two layers are apart, the home is shared, and a layer outlives its sandbox', async () => {
      const [first, second] = [the.folders.layer(), the.folders.layer()]
      const one = await the.provider.open(first)
      const two = await the.provider.open(second)
      await one.exec({ line: 'echo mine > edit; echo shared > ~/note; rm readme.txt' })
      expect(await two.readFile(at('edit'))).toMatchObject({ code: 'notFound' })
      expect(await two.readFile(at('readme.txt'))).toMatchObject({ type: 'read' })
      expect(await two.readFile(join(two.home, 'note'))).toMatchObject({ size: 7 })
      await one.close()
      const again = await the.provider.open(first)
      expect(await again.readFile(at('edit'))).toMatchObject({ size: 5 })
      expect(await again.readFile(at('readme.txt'))).toMatchObject({ code: 'notFound' })
      expect(again.mountedAt).toBeGreaterThanOrEqual(one.mountedAt)
      await Promise.all([two.close(), again.close()])
    })

    test('a command that ends at its time limit leaves other commands and programs alone', async () => {
      const one = await the.provider.open(the.folders.layer())
      await one.exec({ line: 'sleep 4006 & true' })
      const other = one.exec({ line: 'sleep 1; echo lived' })
      const { end } = await one.exec({ line: 'setsid sleep 4007 & sleep 4008', timeoutMs: 300 })
      expect(end).toEqual({ type: 'timedOut', afterMs: 300 })
      expect(await other).toMatchObject({ end: { type: 'exited', code: 0 } })
      const list = 'for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline; echo; done'
      const left = Buffer.from((await one.exec({ line: list })).stdout.head).toString()
      expect(left).toContain('sleep 4006')
      expect(left).not.toMatch(/sleep 400[78]/)
      await one.close()
    })

    test('a layer opens once at a time', async () => {
      const layer = the.folders.layer()
      const one = await the.provider.open(layer)
      await expect(the.provider.open(layer)).rejects.toMatchObject({ data: { type: 'sandboxUnavailable', kind } })
      await one.close()
      await (await the.provider.open(layer)).close()
    })

    test('closing fails what is under way and everything after', async () => {
      const one = await the.provider.open(the.folders.layer())
      let started = () => {}
      const running = new Promise<void>((resolve) => {
        started = resolve
      })
      const under = one.exec({ line: 'echo; sleep 1000' }, { onOutput: () => started() })
      const failed = expect(under).rejects.toBeInstanceOf(SandboxGone)
      await running
      await one.close()
      await failed
      await one.closed
      await one.close()
      await expect(one.exec({ line: 'true' })).rejects.toBeInstanceOf(SandboxGone)
      await expect(one.exec({ line: 'true', network: true })).rejects.toBeInstanceOf(SandboxGone)
      await expect(one.readFile(at('readme.txt'))).rejects.toBeInstanceOf(SandboxGone)
      await expect(one.killAll()).rejects.toBeInstanceOf(SandboxGone)
    })

    test.each([
      ['that is not there', () => join(the.folders.top, 'nowhere')],
      ['that is a file', () => at('readme.txt')],
      ['that is the root', () => '/'],
      ['that is the home', () => the.folders.userHome],
      ['that the home lies in', () => the.folders.top],
      ['that is the data folder', () => the.folders.data],
      ['in the data folder', () => join(the.folders.data, 'home')],
      ['of the system', () => '/usr'],
    ])('a folder %s is refused with a reason', async (_, folder) => {
      const opening = the.provider.open(the.folders.layer(folder()))
      await expect(opening).rejects.toMatchObject({ data: { type: 'folderNotUsable', why: expect.any(String) } })
    })
  })
}
