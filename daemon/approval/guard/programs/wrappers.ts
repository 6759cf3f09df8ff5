import type { Call } from '../call.ts'
import type { Examination, Knowledge, Options } from '../knowledge.ts'
import { act } from '../reasons.ts'
import type { Word } from '../shell/word.ts'
import { shown, unknownWord } from '../shell/word.ts'
import { acts, all, reads, shell, text, texts, unseen, writes } from './options.ts'

const starts = (options: Options = {}, how: Knowledge['starts'] = {}): Knowledge => ({
  effect: 'look',
  options,
  starts: how,
})
const asRoot = 'It runs with another user’s rights.'

/** Programs that start the program that follows them, and shells. */
export const wrappers: Record<string, Knowledge> = {
  env: starts(
    { ...texts('-u --unset'), '-C --chdir': unseen, '-S --split-string': unseen, '-i --ignore-environment -0': {} },
    { assignments: true, optional: true },
  ),
  nice: starts(texts('-n --adjustment')),
  ionice: starts(texts('-c --class -n --classdata -p -P -u')),
  ...all('nohup setsid catchsegv unbuffer proxychains torsocks eatmydata fakeroot coproc', starts()),
  timeout: starts(texts('-s --signal -k --kill-after'), { skip: 1 }),
  time: starts({ ...texts('-f --format'), '-o --output': writes }),
  stdbuf: starts(texts('-i --input -o --output -e --error')),
  taskset: starts({ '-p': {}, '-c': {} }, { skip: 1 }),
  chrt: starts({}, { skip: 1 }),
  exec: starts({ '-a': text, '-c': {}, '-l': {} }, { optional: true }),
  ...all('command builtin', starts({}, { optional: true })),
  xargs: {
    effect: 'look',
    options: {
      ...texts('-n --max-args -P --max-procs -L --max-lines -d --delimiter -E -s --max-chars --process-slot-var -I'),
      '-a --arg-file': reads,
      '-i --replace': { value: 'text', attached: true },
      '-e --eof': { value: 'text', attached: true },
      '-l': { value: 'text', attached: true },
    },
    starts: { byHand: true },
    examine: examineXargs,
  },
  parallel: { effect: 'run', examine: examineParallel },
  watch: { effect: 'look', options: { ...texts('-n --interval') }, starts: { shell: true } },
  script: {
    effect: 'write',
    options: {
      '-c --command': shell,
      ...texts('-E -m --echo'),
      '-I -O -B -T --log-in --log-out --log-io --log-timing': writes,
    },
    operands: 'write',
  },
  flock: {
    effect: 'look',
    options: texts('-w --timeout -E --conflict-exit-code'),
    starts: { byHand: true },
    examine: ({ operands: [, first, line, ...rest] }, at) => {
      if (first && /^(-c|--command)$/.test(first.text ?? '')) at.shell(line?.text ?? null, line)
      else if (first) at.run([first, ...(line ? [line] : []), ...rest])
    },
  },
  ...all('strace ltrace', starts({ ...texts('-e -s -p -P -u -E -a -b -I -O -S -X -U'), '-o': writes })),
  ...all('sudo doas', {
    ...starts(
      {
        ...texts('-u --user -g --group -h --host -p --prompt -C -r -t -T -U -D --chdir -R'),
      },
      { assignments: true, optional: true },
    ),
    act: act('raises-privileges', asRoot),
  }),
  ...all(
    'su runuser',
    acts('raises-privileges', asRoot, { options: { '-c --command': shell, ...texts('-s --shell -g -G -u') } }),
  ),
  pkexec: acts('raises-privileges', asRoot, { starts: {} }),
  ...all('chroot unshare nsenter', acts('reaches-machine', 'It leaves the place that it runs in.')),
  ...all('systemd-run at batch', acts('reaches-machine', 'It starts something outside what it runs in.')),
  crontab: {
    effect: 'run',
    examine: ({ has, operands }, at) => {
      if (!has('-l') || operands.length > 0)
        at.reason(act('reaches-machine', 'It changes what the machine starts by itself.'))
    },
  },
  busybox: starts({}, { optional: true }),
  toybox: starts({}, { optional: true }),
  caffeinate: starts(texts('-t -w')),
  ...all('dotenv dotenvx op doppler infisical', starts(texts('-e -f -p -c -v --env-file'), { optional: true })),
  direnv: { effect: 'run', subcommands: { exec: { effect: 'run', starts: { skip: 1 } } } },
  'cross-env': starts({}, { assignments: true, optional: true }),
  hyperfine: {
    effect: 'run',
    options: {
      '-p --prepare -s --setup -c --cleanup': shell,
      ...texts('-w --warmup -r --runs -m --min-runs -M --max-runs -n --command-name -L --parameter-list -S --shell'),
      '--export-json --export-markdown --export-csv': writes,
    },
    examine: eachIsShell,
  },
  concurrently: {
    effect: 'run',
    options: texts('-n --names -c --prefix-colors -p --prefix -m --max-processes'),
    examine: eachIsShell,
  },
  entr: starts({}, {}),
  ...all('xvfb-run dbus-run-session', starts(texts('-s --server-args -n --server-num -e -w'))),
  ...all('sh bash zsh dash ksh ash rbash fish', { effect: 'run', examine: examineShell }),
  ...all('pwsh powershell powershell.exe pwsh.exe cmd cmd.exe', { effect: 'run', examine: examineWindowsShell }),
}

/** Its commands are shown; none of it is understood. */
function examineWindowsShell({ name }: Call, at: Examination): void {
  at.reason(act('not-understood', `It is a line for ${shown(name)}, which is not read as that would.`))
  const words = at.command.words.slice(1)
  const option = words.findIndex(({ lead }) => /^([-/](c|command)|\/k)$/i.test(lead))
  const from = option < 0 ? words.findIndex(({ dash }) => !dash) : option + 1
  if (from >= 0)
    at.windows(
      words
        .slice(from)
        .map((word) => shown(word))
        .join(' '),
    )
}

/** `sh -c text`, `sh file`, or a shell that reads its commands from somewhere. */
function examineShell({ name }: Call, at: Examination): void {
  const words = at.command.words.slice(1)
  let i = 0
  for (; i < words.length; i++) {
    const word = words[i] as Word
    if (word.text === null) break
    if (word.text === '--' || word.text === '-') {
      i++
      break
    }
    if (!/^[-+]/.test(word.text)) break
    if (/^(--init-file|--rcfile)$/.test(word.text) || /^-[a-z]*i/.test(word.text)) {
      at.reason(act('unseen-code', `${shown(name)} reads its start-up files.`))
      return
    }
    if (/^[-+][a-z]*[oO]$/.test(word.text)) i++
    else if (/^-[a-z]*c[a-z]*$/.test(word.text)) {
      const option = words.slice(i + 1).findIndex(({ text }) => !/^[-+]/.test(text ?? ''))
      const line = words[i + 1 + Math.max(0, option)]
      if (shown(name).endsWith('zsh') || shown(name).endsWith('fish'))
        at.reason(act('not-understood', `A line for ${shown(name)} is not read as it would.`))
      at.shell(line?.text ?? null, line)
      return
    }
  }
  const script = words[i]
  const reads = words.slice(0, i).some(({ text }) => /^-[a-z]*s/.test(text ?? ''))
  if (script && !reads) {
    if (script.text === null || script.text.startsWith('/dev/')) {
      at.reason(act('unseen-code', `${shown(name)} runs commands that are only known when it runs: ${shown(script)}.`))
      return
    }
    at.obeys(script)
    return
  }
  const { input } = at.command
  if (input.type === 'text') at.shell(input.text, name)
  else if (input.type === 'file' && input.path.text !== null) at.obeys(input.path)
  else if (input.type !== 'none') at.shell(null, undefined)
}

/** What comes in is added to the words, or stands for a part of them. */
function examineXargs({ operands, given, has }: Call, at: Examination): void {
  const placeholder = has('-i') ? given('-i')?.text || '{}' : given('-I')?.text
  if (has('-I') && placeholder === undefined) at.reason(act('unseen-code', 'xargs makes words of what it is given.'))
  const [name] = operands
  if (!name) return
  if (!placeholder) at.run([...operands, unknownWord(name, '', { many: true })])
  else {
    const filled = operands.map((word) => {
      const from = (word.text ?? word.lead).indexOf(placeholder)
      return from < 0 ? word : unknownWord(word, word.lead.slice(0, from), { dash: true })
    })
    at.run(filled)
  }
}

function eachIsShell({ operands }: Call, at: Examination): void {
  for (const each of operands) at.shell(each.text, each)
}

/** Its words up to the first `:::` are a line of shell, to which each argument is added. */
function examineParallel(_call: Call, at: Examination): void {
  const words = at.command.words.slice(1)
  const first = words.findIndex(({ text, lead }) => !(text ?? lead).startsWith('-'))
  const ends = words.findIndex(({ text }) => /^:{3,4}\+?$/.test(text ?? ''))
  const line = words.slice(Math.max(0, first), ends < 0 ? words.length : ends)
  const given = ends < 0 ? [] : words.slice(ends + 1)
  if (
    first < 0 ||
    first === ends ||
    words.slice(0, first).some(({ text }) => !/^(-[kutX0m]+|-j\d+|--\w[\w-]*(=.*)?)$/.test(text ?? ''))
  ) {
    at.reason(act('unseen-code', 'parallel runs commands that are only known when it runs.'))
    return
  }
  if (line.some(({ text }) => text === null) || given.length === 0)
    at.reason(act('unseen-code', 'parallel runs commands made of what it is given.'))
  const known = line.map(({ text, lead }) => text ?? lead).join(' ')
  for (const each of given.slice(0, 20)) {
    const value = each.text
    if (value === null || !/^[\w./:@%+=,-]+$/.test(value)) {
      at.reason(act('unseen-code', 'parallel runs commands made of what it is given.'))
      return
    }
    at.shell(known.includes('{}') ? known.replaceAll('{}', value) : `${known} ${value}`, line[0])
  }
}
