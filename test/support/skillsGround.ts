import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const cli = new URL('../../dist/cli.mjs', import.meta.url).pathname

interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A project and a home directory for `paddock skills …`, which needs no daemon. */
export class SkillsGround {
  /** Where somebody else may go, too: the tests' own folder for temporary files is this user's alone. */
  readonly base = realpathSync(mkdtempSync('/var/tmp/paddock-test-'))
  readonly project = join(this.base, 'project')
  readonly home = join(this.base, 'home')

  constructor() {
    mkdirSync(join(this.project, '.git'), { recursive: true })
    mkdirSync(this.home)
  }

  end(): void {
    rmSync(this.base, { recursive: true, force: true })
  }

  /** Writes a file of the project; where it lies. */
  put(path: string, text: string): string {
    const file = join(this.project, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }

  skills(...args: string[]): Promise<Said> {
    return this.skillsBy(undefined, ...args)
  }

  /** The same as another user of the machine. */
  skillsBy(uid: number | undefined, ...args: string[]): Promise<Said> {
    const env = { PATH: process.env['PATH'], HOME: this.home, PADDOCK_HOME: join(this.base, 'data') }
    const child = spawn(process.execPath, [cli, 'skills', ...args], {
      cwd: this.project,
      env,
      ...(uid && { uid, gid: uid }),
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (bytes) => {
      out += bytes
    })
    child.stderr.on('data', (bytes) => {
      err += bytes
    })
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
  }
}

/** A SKILL.md in which nothing is wrong. */
export const goodSkill = (name: string, body = '# Work\n\nDo the work.\n') =>
  `---\nname: ${name}\ndescription: Fills in forms of ${name}. Use when somebody has a form to fill in.\n---\n\n${body}`
