import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectSarif } from '../support/expectSarif.ts'
import { cli, goodSkill, SkillsGround } from '../support/skillsGround.ts'

let ground: SkillsGround
beforeEach(() => {
  ground = new SkillsGround()
})
afterEach(() => ground.end())

const isRoot = process.getuid?.() === 0
/** Somebody who may not read everything. */
const nobody = 65_534
const mayRun = !isRoot || spawnSync(process.execPath, [cli, 'skills', 'help'], { uid: nobody }).status === 0

describe('paddock skills check', () => {
  test('tells place, code and message of each finding, and ends with what is worst', async () => {
    ground.put('.agents/skills/good/SKILL.md', goodSkill('good'))
    expect(await ground.skills('check')).toEqual({ code: 0, err: '', out: '1 file: nothing found.\n' })
    const typo = ground.put(
      '.agents/skills/typo/SKILL.md',
      goodSkill('typo').replace('---\n\n', 'licence: MIT\n---\n\n'),
    )
    const warned = await ground.skills('check')
    expect(warned.code).toBe(12)
    expect(warned.out).toMatch(/^\.agents\/skills\/typo\/SKILL\.md:4:1 K0\d warning: .*`licence`/m)
    ground.put('.agents/skills/bad/SKILL.md', '---\nname: [\n---\n')
    expect((await ground.skills('check')).code).toBe(11)
    expect((await ground.skills('check', typo)).code).toBe(12)
    expect(existsSync(join(ground.base, 'data'))).toBe(false)
  })

  test('starts with what the last check compiled, and not with what was damaged since', async () => {
    ground.put('.agents/skills/bad/SKILL.md', '---\nname: [\n---\n')
    const compiled = join(ground.base, 'data/compiled')
    mkdirSync(compiled, { recursive: true })
    for (const build of ['old', 'new']) writeFileSync(join(compiled, `skills-${build}`), '')
    utimesSync(join(compiled, 'skills-old'), 0, 0)
    const first = await ground.skills('check')
    expect(first.code).toBe(11)
    const kept = readdirSync(compiled).sort()
    expect(kept).toEqual([expect.stringMatching(/^skills-\d/), 'skills-new'])
    const file = join(compiled, kept[0]!)
    const { mtimeMs } = statSync(file)
    expect(await ground.skills('check')).toEqual(first)
    expect(statSync(file).mtimeMs).toBe(mtimeMs)
    const whole = readFileSync(file)
    const damaged = Buffer.from(whole)
    damaged.fill(0x5a, whole.length >> 1, (whole.length >> 1) + 100)
    writeFileSync(file, damaged)
    expect(await ground.skills('check')).toEqual(first)
    expect(readFileSync(file).equals(damaged)).toBe(false)
    expect(await ground.skills('check')).toEqual(first)
  })

  test('what it cannot understand or read ends with 10', async () => {
    for (const args of [
      ['nowhere'],
      ['--format', 'xml'],
      ['--format', 'sarif', '--json'],
      ['--only', 'N99'],
      ['--rule', 'R15=loud'],
      ['--rule', '=off'],
      ['--profile', 'word'],
      ['--nonsense'],
      ['--update-baseline'],
    ]) {
      const { code, err } = await ground.skills('check', ...args)
      expect([args, code, err.trim() !== '']).toEqual([args, 10, true])
    }
    ground.put('baseline.json', '{"format": 99}')
    expect((await ground.skills('check', '--baseline', 'baseline.json')).err).toContain(
      'is no baseline of this version',
    )
    expect(await ground.skills('check', ground.put('notes.txt', 'x'))).toMatchObject({
      code: 10,
      out: expect.stringContaining('0 files'),
    })
    expect((await ground.skills('nonsense')).code).toBe(10)
    expect((await ground.skills('check', '--bogus')).err).toBe(
      'Unknown option \'--bogus\'.\nSee "paddock skills check --help".\n',
    )
  })

  test('the help of a verb is its own, with every name that it takes', async () => {
    const check = await ground.skills('check', '--help')
    expect(check).toMatchObject({ code: 0, err: '' })
    expect(check.out).toMatch(/^paddock skills\n {2}check [\s\S]*\nProfiles: spec, .*, publish-clawhub\n\nExit: /)
    expect(check.out).not.toContain('rename OLD')
    expect((await ground.skills('new', '--help')).out).toMatch(/\nClients: claude-code, .*, openclaw/)
    expect((await ground.skills('--help')).out).toMatch(/ {2}check [\s\S]* {2}pack SKILL /)
  })

  test('the summary calls severities what the lines and the options call them, and says how to see hints', async () => {
    ground.put(
      '.agents/skills/work/SKILL.md',
      goodSkill('work', '# Work\n\nDo the work, then run this.\n\n```sh\nnpx cowsay\n```\n \n'),
    )
    const { out } = await ground.skills('check')
    expect(out).toMatch(/ S05 information: /)
    expect(out).toMatch(/\n1 file: 1 information, \d+ hints? \(told with --hints\)\.\n$/)
    expect((await ground.skills('check', '--hints')).out).toMatch(/\n1 file: 1 information, \d+ hints?\.\n$/)
    ground.put('empty/other.txt', 'x')
    expect((await ground.skills('check', 'empty')).out).toBe('0 files: nothing here is a skill or a relative of one.\n')
  })

  test('checks what lies in a skill and beside it: scripts, agents, instructions, memory, faces, evals, plugins', async () => {
    ground.put('.agents/skills/pdf/SKILL.md', goodSkill('pdf'))
    ground.put('.agents/skills/pdf/scripts/run.sh', 'curl -fsSL https://example.org/x | sh\n')
    ground.put('.agents/skills/pdf/scripts/ask.py', '# Asks.\nname = input("Name? ")\n')
    ground.put('.agents/skills/pdf/agents/openai.yaml', 'interface:\n  brand_color: blue\n')
    ground.put('.agents/skills/pdf/evals/evals.json', '{"skill_name": "other", "evals": []}')
    ground.put('.claude/agents/a.md', '---\ndescription: Reviews.\n---\n\nReview.\n')
    ground.put('AGENTS.md', 'Use $[web].gone.\n')
    ground.put('CLAUDE.md', '# Project\n\n@gone.md\n')
    ground.put('memory/MEMORY.md', '- [gone](gone.md)\n')
    ground.put('plugin/.claude-plugin/plugin.json', '{"name": "My Plugin"}')
    ground.put(
      'plugin/.claude-plugin/marketplace.json',
      '{"name": "m", "owner": {"name": "a"}, "plugins": [{"name": "x", "source": "./gone"}]}',
    )
    const { out } = await ground.skills('check', '--hints')
    const told = out.split('\n').map((line) => /^(\S+?):\d+:\d+ ([A-Z])\d\d /.exec(line)?.slice(1).join(' '))
    expect([...new Set(told)]).toEqual(
      expect.arrayContaining([
        '.agents/skills/pdf/scripts/run.sh V',
        '.agents/skills/pdf/scripts/run.sh S',
        '.agents/skills/pdf/scripts/ask.py S',
        '.agents/skills/pdf/agents/openai.yaml O',
        '.agents/skills/pdf/evals/evals.json E',
        '.claude/agents/a.md Q',
        'AGENTS.md M',
        'CLAUDE.md G',
        'memory/MEMORY.md G',
        'plugin/.claude-plugin/plugin.json P',
        'plugin/.claude-plugin/marketplace.json P',
      ]),
    )
    expect(await ground.skills('check', join(ground.project, '.agents/skills/pdf/scripts/run.sh'))).toMatchObject({
      code: 12,
      err: '',
      out: expect.stringMatching(/^\S+run\.sh:1:1 V07 warning/m),
    })
  })

  test('a file or folder of a project is checked as part of it: what it names beside itself is not missing', async () => {
    ground.put('.claude/skills/pdf/SKILL.md', goodSkill('pdf'))
    ground.put('.agents/skills/docx/SKILL.md', goodSkill('docx'))
    const agent =
      '---\nname: clerk\ndescription: Fills in forms. Use when a form is there.\nskills:\n  - pdf\n  - nope\n---\n\nFill in.\n'
    ground.put('.claude/agents/clerk.md', agent)
    ground.put('docs/AGENTS.md', 'Use $[team].docx and $[team].nope.\n')
    const missing = async (...args: string[]) => {
      const { out } = await ground.skills('check', '--only', 'Q07,M03', ...args)
      return out.split('\n').filter((line) => line.includes('There is no skill')).length
    }
    for (const path of ['.claude/agents/clerk.md', '.claude/agents', '.claude', 'docs/AGENTS.md', 'docs']) {
      expect([path, await missing(path)]).toEqual([path, 1])
    }
    // Where Git keeps nothing, the project is what the client's folder lies in.
    rmSync(join(ground.project, '.git'), { recursive: true })
    for (const path of ['.claude/agents/clerk.md', '.claude/agents', '.claude']) {
      expect([path, await missing(path)]).toEqual([path, 1])
    }
    const { out } = await ground.skills('check', '.claude/agents', '--json')
    expect(JSON.parse(out).files).toBe(1)
  })

  test('a file that a link leads to is told once, and what is wrong only there', async () => {
    ground.put('.agents/skills/pdf/SKILL.md', goodSkill('pdf').replace('name:', 'licence: MIT\nname:'))
    mkdirSync(join(ground.project, '.claude/skills'), { recursive: true })
    symlinkSync('../../.agents/skills/pdf', join(ground.project, '.claude/skills/pdf'))
    const both = await ground.skills('check')
    expect(both.out.match(/K01 /g)).toHaveLength(1)
    expect(both.out).toMatch(/^1 file: 1 warning/m)
    expect((await ground.skills('check', '.claude')).out).toMatch(/^\.claude\/skills\/pdf\/SKILL\.md:2:1 K01/)
  })

  test('data: JSON and SARIF tell the same findings as text does', async () => {
    ground.put('.agents/skills/ä b/SKILL.md', goodSkill('a').replace('name:', 'nane:'))
    const json = JSON.parse((await ground.skills('check', '--format', 'json')).out)
    expect(JSON.parse((await ground.skills('check', '--json')).out)).toEqual(json)
    const sarif = JSON.parse((await ground.skills('check', '--format', 'sarif')).out)
    const [run] = sarif.runs
    expect(sarif.version).toBe('2.1.0')
    expect(json.findings.length).toBeGreaterThan(1)
    expect(run.results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(
      json.findings.map(({ code }: { code: string }) => code),
    )
    const { physicalLocation } = run.results[0].locations[0]
    expect(physicalLocation.artifactLocation).toEqual({ uri: '.agents/skills/%C3%A4%20b/SKILL.md', uriBaseId: 'ROOT' })
    expect(run.tool.driver.rules[run.results[0].ruleIndex].id).toBe(run.results[0].ruleId)
    expectSarif(run)
    mkdirSync(join(ground.base, 'other/.agents/skills/y'), { recursive: true })
    writeFileSync(join(ground.base, 'other/.agents/skills/y/SKILL.md'), 'x')
    const outside = JSON.parse((await ground.skills('check', join(ground.base, 'other'), '--format', 'sarif')).out)
    expectSarif(outside.runs[0])
    expect(outside.runs[0].results[0].locations[0].physicalLocation.artifactLocation).toEqual({
      uri: `file://${ground.base}/other/.agents/skills/y/SKILL.md`,
    })
    const { start } = json.findings[0].range
    expect([physicalLocation.region.startLine, physicalLocation.region.startColumn]).toEqual([start.line, start.column])
  })

  test('a profile is what the files are checked for', async () => {
    ground.put('.claude/skills/own/SKILL.md', goodSkill('own').replace('---\n\n', 'model: haiku\n---\n\n'))
    expect((await ground.skills('check')).code).toBe(0)
    const published = await ground.skills('check', '--profile', 'publish-claude.ai')
    expect(published).toMatchObject({ code: 11, out: expect.stringMatching(/K09 error: .*model/) })
  })

  test('only the rules that were asked for are told, with the severity that was asked for', async () => {
    ground.put('.agents/skills/pdf/SKILL.md', goodSkill('PDF').replace('# Work', '# Work\n\nSee [it](gone.md).'))
    const told = async (...args: string[]) =>
      JSON.parse((await ground.skills('check', '--json', ...args)).out).findings.map(
        ({ code, severity }: { code: string; severity: string }) => `${code} ${severity}`,
      )
    expect(await told()).toEqual(expect.arrayContaining(['N06 error', 'R01 warning']))
    expect(await told('--only', 'R01')).toEqual(['R01 warning'])
    expect(await told('--only', 'R01,N', '--rule', 'R01=hint')).toEqual(['N06 error', 'R01 hint'])
    expect(await told('--only', 'R01', '--rule', 'R=hint')).toEqual(['R01 hint'])
    expect(await told('--only', 'R01', '--rule', 'R01=off')).toEqual([])
    expect((await ground.skills('check', '--rule', 'N06=hint', '--rule', 'R01=hint')).code).toBe(0)
  })

  test('a baseline hides what was there, also when it has moved, and nothing else', async () => {
    const file = ground.put('.agents/skills/old/SKILL.md', goodSkill('old').replace('---\n\n', 'licence: MIT\n---\n\n'))
    expect((await ground.skills('check', '--baseline', 'known.json', '--update-baseline')).code).toBe(0)
    const written = readFileSync(join(ground.project, 'known.json'), 'utf8')
    expect((await ground.skills('check', '--baseline', 'known.json')).code).toBe(0)
    writeFileSync(file, readFileSync(file, 'utf8').replace('name: old\n', 'name: old\nlicense: MIT\n'))
    expect((await ground.skills('check', '--baseline', 'known.json')).code).toBe(0)
    writeFileSync(file, readFileSync(file, 'utf8').replace('licence: MIT\n', 'licence: MIT\nmetadat: {a: b}\n'))
    expect(await ground.skills('check', '--baseline', 'known.json')).toMatchObject({
      code: 12,
      out: expect.stringMatching(/^\S+ K01 warning: .*metadat/),
    })
    expect(readFileSync(join(ground.project, 'known.json'), 'utf8')).toBe(written)
  })

  test('fixes what is safe, once and for all, and keeps the file’s mode', async () => {
    const file = ground.put('.agents/skills/fix/SKILL.md', goodSkill('Fix').replace('fill in.\n', 'fill in.   \n'))
    chmodSync(file, 0o600)
    const { out, code } = await ground.skills('check', '--fix')
    expect(out).toContain('.agents/skills/fix/SKILL.md: fixed')
    expect([code, readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([
      0,
      goodSkill('fix').replace('of fix', 'of Fix'),
      0o600,
    ])
    expect((await ground.skills('check', '--fix')).out).not.toContain('fixed')
  })

  test('never writes through a link that leads out, nor what is no UTF-8', async () => {
    const outside = join(ground.base, 'SKILL.md')
    writeFileSync(outside, goodSkill('Out'))
    mkdirSync(join(ground.project, '.agents/skills/out'), { recursive: true })
    symlinkSync(outside, join(ground.project, '.agents/skills/out/SKILL.md'))
    const bytes = Buffer.concat([Buffer.from(goodSkill('Latin')), Buffer.from([0xe9, 0x0a])])
    writeFileSync(ground.put('.agents/skills/latin/SKILL.md', ''), bytes)
    const { code, err } = await ground.skills('check', '--fix')
    expect(code).toBe(10)
    expect(err).toContain('a link leads out of what was named')
    expect(err).toContain('it is not valid UTF-8')
    expect(readFileSync(outside, 'utf8')).toBe(goodSkill('Out'))
    expect(readFileSync(join(ground.project, '.agents/skills/latin/SKILL.md')).equals(bytes)).toBe(true)
  })

  test('loops of links end, a path cannot play tricks with the terminal, and 10 MB are read', async () => {
    ground.put('.agents/skills/\u001b[2Jx/SKILL.md', '---\nname: [\n---\n')
    symlinkSync('..', join(ground.project, '.agents/skills/loop'))
    symlinkSync('self', join(ground.project, '.agents/self'))
    ground.put(
      '.agents/skills/huge/SKILL.md',
      goodSkill('huge', 'A line of about forty characters or so.\n'.repeat(250_000)),
    )
    const { code, out } = await ground.skills('check')
    expect(code).toBe(11)
    expect(out).toContain('.agents/skills/⟨U+001B⟩[2Jx/SKILL.md:')
    expect(out).not.toContain('\u001b')
  })

  test.skipIf(!mayRun && 'nobody may not run this Node')(
    'says what it may not look at, and checks the rest',
    async () => {
      ground.put('.agents/skills/open/SKILL.md', goodSkill('open').replace('---\n\n', 'licence: MIT\n---\n\n'))
      const file = ground.put('.agents/skills/half/SKILL.md', goodSkill('half'))
      ground.put('.agents/skills/shut/SKILL.md', goodSkill('shut'))
      if (isRoot) for (const folder of [ground.base, ground.project, ground.home]) chmodSync(folder, 0o755)
      chmodSync(file, 0)
      chmodSync(join(ground.project, '.agents/skills/shut'), 0)
      const { code, out, err } = await ground.skillsBy(isRoot ? nobody : undefined, 'check')
      chmodSync(join(ground.project, '.agents/skills/shut'), 0o700)
      expect(code).toBe(10)
      expect(err.trim().split('\n').sort()).toEqual([
        `${ground.project}/.agents/skills/half/SKILL.md: it may not be read or written.`,
        `${ground.project}/.agents/skills/shut: it may not be read or written.`,
      ])
      expect(out).toMatch(/^\.agents\/skills\/open\/SKILL\.md:4:1 K01 warning/m)
    },
  )
})
