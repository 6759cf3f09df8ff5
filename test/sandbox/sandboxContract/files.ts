import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bytes, type ContractContext, text } from './context.ts'

/** Files as the tools of an agent touch them. */
export function fileContract(the: ContractContext): void {
  const { at } = the

  describe('files', () => {
    test('written and read back, folders made, mode kept', async () => {
      const path = at('deep/er/file.sh')
      expect(await the.sandbox.writeFile(path, bytes('one'))).toEqual({ type: 'written' })
      expect(await the.sandbox.readFile(path)).toMatchObject({ type: 'read', size: 3, mode: 0o644 })
      expect(await the.sandbox.setMode(path, 0o750)).toEqual({ type: 'written' })
      await the.sandbox.writeFile(path, bytes('two!'))
      const read = await the.sandbox.readFile(path)
      expect(read).toMatchObject({ size: 4, mode: 0o750 })
      expect(read.type === 'read' && text(read.bytes)).toBe('two!')
      await the.sandbox.writeFile(path, bytes(''), { mode: 0o600 })
      expect(await the.sandbox.readFile(path)).toMatchObject({ size: 0, mode: 0o600 })
    })

    test('several megabytes arrive byte for byte, and parts of them', async () => {
      const content = Uint8Array.from({ length: 3_500_001 }, (_, index) => (index * 7919) >> 5)
      await the.sandbox.writeFile(at('large'), content)
      const whole = await the.sandbox.readFile(at('large'))
      expect(whole.type === 'read' && Buffer.compare(whole.bytes, content)).toBe(0)
      const part = await the.sandbox.readFile(at('large'), { offset: 3_000_000, maxBytes: 10 })
      expect(part.type === 'read' && [...part.bytes]).toEqual([...content.subarray(3_000_000, 3_000_010)])
      expect(part).toMatchObject({ size: content.length })
      expect(await the.sandbox.readFile(at('large'), { offset: 9_000_000 })).toMatchObject({ bytes: { byteLength: 0 } })
    })

    test('the user’s folder is not touched', async () => {
      const before = readdirSync(the.folders.workspace)
      expect(before).toContain('readme.txt')
      await the.sandbox.writeFile(at('readme.txt'), bytes('changed'))
      await the.sandbox.remove(at('readme.txt'))
      await the.sandbox.writeFile(at('new.txt'), bytes('new'))
      expect(readdirSync(the.folders.workspace)).toEqual(before)
      expect(readFileSync(at('readme.txt'), 'utf8')).toBe('base\n')
    })

    test('removes files, links and folders; what is not there is removed already', async () => {
      await the.sandbox.exec({ line: 'mkdir -p tree/a/b; touch tree/a/b/c; ln -s ../readme.txt tree/link; touch kept' })
      await the.sandbox.makeSymlink(at('tree/out'), at('kept'))
      for (const name of ['tree/link', 'tree', 'tree', 'no/such']) {
        expect(await the.sandbox.remove(at(name))).toEqual({ type: 'removed' })
      }
      expect(await the.sandbox.stat(at('tree'))).toMatchObject({ code: 'notFound' })
      expect(await the.sandbox.stat(at('kept'))).toMatchObject({ kind: 'file' })
      expect(await the.sandbox.remove(the.folders.workspace)).toMatchObject({ type: 'fault', code: 'denied' })
      expect(await the.sandbox.remove(at('deep/../../demo'))).toMatchObject({ type: 'fault', code: 'denied' })
    })

    test('links are shown as links, replaced as links, and written through', async () => {
      await the.sandbox.writeFile(at('target'), bytes('1'))
      await the.sandbox.writeFile(at('link'), bytes('was a file'))
      expect(await the.sandbox.makeSymlink(at('link'), 'target')).toEqual({ type: 'written' })
      expect(await the.sandbox.stat(at('link'))).toMatchObject({ kind: 'symlink', target: 'target' })
      await the.sandbox.writeFile(at('link'), bytes('22'))
      expect(await the.sandbox.readFile(at('target'))).toMatchObject({ size: 2 })
      expect(await the.sandbox.stat(at('link'))).toMatchObject({ kind: 'symlink' })
      await the.sandbox.makeSymlink(at('loop'), 'loop')
      expect(await the.sandbox.readFile(at('loop'))).toMatchObject({ type: 'fault' })
      expect(await the.sandbox.writeFile(at('loop'), bytes('x'))).toMatchObject({ type: 'fault' })
    })

    test('lists by name, with kinds, and no more than the limit', async () => {
      await the.sandbox.exec({ line: 'mkdir list; cd list; mkdir d; echo 123 > b; ln -s b a; mkfifo c' })
      expect(await the.sandbox.list(at('list'))).toEqual({
        type: 'list',
        truncated: false,
        entries: [
          { name: 'a', kind: 'symlink', size: 1 },
          { name: 'b', kind: 'file', size: 4 },
          { name: 'c', kind: 'other', size: 0 },
          { name: 'd', kind: 'folder', size: expect.any(Number) },
        ],
      })
      const few = await the.sandbox.list(at('list'), { limit: 2 })
      expect(few).toMatchObject({ truncated: true, entries: [{ name: 'a' }, { name: 'b' }] })
    })

    test('a folder of many names is cut at the first ones', async () => {
      await the.sandbox.exec({ line: 'mkdir many; cd many; seq -f %04g 1200 -1 1 | xargs touch' })
      const list = await the.sandbox.list(at('many'), { limit: 50 })
      if (list.type !== 'list') throw new Error(list.message)
      expect([list.entries.length, list.truncated]).toEqual([50, true])
      expect([list.entries[0]?.name, list.entries.at(-1)?.name]).toEqual(['0001', '0050'])
    })

    test('names that are odd or no UTF-8 do no harm', async () => {
      await the.sandbox.exec({ line: `mkdir odd; cd odd; touch $'caf\\xe9' $'new\\nline' -- -dash 'emoji 🐎' '$(x)'` })
      const list = await the.sandbox.list(at('odd'))
      expect(list.type === 'list' && list.entries.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
        'file $(x)',
        'file -dash',
        'other caf\\xE9',
        'file emoji 🐎',
        'file new\nline',
      ])
      expect(await the.sandbox.readFile(at('odd/new\nline'))).toMatchObject({ type: 'read' })
      expect(await the.sandbox.readFile(at('odd/\ud800'))).toMatchObject({ type: 'fault', code: 'notFound' })
    })

    test('what is no regular file is refused, and nothing hangs', async () => {
      await the.sandbox.exec({ line: 'mkfifo pipe; mkdir folder; touch file; truncate -s 5G sparse' })
      const codes = async (path: string) => {
        const answers = [await the.sandbox.readFile(path), await the.sandbox.writeFile(path, bytes('x'))]
        return answers.map((answer) => (answer.type === 'fault' ? answer.code : answer.type))
      }
      expect(await codes(at('pipe'))).toEqual(['notAFile', 'notAFile'])
      expect(await codes(at('folder'))).toEqual(['notAFile', 'notAFile'])
      expect(await codes('/dev/zero')).toEqual(['notAFile', 'notAFile'])
      expect((await codes('/dev/stdin'))[0]).toBe('notAFile')
      expect(await codes('relative')).toEqual(['notFound', 'notFound'])
      expect(await codes(`${at('a')}\0b`)).toEqual(['notFound', 'notFound'])
      expect(await codes(at('file/x'))).toEqual(['notAFolder', 'notAFolder'])
      expect(await codes(at('made/for/it/x'))).toEqual(['notFound', 'written'])
      expect(await the.sandbox.readFile(at('sparse'))).toMatchObject({ code: 'tooLarge' })
      expect(await the.sandbox.readFile(at('sparse'), { maxBytes: 5 })).toMatchObject({ size: 5 * 2 ** 30 })
      expect(await the.sandbox.list(at('sparse'))).toMatchObject({ code: 'notAFolder' })
    })

    test('on the machine nothing is written but in the workspace', async () => {
      for (const path of ['/etc/paddock-test', '/usr/paddock-test']) {
        const expected = the.ownSystem ? { type: 'written' } : { type: 'fault', code: 'readOnly' }
        expect(await the.sandbox.writeFile(path, bytes('x'))).toMatchObject(expected)
        expect(existsSync(path)).toBe(false)
      }
    })

    test('a link out of the workspace leads to nothing that can be changed or that is hidden', async () => {
      const outside = join(the.folders.top, 'elsewhere')
      mkdirSync(outside, { recursive: true })
      writeFileSync(join(outside, 'file'), 'theirs')
      writeFileSync(join(the.folders.data, 'token'), 'secret')
      symlinkSync(outside, at('out'))
      await the.sandbox.makeSymlink(at('token'), join(the.folders.data, 'token'))
      await the.sandbox.makeSymlink(at('dangling'), join(outside, 'made'))
      expect(await the.sandbox.readFile(at('token'))).toMatchObject({ code: 'notFound' })
      // Some of these succeed, in a scratch folder inside; what counts is what happened outside.
      for (const name of ['out/file', 'out/made', 'dangling']) await the.sandbox.writeFile(at(name), bytes('ours'))
      await the.sandbox.setMode(at('out/file'), 0o777)
      await the.sandbox.remove(at('out/file'))
      await the.sandbox.exec({ line: 'rm -rf out/*; echo ours > out/file; ln out/file hard; echo ours > hard' })
      expect(readdirSync(outside)).toEqual(['file'])
      expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('theirs')
      expect(statSync(join(outside, 'file')).mode & 0o777).toBe(0o644)
    })
  })
}
