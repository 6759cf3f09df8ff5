import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'
import { cliEnvironment, paddock } from './paddock.ts'

const cli = new URL('../../dist/cli.mjs', import.meta.url).pathname
/** Of util-linux: runs a command at a pseudo-terminal. Other systems have another program of this name. */
const script = '/usr/bin/script'
const hasTerminal = process.platform === 'linux' && spawnSync(script, ['--version']).status === 0

let daemon: TestDaemon
beforeAll(async () => {
  daemon = testDaemon()
  await daemon.connect()
})
afterAll(() => daemon.dispose())

/** A shell line at a pseudo-terminal of its own, in which `$paddock` is the command line. */
function atTerminal(line: string) {
  const env = { ...cliEnvironment(daemon), paddock: `'${process.execPath}' '${cli}'`, LINE: line }
  const child = spawn(script, ['-qefc', 'eval "$LINE"', '/dev/null'], {
    env,
    cwd: daemon.folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let shown = ''
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text) => {
    shown += text
    for (const look of waiting) look()
  })
  const when = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return {
    code: new Promise<number | null>((resolve) => child.on('close', resolve)),
    shown: () => shown,
    type: (text: string) => child.stdin.write(text),
    /** Settles when so many prompts of the shell inside were shown. */
    prompts: (count: number) => when(() => shown.split('paddock:').length > count),
    until: (text: string) => when(() => shown.includes(text)),
  }
}

// Why skipped elsewhere: a pseudo-terminal is made with util-linux' `script`.
describe.skipIf(!hasTerminal)('paddock sandbox terminal', () => {
  test('is a shell inside at this terminal: its size, Ctrl+C, its exit code; the terminal is as it was afterwards', async () => {
    const terminal = atTerminal(
      'stty rows 31 cols 97; before=$(stty -g); eval "$paddock sandbox terminal"; code=$?; [ "$before" = "$(stty -g)" ] && echo re"stored"; exit $code',
    )
    terminal.type('echo "size $(stty size)"; test -e /.paddock && echo in"side"\n')
    await terminal.until('size 31 97')
    await terminal.until('inside')
    terminal.type('echo rea"dy"; cat\n')
    await terminal.until('ready')
    terminal.type('echoed\n')
    await terminal.until('echoed\r\nechoed')
    terminal.type('\x03')
    await terminal.until('^C')
    // A prompt begins anew after it, and takes what is typed from then on.
    await terminal.prompts(3)
    terminal.type('echo go"ing on"\n')
    await terminal.until('going on\r\n')
    // Full-screen programs mean a line feed alone as a way down.
    expect(terminal.shown()).not.toContain('\r\r\n')
    terminal.type('exit 6\n')
    expect(await terminal.code).toBe(6)
    expect(terminal.shown()).toContain('restored')
  })

  test('a new size is passed on', async () => {
    const resizing = '(until [ -e go ]; do sleep 0.05; done; stty rows 20 cols 60 < /dev/tty) &'
    const terminal = atTerminal(`stty rows 31 cols 97; ${resizing} eval "$paddock sandbox terminal"`)
    await terminal.prompts(1)
    writeFileSync(join(daemon.folder, 'go'), '')
    terminal.type('while [ "$(stty size)" != "20 60" ]; do sleep 0.05; done; echo resi"zed"; exit\n')
    await terminal.until('resized')
    expect(await terminal.code).toBe(0)
  })

  test('reset asks, and anything but yes leaves all as it is', async () => {
    const terminal = atTerminal('eval "$paddock sandbox reset"')
    await terminal.until('Go on (y/N)?')
    terminal.type('\n')
    expect(await terminal.code).toBe(3)
    expect(terminal.shown()).toContain('Nothing was done.')
    const again = atTerminal('eval "$paddock sandbox reset"')
    await again.until('Go on (y/N)?')
    again.type('y\n')
    expect(await again.code).toBe(0)
    expect(again.shown()).toContain('Done.')
  })
})

test('without a terminal it says what else there is', async () => {
  const said = await paddock(daemon, ['sandbox', 'terminal'])
  expect(said).toMatchObject({ code: 2, err: expect.stringContaining('paddock sandbox exec') })
})
