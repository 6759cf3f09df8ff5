import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startProgram } from '../support/programs.ts'
import { CaseGround, exec } from './caseGround.ts'

const files = {
  'src/a.js': 'a\n',
  'src/deep/b.js': 'b\n',
  'README.md': 'read me\n',
  'infra/main.tf': '\n',
  '.git/HEAD': 'ref: refs/heads/main\n',
}

describe('K1: what destroys is asked about in every mode that asks, and denied in the one that does not, whatever broad rules allow', () => {
  const lines = [
    'rm -rf /',
    'rm -rf ~',
    'rm -rf "$HOME"/',
    'rm -rf .',
    'rm -rf "$PWD"',
    'rm -rf ..',
    'rm -rf ../*',
    'rm -rf $UNSET/*',
    'rm -rf "$UNSET"/*',
    'rm -rf --no-preserve-root /',
    'rm -rf ~+',
    'rm -rf link-to-root/',
    'rm -rf link-to-home/*',
    'RM -rf /',
    'cd / && rm -rf *',
    'rm -rf src',
    'rm -r -f -- src',
    'command rm -fr src',
    'find . -delete',
    'find / -exec rm {} +',
    'find src -type f | xargs rm',
    'git clean -fdx',
    'git reset --hard HEAD~3',
    'git checkout -- .',
    'git restore .',
    'git push --force origin main',
    'git filter-branch --tree-filter true',
    'mv * /dev/null',
    'mv src /dev/null',
    'rsync -a --delete empty/ src/',
    'truncate -s 0 README.md',
    'truncate -s 0 src/*',
    'shred -u README.md',
    'dd if=/dev/zero of=/dev/sda',
    'mkfs.ext4 /dev/sda1',
    'python3 -c "import shutil; shutil.rmtree(\'src\')"',
    'python3 -c "import os; os.system(\'rm -rf src\')"',
    "node -e \"require('fs').rmSync('src', {recursive: true})\"",
    'perl -e "use File::Path; rmtree(\'src\')"',
    'docker system prune -a --volumes',
    'psql -c "DROP TABLE users"',
    'sqlite3 app.db "drop table users"',
    'terraform destroy -auto-approve',
    'kubectl delete namespace shop',
    'aws s3 rm --recursive s3://shop',
    'npm publish',
    'pwsh -c "Remove-Item -Recurse -Force src"',
    'cmd.exe /c "rd /s /q src"',
    'robocopy empty src /MIR',
  ]
  const broad = 'rm find git mv rsync truncate shred dd python3 node perl docker psql terraform kubectl aws npm xargs'

  let ground: CaseGround
  beforeAll(async () => {
    ground = await CaseGround.begin(files)
    symlinkSync('/', join(ground.daemon.folder, 'link-to-root'))
    symlinkSync('..', join(ground.daemon.folder, 'link-to-home'))
  })
  afterAll(() => ground.end())

  test.each(lines)('%s', async (line) => {
    await ground.client.request('session/setMode', { session: ground.watched.id, mode: 'auto' })
    const task = await ground.task([exec(line)])
    const approval = await ground.pending()
    expect(approval).toMatchObject({
      action: { command: line },
      risk: expect.stringMatching(/^(high|critical|medium)$/),
    })
    expect(approval.guard?.reasons.length).toBeGreaterThan(0)
    await ground.client.request('session/setMode', { session: ground.watched.id, mode: 'unattended' })
    await ground.watched.ended(task)
    expect(ground.events('approvalAnswered').at(-1)).toMatchObject({ outcome: { type: 'deny' }, by: 'policy' })
    expect(ground.events('toolStarted')).toEqual([])
  })

  test('also where rules allow the programs without more', async () => {
    ground.policy('rules:', ...broad.split(' ').map((name) => `- {verdict: allow, program: [${name}]}`))
    const actions = lines
    const { explanations } = await ground.client.request('policy/explain', {
      folder: ground.daemon.folder,
      actions,
      mode: 'auto',
    })
    const allowed = explanations.filter((each) => each.type === 'explained' && each.decision.verdict === 'allow')
    expect(allowed.map(({ asked }) => asked)).toEqual([])
  })
})

describe('what destroys all the same', () => {
  let ground: CaseGround
  /** The user's files by path: two hundred of them are of all bytes there are, and known to no Git. */
  let mine: Record<string, string>
  beforeEach(async () => {
    ground = await CaseGround.begin(files)
    const data = join(ground.daemon.folder, 'data')
    mkdirSync(join(data, 'deep'), { recursive: true })
    for (let n = 0; n < 200; n++) writeFileSync(join(data, n % 2 ? '.' : 'deep', `${n}.bin`), randomBytes(1 + n * 50))
    mine = usersFiles()
  })
  afterEach(() => ground.end())

  /** The hash of each file in the user's folder. */
  function usersFiles(): Record<string, string> {
    const { folder } = ground.daemon
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return Object.fromEntries(
      entries.map(({ parentPath, name }) => {
        const path = join(parentPath, name)
        return [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')]
      }),
    )
  }

  /** The same of what the agent sees. */
  async function agentsFiles(): Promise<Record<string, string>> {
    const command = 'find . -type f -print0 | xargs -0 sha256sum'
    const program = await startProgram(ground.client, { session: ground.watched.id, command })
    expect(await program.ended).toEqual({ type: 'exited', code: 0 })
    const lines = program.stdout().trim().split('\n')
    return Object.fromEntries(lines.map((line) => [line.slice(68), line.slice(0, 64)]))
  }

  const session = () => ({ session: ground.watched.id })
  const untracked = () => Object.keys(mine).filter((path) => path.startsWith('data/'))
  const changed = async () => (await ground.client.request('change/list', session())).changes.map(({ path }) => path)
  const rewind = (checkpoint: string) => ground.client.request('checkpoint/rewind', { ...session(), checkpoint })

  test('K1: what a person allows to be destroyed was remembered just before, and comes back byte for byte', async () => {
    const task = await ground.task([exec('echo mine > made.txt'), exec('rm -rf data')])
    const approval = await ground.pending()
    await ground.answer(approval, { type: 'allowOnce' })
    await ground.watched.ended(task)
    const types = ground.watched.events.map(({ event }) => event.type)
    const answeredAt = types.indexOf('approvalAnswered')
    expect(types.slice(answeredAt, answeredAt + 3)).toEqual(['approvalAnswered', 'checkpointMade', 'toolStarted'])
    expect(Object.keys(await agentsFiles()).filter((path) => path.startsWith('data/'))).toEqual([])
    expect(usersFiles()).toEqual(mine)
    const { checkpoint = '' } = ground.events('checkpointMade').findLast(({ step }) => step === 0) ?? {}
    expect((await rewind(checkpoint)).result.type).toBe('rewound')
    const { 'made.txt': made, ...rest } = await agentsFiles()
    expect([made?.length, rest]).toEqual([64, mine])
  })

  test('K2: after a denial, another way to the same end is asked about where it shows, and where it does not, its effect is', async () => {
    const shown = [
      'rm -rf data',
      'find data -delete',
      'python3 -c "import shutil; shutil.rmtree(\'data\')"',
      'perl -MFile::Path -e "rmtree(\'data\')"',
      'git clean -fdx data',
      'mv data /dev/null',
      'rsync -a --delete none/ data/',
    ]
    const hidden = exec('printf "rm -r d*a\\n" > tidy.sh; sh tidy.sh')
    const task = await ground.task(...shown.map((line) => [exec(line)]), [hidden])
    for (const [at, command] of shown.entries()) {
      const approval = await ground.watched.asked(at + 1)
      expect(approval.action).toMatchObject({ command })
      await ground.answer(approval, { type: 'deny' })
    }
    await ground.watched.ended(task)
    expect(ground.events('toolStarted')).toMatchObject([{ action: { command: hidden.arguments.command } }])
    expect((await changed()).sort()).toEqual([...untracked(), 'tidy.sh'].sort())
    expect(usersFiles()).toEqual(mine)
  })

  test('K3: a tree that the agent made goes without a question, one that was there waits for one', async () => {
    const task = await ground.task(
      [exec('mkdir made && cd made && seq 300 | xargs touch')],
      [exec('rm -rf made')],
      [exec('rm -rf data')],
    )
    const approval = await ground.pending()
    expect(approval).toMatchObject({
      action: { command: 'rm -rf data' },
      guard: { reasons: [{ code: 'deletes-tree' }] },
    })
    expect(ground.events('toolFinished').map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])
    await ground.cancel(task)
  })

  test('K3: two hundred files that no Git knows come back byte for byte, by going back and by discarding', async () => {
    const destroy = exec('printf "rm -r d*a; : > README.md\\n" > tidy.sh; sh tidy.sh; rm tidy.sh')
    for (const restore of [
      async () => rewind((await ground.client.request('checkpoint/list', session())).checkpoints[0]?.id ?? ''),
      async () => ground.client.request('change/discard', session()),
    ]) {
      await ground.watched.ended(await ground.task([destroy]))
      expect((await changed()).sort()).toEqual([...untracked(), 'README.md'].sort())
      await restore()
      expect(await agentsFiles()).toEqual(mine)
      expect(usersFiles()).toEqual(mine)
    }
  })

  test('K3: a program that deletes more than two hundred files on its own stops the task, which says so, and goes on where it was', async () => {
    const old = Array.from({ length: 201 }, (_, at) => `old/${at}.txt`)
    for (const path of old) ground.write(path, path)
    const task = await ground.task([exec('echo "rm -r o*d" > tidy.sh; sh tidy.sh')], [exec('echo more > more.txt')])
    expect(await ground.watched.ended(task)).toMatchObject({
      type: 'taskFailed',
      failure: { code: 'manyDeletions', message: expect.stringContaining('201 of your files') },
    })
    expect(ground.events('toolStarted')).toHaveLength(1)
    expect(Object.keys(usersFiles())).toEqual(expect.arrayContaining(old))
    await ground.client.request('task/resume', { ...session(), task })
    await ground.watched.until(({ type }) => type === 'taskCompleted')
    expect(ground.events('toolStarted')).toHaveLength(2)
    expect((await changed()).sort()).toEqual([...old, 'more.txt', 'tidy.sh'].sort())
    const checkpoint = (await ground.client.request('checkpoint/list', session())).checkpoints[0]?.id ?? ''
    expect((await rewind(checkpoint)).result.type).toBe('rewound')
    expect(await changed()).toEqual([])
  })
})
