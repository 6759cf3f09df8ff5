import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { noneProvider } from '../../daemon/sandbox/none/noneProvider.ts'
import { KnownSecrets } from '../../daemon/sandbox/redaction.ts'
import type { Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { projectSkills, type SkillReading } from '../../daemon/session/projectSkills.ts'
import { projectFolders } from '../../daemon/skill/clients/clients.ts'
import { skillReading } from '../../daemon/skillReading.ts'

let top: string
let root: string
let sandbox: Sandbox
/** What was asked of the sandbox. */
let requests: { lists: number; reads: number; bytes: number }

beforeEach(async () => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-skills-')))
  root = join(top, 'copy')
  mkdirSync(root)
  const layer = { type: 'copy', lower: join(top, 'project'), copy: root } as const
  const opened = await noneProvider().open({ layer, home: '', store: join(top, 'store') })
  requests = { lists: 0, reads: 0, bytes: 0 }
  sandbox = {
    ...opened,
    list(path, options) {
      requests.lists++
      return opened.list(path, options)
    },
    async readFile(path, options) {
      const read = await opened.readFile(path, options)
      requests.reads++
      if (read.type === 'read') requests.bytes += read.bytes.byteLength
      return read
    },
  }
})
afterEach(async () => {
  await sandbox.close()
  rmSync(top, { recursive: true, force: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const skill = (folder: string, ...lines: readonly string[]) =>
  write(`${folder}/SKILL.md`, ['---', ...lines, '---', '', '# Steps', ''].join('\n'))
const found = () => projectSkills(sandbox, skillReading)
const told = async () => (await found()).skills.map(({ name, path, description }) => `${name} ${path}: ${description}`)

test('a project without skills costs one listing a folder', async () => {
  expect(await found()).toEqual({ skills: [], unread: 0 })
  expect(requests).toEqual({ lists: projectFolders.length, reads: 0, bytes: 0 })
})

test('skills of every client’s folder are told, in the order of the folders and then of names', async () => {
  for (const folder of projectFolders.toReversed()) skill(`${folder}/in-${folder.replace(/\W/g, '')}`, 'description: d')
  skill('.claude/skills/a', 'name: other', 'description: >', '  Folded', '  text.')
  write('.claude/skills/README.md', '# About')
  write('.claude/skills/empty/notes.md', '# None')
  skill('.claude/skills/group/deep', 'description: d')
  const all = await told()
  expect(all[0]).toBe('other .claude/skills/a/SKILL.md: Folded text.')
  expect(all.slice(1).map((line) => line.split('/in-')[0]?.split(' ')[1])).toEqual(projectFolders)
})

test.each([
  ['that only people start', ['description: d', 'disable-model-invocation: true']],
  ['that only people start, in another spelling', ['description: d', 'disable-model-invocation: "Yes"']],
  ['without a description', ['name: x']],
  ['whose description is no text', ['description: [a, b]']],
  ['whose YAML is broken', ['description: "d']],
  ['whose frontmatter is longer than what is read', [`license: ${'x'.repeat(9000)}`, 'description: d']],
])('a skill %s is not told', async (_, lines) => {
  skill('.agents/skills/x', ...lines)
  skill('.agents/skills/y', 'description: d', 'disable-model-invocation: false')
  expect(await told()).toEqual(['y .agents/skills/y/SKILL.md: d'])
})

test('of one name the first folder’s is told; what cannot be read hides no other, what is only for people does', async () => {
  skill('.agents/skills/both', 'description: from agents')
  skill('.claude/skills/both', 'description: from claude')
  skill('.agents/skills/broken', 'description: sound')
  skill('.claude/skills/broken', 'description: "broken')
  skill('.agents/skills/people', 'description: for all')
  skill('.claude/skills/people', 'description: for people', 'disable-model-invocation: true')
  expect(await told()).toEqual([
    'both .claude/skills/both/SKILL.md: from claude',
    'broken .agents/skills/broken/SKILL.md: sound',
  ])
})

test('a link inside the workspace is followed, one that leads out is not', async () => {
  skill('shared/tools', 'description: inside')
  mkdirSync(join(top, 'outside/x'), { recursive: true })
  writeFileSync(join(top, 'outside/x/SKILL.md'), '---\ndescription: outside\n---\n')
  mkdirSync(join(root, '.claude/skills/file'), { recursive: true })
  symlinkSync('../../shared/tools', join(root, '.claude/skills/tools'))
  symlinkSync(join(top, 'outside/x'), join(root, '.claude/skills/x'))
  symlinkSync(join(top, 'outside/x/SKILL.md'), join(root, '.claude/skills/file/SKILL.md'))
  mkdirSync(join(root, '.agents'))
  symlinkSync(join(top, 'outside'), join(root, '.agents/skills'))
  expect(await told()).toEqual(['tools .claude/skills/tools/SKILL.md: inside'])
})

test('a folder whose name could say more than where it lies is not told', async () => {
  for (const name of ['a\nb', 'a) Do this: (b', 'a<b>', 'a\u202Eb', '`a`']) {
    skill(`.claude/skills/${name}`, `name: ${JSON.stringify(name)}`, 'description: d')
  }
  skill('.claude/skills/größe 2.0_日本', 'description: d')
  expect(await told()).toEqual(['größe 2.0_日本 .claude/skills/größe 2.0_日本/SKILL.md: d'])
})

test('what is looked at is bounded, and the rest is counted', async () => {
  for (let i = 0; i < 230; i++) skill(`.claude/skills/s${i}`, 'description: d', `license: ${'x'.repeat(100)}`)
  write('.claude/skills/s0/SKILL.md', `---\ndescription: d\n---\n${'long '.repeat(100_000)}`)
  const { skills, unread } = await found()
  expect(skills).toHaveLength(200)
  expect(unread).toBe(30)
  expect(requests.reads).toBe(200)
  expect(requests.bytes).toBeLessThan(100_000)
})

test('skills that take long to read hold a task up no longer than is said, and the rest is counted', async () => {
  for (let i = 100; i < 140; i++) skill(`.claude/skills/s${i}`, 'description: d')
  const slow: SkillReading = {
    ...skillReading,
    head(path, text) {
      const until = performance.now() + 5
      while (performance.now() < until);
      return skillReading.head(path, text)
    },
  }
  const { skills, unread } = await projectSkills(sandbox, slow, 60)
  expect(skills.length).toBeLessThan(40)
  expect(skills.length + unread).toBe(40)
  expect(skills.map(({ name }) => name)).toEqual(skills.map((_, i) => `s${100 + i}`))
})

test('a program’s pipe in place of a SKILL.md holds nothing up', async () => {
  await sandbox.exec({
    line: 'mkdir -p .claude/skills/x/SKILL.md .claude/skills/y && mkfifo .claude/skills/y/SKILL.md',
  })
  skill('.claude/skills/z', 'description: d')
  expect(await told()).toEqual(['z .claude/skills/z/SKILL.md: d'])
})

test('the value of a secret is not told as a description', async () => {
  const known = new KnownSecrets()
  known.add('secret TOKEN', 'hunter2-hunter2')
  sandbox = { ...sandbox, redaction: known }
  skill('.claude/skills/x', 'description: Uses hunter2-hunter2.')
  expect(await told()).toEqual(['x .claude/skills/x/SKILL.md: Uses [secret TOKEN].'])
})
