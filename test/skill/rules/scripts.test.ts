import { describe, expect, it } from 'vitest'
import { SkillDocument } from '../../../daemon/skill/document/document.ts'
import { uriOf } from '../../../daemon/skill/document/location.ts'
import { findingsOf } from '../../../daemon/skill/rules/findings.ts'
import { contextOf } from '../check.ts'
import { checkRule } from '../checkRule.ts'
import { MemoryWorkspace } from '../memoryWorkspace.ts'

const folder = '/repo/.agents/skills/pdf-forms/scripts'
const of =
  (name: string) =>
  (text: string, more: object = {}) => ({ text, uri: `${folder}/${name}`, ...more })
const sh = of('run.sh')
const py = of('run.py')
const js = of('run.mjs')

checkRule('S01', {
  finds: [
    sh('«echo x»\n', { severity: 'hint', fixes: ['#!/usr/bin/env bash\necho x\n'] }),
    py('«import sys»\r\nif __name__ == "__main__":\r\n  pass\r\n', {
      fixes: ['#!/usr/bin/env python3\r\nimport sys\r\nif __name__ == "__main__":\r\n  pass\r\n'],
    }),
  ],
  silent: [
    sh('#!/bin/sh\necho x\n'),
    sh('#!/bin/sh\necho x\n', { files: { 'a.txt': 'x' } }),
    py('def fill(): pass\n'),
    js('console.log(1)\n'),
    sh(''),
  ],
})

describe('S01', () => {
  it('tells that a script may not be executed', () => {
    const path = `${folder}/run.sh`
    const document = new SkillDocument({
      uri: uriOf(path),
      languageId: 'shellscript',
      version: 1,
      text: '#!/bin/sh\nls\n',
    })
    const files = new MemoryWorkspace({ [path]: 'not executable' }).view()
    const found = findingsOf('S01', document, contextOf(document, { files }))
    expect(found).toMatchObject([{ span: { start: 0, end: 9 }, severity: 'hint' }])
  })
})

checkRule('S02', {
  finds: [
    sh('«#!/bin/bash»\na\nb\nc\nd\n', { severity: 'hint', fixes: ['#!/bin/bash\nset -euo pipefail\na\nb\nc\nd\n'] }),
    sh('«a»\nb\nc\nd\n'),
  ],
  silent: [
    sh('#!/bin/bash\nset -euo pipefail\na\nb\nc\nd\n'),
    sh('#!/bin/sh -e\na\nb\nc\nd\n'),
    sh('#!/bin/bash\nset -o errexit\na\nb\nc\nd\n'),
    sh('#!/bin/bash\na\n# b\n\nc\n'),
    py('a\nb\nc\nd\n'),
  ],
})

checkRule('S03', {
  finds: [
    sh('«read -p "Go on?" answer»\n', { severity: 'warning' }),
    sh('«read -rp "Name: " name»\n'),
    sh('«select x in» a b; do echo; done\n'),
    py('name = «input(»"Name? ")\n'),
    js('const a = await new Promise((r) => «rl.question(»"x", r))\n'),
  ],
  silent: [
    sh('while IFS= read -r line; do echo "$line"; done < list\nread -r x < file\n# read -p x\n'),
    sh('if [ -t 0 ]; then\n  read -p "x" y\nfi\n'),
    py('"""\ninput(x)\n"""\nraw_input = 3\nform.input(x)\nif sys.stdin.isatty(): input()\n'),
  ],
})

checkRule('S04', {
  finds: [
    sh('cat "«$1"»\n', { severity: 'hint' }),
    py('path = «sys.argv»[1]\n'),
    js('const [a] = «process.argv».slice(2)\n'),
  ],
  silent: [
    sh('[ "$1" = --help ] && exit\ncat "$1"\n'),
    sh('echo "usage: $0 FILE"; cat "$1"\n'),
    py('import argparse\nsys.argv\n'),
    sh('ls\n'),
  ],
})

const md = (text: string, more: object = {}) => ({ text: `---\nname: a\n---\n${text}`, ...more })

checkRule('S05', {
  finds: [
    sh('npx -y «cowsay» hi\n', { severity: 'information' }),
    sh('uvx «ruff» check .\npip install -U «requests[socks]» «numpy»\n'),
    sh('npm install «clsx sonner@1.2.3 cmdk vaul zod» && npm run build\n', { says: '4 packages have no version' }),
    sh('npx «cowsay»\n', { says: 'write `cowsay@VERSION`' }),
    md('```bash\nnpx «playwright» install\nnpm install «zod» left-pad@1.3.0\n```\n'),
  ],
  silent: [
    sh('npx cowsay@1.6.0 hi\nuvx ruff==0.6.1\npip install -r requirements.txt -e . ./x\nnpm install\n# npx cowsay\n'),
    md('Run npx cowsay.\n\n```json\nnpx cowsay\n```\n\n```sh\nnpx ./local\n```\n'),
    py('npx cowsay\n'),
  ],
})

checkRule('S06', {
  finds: [
    py('import os, «requests»\nfrom PIL import Image\n', {
      severity: 'hint',
      files: { 'other.py': 'x' },
      says: '`requests` and `PIL`',
    }),
    py('from «pypdf» import PdfReader\n', { files: { 'other.py': 'x' } }),
  ],
  silent: [
    py('# /// script\n# dependencies = ["requests"]\n# ///\nimport requests\n', { files: { 'x.py': '' } }),
    py('import os.path, json as j\nfrom helper import x\nfrom .own import y\n', { files: { 'helper.py': 'x' } }),
    py('import requests\n', { files: { '../requirements.txt': 'requests' } }),
    sh('import requests\n', { files: { 'x.py': '' } }),
  ],
})

checkRule('S07', {
  finds: [sh('cd «/Users/ana»/work\n', { severity: 'information' }), py('p = "«C:\\\\Users\\\\ana»\\\\x"\n')],
  silent: [sh('cd /home/user/x /Users/you /home/runner/work\n# /Users/ana\ncd "$HOME"\n')],
})

checkRule('S08', {
  finds: [
    sh('«eval "$command"»\n', { severity: 'information' }),
    py('subprocess.run(x, «shell=True»)\n'),
    py('«eval(»text)\n'),
    js('«new Function(»text)\n'),
  ],
  silent: [
    sh('eval "$(ssh-agent -s)"\n# eval x\nevaluate\n'),
    py('ast.literal_eval(x)\nmodel.eval()\nre.compile(x)\nsubprocess.run([a], shell=False)\n'),
    js('regex.exec(x)\n'),
  ],
})

checkRule('S09', {
  finds: [
    {
      text: '---\nname: «a»\n---\n',
      files: { 'scripts/__pycache__/x.cpython-313.pyc': 'x' },
      severity: 'warning',
      related: ['/home/ana/.agents/skills/pdf-forms/scripts/__pycache__'],
    },
    { text: '«---»\n---\n', files: { 'lib/x.so': 'x' } },
  ],
  silent: [{ text: '---\nname: a\n---\n', files: { 'scripts/x.py': 'x', 'assets/a.png': 'x' } }, '---\nname: a\n---\n'],
})

checkRule('S10', {
  finds: [
    { text: '«#!/bin/sh»\n# Fills in a form.\nls\n', uri: `${folder}/FillForm.sh`, says: 'small letters' },
    sh('«#!/bin/sh»\nls\n', { severity: 'hint', says: 'No comment' }),
  ],
  silent: [sh('#!/bin/sh\n# Fills in a form.\nls\n'), py('"""Fills in a form."""\n')],
})
