import type { Call } from '../call.ts'
import type { Examination, Knowledge, Options } from '../knowledge.ts'
import { act } from '../reasons.ts'
import type { Word } from '../shell/word.ts'
import { shown } from '../shell/word.ts'
import { acts, all, does, look, reads, run, text, texts, unseen, write, writes } from './options.ts'

const lost = 'It takes back or loses commits.'
const dropped = 'It throws away changes that are not committed.'
const rewrites = does('rewrites-history', lost)
const discards = does('discards-work', dropped)
const pushes = 'It sends commits to another repository.'

/** Options of what shows differences, logs and contents. */
const showing: Options = {
  '--output': writes,
  '--ext-diff': does('unseen-code', 'It shows differences by a program that a setting names.'),
  '--textconv': { effect: 'run' },
  ...texts(
    '-n --max-count --since --until --after --before --author --committer --grep -S -G -L --skip -U --unified --diff-filter',
  ),
  ...texts('--inter-hunk-context -O --pretty-file --word-diff-regex --date-order-of -l'),
  '--format --pretty': { value: 'text', attached: true },
}
const viewing = look(undefined, showing)
const grep = look(undefined, {
  ...texts('-e -A -B -C -m --max-depth --threads'),
  '-f': reads,
  '-O --open-files-in-pager': unseen,
  '--ext-grep': unseen,
})

const subcommands: Record<string, Knowledge> = {
  ...all(
    'status log show diff shortlog describe blame annotate rev-parse rev-list ls-files ls-tree cat-file name-rev',
    viewing,
  ),
  ...all(
    'diff-tree diff-index diff-files range-diff whatchanged cherry merge-base for-each-ref show-ref show-branch',
    viewing,
  ),
  ...all('check-ignore check-attr count-objects verify-commit verify-tag version help var diagnose fsck', look()),
  ...all('request-pull ls-remote get-tar-commit-id merge-tree stripspace column interpret-trailers', look()),
  'ls-remote': { ...look(undefined, { '--upload-pack --exec': unseen }), examine: remote },
  grep,
  archive: look(undefined, { '-o --output': writes, '--remote': text, '--exec': unseen }),
  bugreport: write(),
  ...all(
    'add stage mv init notes',
    write(undefined, {
      '--pathspec-from-file': reads,
      '--template': unseen,
      '--separate-git-dir': writes,
    }),
  ),
  rm: {
    effect: 'write',
    options: { '-n --dry-run': {}, '--pathspec-from-file': reads },
    examine: ({ operands, has }, at) => {
      if (has('--cached') || has('-n')) return
      for (const each of operands) at.deletes(each, has('-r'))
    },
  },
  commit: {
    effect: 'write',
    options: {
      ...texts(
        '-m --message -C --reuse-message -c --reedit-message --author --date --fixup --squash --trailer --cleanup',
      ),
      '-F --file -t --template': reads,
      '-S --gpg-sign': { value: 'text', attached: true },
    },
  },
  // Hooks run, as with commits; what they are is a question of its own when they are kept.
  ...all(
    'merge cherry-pick revert am apply',
    write(undefined, {
      ...texts('-m --message -s --strategy -X --strategy-option --mainline'),
      '-F --file': reads,
      '--directory': text,
      '--abort --quit': discards,
    }),
  ),
  apply: write('read', { '--directory': text, ...texts('-p -C --include --exclude --whitespace') }),
  ...all('fetch', {
    ...write(undefined, {
      '--upload-pack': unseen,
      ...texts('--depth --deepen -j --jobs --refmap -o'),
    }),
    examine: remote,
  }),
  pull: {
    ...write(undefined, {
      '--upload-pack': unseen,
      ...texts('--depth -s --strategy -X -j'),
      '--force -f': rewrites,
      '-r --rebase': { value: 'text', attached: true },
    }),
    examine: remote,
  },
  clone: {
    ...write(undefined, {
      '-u --upload-pack': unseen,
      '-c --config': unseen,
      '--template': unseen,
      ...texts('-b --branch --depth -o --origin -j --jobs --filter --shallow-since'),
      '--reference --separate-git-dir': reads,
    }),
    examine: remote,
  },
  push: {
    ...acts('pushes', pushes, {
      options: {
        '-f --force': rewrites,
        '--force-with-lease': { ...rewrites, value: 'text', attached: true },
        '--force-if-includes': rewrites,
        '-d --delete': rewrites,
        '--mirror': rewrites,
        '--prune': rewrites,
        '--receive-pack --exec': unseen,
        ...texts('-o --push-option --repo'),
      },
    }),
    examine: pushed,
  },
  'send-pack': acts('pushes', pushes),
  'send-email': acts('sends-data', 'It sends mail.'),
  'imap-send': acts('sends-data', 'It sends mail.'),
  'http-push': acts('pushes', pushes),
  reset: {
    effect: 'write',
    options: { '--hard --merge --keep': discards },
  },
  'format-patch': write(undefined, { ...showing, '-o --output-directory': writes }),
  rebase: acts('rewrites-history', 'It makes new commits of old ones.', {
    options: { '-x --exec': unseen, ...texts('--onto -s -X') },
  }),
  ...all(
    'filter-branch filter-repo fast-import replace',
    acts('rewrites-history', 'It makes new commits of old ones.'),
  ),
  'update-ref': acts('rewrites-history', 'It moves a branch by hand.'),
  'symbolic-ref': write(),
  checkout: {
    effect: 'write',
    options: {
      ...texts('-b -B --orphan --conflict'),
      '-f --force': discards,
      '--pathspec-from-file': reads,
    },
    examine: checkedOut,
  },
  switch: write(undefined, {
    ...texts('-c --create --orphan --conflict'),
    '-C --force-create': { ...rewrites, value: 'text' },
    '-f --force --discard-changes': discards,
  }),
  restore: {
    effect: 'write',
    options: {
      ...texts('-s --source --conflict'),
      '-S --staged': {},
      '-W --worktree': {},
      '-p': {},
      '--pathspec-from-file': reads,
    },
    examine: ({ has }, at) => {
      if (!has('-S') || has('-W')) at.reason(act('discards-work', dropped))
    },
  },
  clean: {
    effect: 'write',
    options: { '-n --dry-run': {}, '-e --exclude': text },
    examine: ({ has }, at) => {
      if (!has('-n')) at.reason(act('deletes-many', 'It deletes the files that Git does not know.'))
    },
  },
  branch: write(undefined, {
    '-D': rewrites,
    '-f --force -C': rewrites,
    ...texts('-u --set-upstream-to --contains --merged --no-merged --sort --format --points-at'),
    '--edit-description': {},
  }),
  tag: write(undefined, {
    '-d --delete': rewrites,
    '-f --force': rewrites,
    ...texts('-m --message -u --local-user --sort --contains --points-at --format -n'),
    '-F --file': reads,
  }),
  stash: {
    effect: 'write',
    subcommands: {
      ...all('drop clear', acts('discards-work', 'It throws away stashed changes.', { effect: 'write' })),
      ...all('list show', viewing),
      ...all('push save pop apply create store branch', write()),
    },
    otherwise: write(),
  },
  reflog: {
    effect: 'look',
    subcommands: { ...all('expire delete', acts('rewrites-history', lost)), ...all('show exists list', look()) },
    otherwise: look(),
  },
  ...all('gc prune prune-packed repack pack-refs', {
    effect: 'write',
    options: {
      '--prune': {
        value: 'text',
        attached: true,
        act: act('rewrites-history', 'It removes commits that nothing points to.'),
      },
    },
  }),
  prune: acts('rewrites-history', 'It removes commits that nothing points to.'),
  maintenance: run(),
  bisect: {
    effect: 'write',
    subcommands: {
      run: { effect: 'run', starts: {} },
      ...all('start good bad new old skip reset log replay terms view visualize', write()),
    },
  },
  config: {
    effect: 'write',
    options: { ...texts('--blob --type --default'), '-f --file': writes },
    examine: configured,
  },
  remote: {
    effect: 'write',
    subcommands: {
      ...all('show get-url -v update prune', look()),
      ...all('add set-url rename remove rm set-head set-branches', write()),
    },
    otherwise: look(),
  },
  submodule: {
    effect: 'run',
    subcommands: {
      status: look(),
      summary: look(),
      foreach: { effect: 'run', options: { '--recursive -q --quiet': {} }, starts: { shell: true } },
      ...all('init update add sync deinit set-branch set-url absorbgitdirs', run()),
    },
    otherwise: look(),
  },
  worktree: {
    effect: 'write',
    subcommands: {
      list: look(),
      add: write(undefined, { ...texts('-b -B --reason'), '-f': {} }),
      remove: { effect: 'write', options: { '-f --force': discards } },
      ...all('prune lock unlock move repair', write()),
    },
  },
  ...all(
    'sparse-checkout update-index read-tree write-tree hash-object commit-tree commit-graph multi-pack-index checkout-index lfs flow mergetool rerere bundle',
    write(),
  ),
  lfs: {
    effect: 'write',
    subcommands: { push: acts('pushes', pushes), ...all('ls-files status env version', look()) },
  },
  ...all(
    'difftool mergetool gui citool instaweb daemon credential svn p4',
    run(undefined, { '-x --extcmd': unseen, '-t --tool': text }),
  ),
  svn: { effect: 'run', subcommands: { dcommit: acts('pushes', pushes) } },
}

/** Git: what looks, what can be taken back from the layer, and what cannot. */
export const git: Record<string, Knowledge> = {
  git: {
    effect: 'look',
    options: {
      '-c --config-env': { value: 'text' },
      '-C --git-dir --work-tree --namespace': { value: 'read' },
      '--exec-path': { value: 'unseen', attached: true },
    },
    subcommands,
    otherwise: { effect: 'run', act: act('not-understood', 'It is a Git command, or an alias, that is not known.') },
    examine: globalOptions,
  },
  ...all('hub lab', run()),
  gitk: run(),
  tig: run(),
}

/** Settings for one call may name programs. */
function globalOptions({ options }: Call, at: Examination): void {
  for (const { name, value } of options) {
    if (name === '-c' && !harmlessSetting.test(value?.text ?? ''))
      at.reason(act('unseen-code', `It gives Git a setting that may run something: ${value ? shown(value) : ''}.`))
  }
  // Where Git is told to look for its repository, that one's settings hold.
  if (options.some(({ name }) => name === '-C')) at.effect('look')
}

const harmlessSetting =
  /^(user\.(name|email)|color\.[\w.]+|core\.(quotepath|autocrlf|safecrlf|abbrev|commentchar|filemode|ignorecase|longpaths|precomposeunicode|pager=(cat|less|))|advice\.\w+|init\.defaultbranch|commit\.gpgsign|tag\.gpgsign|log\.\w+|diff\.(renames|renamelimit|algorithm|context|mnemonicprefix|noprefix|wserrorhighlight|colormoved)|merge\.conflictstyle|pull\.(rebase|ff)|rebase\.autostash|push\.default|fetch\.prune|grep\.\w+|status\.\w+|gc\.auto|protocol\.version|safe\.directory|core\.editor=(true|:|cat)|sequence\.editor=(true|:))(=|$)/i

/** Settings that stay: some name programs. */
function configured({ options, operands, has }: Call, at: Examination): void {
  const reading =
    options.some(({ name }) => /^--(get|list|show)|^-l$/.test(name)) || (operands.length === 1 && options.length === 0)
  if (reading || /^(list|get)$/.test(operands[0]?.text ?? '')) return
  const [key, value] = operands[0]?.text === 'set' ? operands.slice(1) : operands
  const setting = `${key?.text ?? ''}${value?.text === undefined || value.text === null ? '' : `=${value.text}`}`
  if (!harmlessSetting.test(setting) && !/^(branch\.|remote\.[\w./-]+\.(fetch|pushurl|tagopt))/.test(setting))
    at.reason(act('unseen-code', `It changes a setting of Git that may run something: ${key ? shown(key) : ''}.`))
  if (has('-f')) at.effect('write')
}

function checkedOut({ operands }: Call, at: Examination): void {
  const separator = at.command.words.findIndex(({ text }) => text === '--')
  const looksLikePath = operands.some(
    ({ text, glob }, i) =>
      glob !== undefined || /^(\.|:\/|\*|.*\.\w{1,5}$)/.test(text ?? '') || (i > 0 && text !== null),
  )
  const branches = at.command.words.some(({ text }) => text === '-b' || text === '-B' || text === '--orphan')
  if (separator >= 0 || (looksLikePath && !branches)) at.reason(act('discards-work', dropped))
  if (at.command.words.some(({ text }) => text === '-B')) at.reason(act('rewrites-history', lost))
}

function pushed(call: Call, at: Examination): void {
  remote(call, at)
  if (call.operands.some(({ text, lead }) => /^[+:]/.test(text ?? lead))) at.reason(act('rewrites-history', lost))
}

/** Where it goes, if the words say; an address may name a program. */
function remote({ operands }: Call, at: Examination): void {
  for (const each of operands) {
    const address = each.text ?? each.lead
    if (/^\w+::/.test(address)) at.reason(act('unseen-code', `The address runs something: ${shown(each)}.`))
    else if (isAddress(each)) at.host(each)
  }
}

function isAddress({ text, lead }: Word): boolean {
  return /^(https?|ssh|git|ftps?|git\+ssh):\/\/|^[\w.-]+@[\w.-]+:/.test(text ?? lead)
}
