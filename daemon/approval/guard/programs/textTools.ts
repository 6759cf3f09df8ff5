import type { Call } from '../call.ts'
import type { Examination, Knowledge } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { all, inPlace, look, orders, reads, run, text, texts, unseen, write, writes } from './options.ts'

const grep: Knowledge = {
  effect: 'look',
  options: {
    '-e --regexp': text,
    '-f --file': reads,
    ...texts(
      '-A --after-context -B --before-context -C --context -m --max-count --include --exclude --exclude-dir --label -d --directories -D --devices',
    ),
    '--exclude-from': reads,
    '--color --colour': { value: 'text', attached: true },
  },
  examine: patternThenPaths,
}

/** Tools that look for text, change it, or show it. */
export const textTools: Record<string, Knowledge> = {
  ...all('grep egrep fgrep zgrep bzgrep xzgrep pcregrep', grep),
  ...all('rg ripgrep', {
    ...grep,
    options: {
      ...grep.options,
      ...texts(
        '-g --glob --iglob -t --type -T --type-not -M --max-columns -j --threads -r --replace -d --max-depth --sort --sortr -E --encoding --max-filesize --type-add --type-clear --engine --colors --context-separator',
      ),
      '--pre': unseen,
      '--hostname-bin': unseen,
      '--ignore-file': reads,
    },
  }),
  ...all('ag ack', {
    ...grep,
    options: { ...grep.options, '--pager': unseen, ...texts('-G --ignore --ignore-dir -g --type --depth') },
  }),
  sed: {
    effect: 'look',
    options: {
      '-e --expression': text,
      '-f --file': orders,
      '-i --in-place': { value: 'text', attached: true, effect: 'write' },
      '-l --line-length': text,
    },
    examine: (call, at) => {
      const { options, operands, has } = call
      const given = options.filter(({ name }) => name === '-e').map(({ value }) => value)
      const scripts = given.length > 0 || has('-f') ? given : operands.slice(0, 1)
      const files = given.length > 0 || has('-f') ? operands : operands.slice(1)
      for (const script of scripts) {
        if (!script || script.text === null) at.effect('run')
        else sedScript(script.text, at)
      }
      if (has('-f')) at.effect('run')
      for (const file of files) {
        if (has('-i')) at.writes(file)
        else at.reads(file)
      }
    },
  },
  ...all('awk gawk mawk nawk original-awk', {
    effect: 'look',
    options: {
      '-F --field-separator': text,
      '-v --assign': text,
      '-f --file -E --exec': { ...orders, effect: 'run' },
      '-i --include -l --load': { value: 'unseen' },
      '-o --pretty-print -d --dump-variables -p --profile': { value: 'write', attached: true },
      '-e --source': text,
    },
    examine: ({ operands, options, has }, at) => {
      const given = options.filter(({ name }) => name === '-e').map(({ value }) => value)
      const scripts = given.length > 0 ? given : has('-f') ? [] : operands.slice(0, 1)
      for (const script of scripts) {
        if (!script || script.text === null)
          at.reason(act('unseen-code', 'awk runs a script that is only known when it runs.'))
        else if (awkReaches.test(script.text.replace(awkQuoted, '""')))
          at.reason(act('unseen-code', 'Its awk script starts programs, or reads or writes files by names of its own.'))
      }
      const files = given.length > 0 || has('-f') ? operands : operands.slice(1)
      for (const file of files) if (!/^\w+=/.test(file.lead)) at.reads(file)
    },
  }),
  perl: run(),
  jq: look('pattern', {
    ...texts('--indent --tab'),
    '--arg --argjson': text,
    '-f --from-file --rawfile --slurpfile': reads,
    '-L': reads,
  }),
  yq: look('pattern', {
    '-i --inplace': inPlace,
    ...texts('-o --output-format -p --input-format -I --indent'),
    '-s --split-exp': inPlace,
    '--from-file': reads,
  }),
  ...all(
    'less more most bat batcat pg',
    look('read', {
      '-o -O --log-file': writes,
      '+': {},
      '--pager': unseen,
      '-k --lesskey-file': unseen,
      ...texts(
        '-p --pattern -l --language -r --line-range --style --theme --color --paging -H -m -t --wrap --terminal-width -j -x -y -z -P',
      ),
    }),
  ),
  less: {
    effect: 'look',
    operands: 'read',
    options: {
      '-o -O --log-file': writes,
      '-k --lesskey-file --lesskey-src': unseen,
      ...texts('-p --pattern -j -x -y -z -P -b -h -t -T'),
    },
    examine: ({ operands, options }, at) => {
      if (operands.some(({ lead }) => lead.startsWith('+')) || options.some(({ name }) => name.startsWith('+'))) {
        at.reason(act('unseen-code', 'less is told commands of its own.'))
      }
    },
  },
  man: look(undefined, {
    '-P --pager -H --html -X': unseen,
    ...texts('-S -s -M -L -m -r -E -C'),
  }),
  ...all(
    'xmllint tidy',
    look('read', { '--output -o': writes, '-m -modify': inPlace, ...texts('--xpath --schema --encode') }),
  ),
  ...all('vim vi nvim view ex ed emacs nano pico micro', {
    ...run('write', { '-c --cmd -S -u --eval -f --load -s -es -Es': unseen }),
    examine: ({ operands }, at) => {
      if (operands.some(({ lead }) => /^\+[^\d/]/.test(lead)))
        at.reason(act('unseen-code', 'An editor is told commands of its own.'))
    },
  }),
  patch: write('write', {
    '-i --input': reads,
    '-o --output': writes,
    '-d --directory': writes,
    ...texts('-p --strip -F --fuzz -D -r -V -z'),
  }),
  ...all('dos2unix unix2dos', write('write')),
  envsubst: look('none'),
  iconv: look('read', { ...texts('-f --from-code -t --to-code'), '-o --output': writes }),
  ...all(
    'cloc tokei scc wdiff hyperfine-report',
    look('read', {
      ...texts(
        '--exclude-dir --include-lang --exclude-lang --not-match-f --match-f -e --exclude -t --type -s --sort --by',
      ),
      '--out --report-file': writes,
    }),
  ),
  pandoc: write('read', {
    '-o --output': writes,
    ...texts('-f --from -t --to -V -M --metadata'),
    '-F --filter -L --lua-filter --pdf-engine': unseen,
  }),
}

function patternThenPaths({ operands, has }: Call, at: Examination): void {
  const paths = has('-e', '-f', '--files') ? operands : operands.slice(1)
  for (const path of paths) at.reads(path, true)
}

/** In awk: a pipe, a redirection, a call that runs something. Quoted text does neither. */
const awkReaches = /\b(system|getline|close|fflush)\b|\|&?|(print|printf)\b[^;}\n]*>|@(load|include)|@\s*\w+\s*\(/
const awkQuoted = /"(?:\\.|[^"\\])*"/g

/**
 * A sed script whose commands are known only to look and to change the text; others write files (`w`), run commands (`e`)
 * or read files (`r`).
 */
function sedScript(script: string, at: Examination): void {
  let rest = script
  while (rest !== '') {
    const found = sedParts.map((part) => part.exec(rest)?.[0]).find((each) => each !== undefined && each !== '')
    if (found === undefined) {
      at.reason(act('unseen-code', 'Its sed script holds commands that may run something or write a file.'))
      return
    }
    rest = rest.slice(found.length)
  }
}

const address = String.raw`(?:\d+(?:~\d+)?|\$|\/(?:\\.|[^\/\\\n])*\/[IM]*|\+\d+|~\d+)`
const sedParts = [
  /^[\s;{}]+/,
  new RegExp(String.raw`^${address}(?:\s*,\s*${address})?\s*!?\s*`),
  // s and y with any delimiter; the flags e, m, w are not among those let through.
  /^s([^\w\s\\])(?:\\[\s\S]|(?!\1)[^\\])*\1(?:\\[\s\S]|(?!\1)[^\\])*\1[gpIi\d]*(?=\s*(?:[;}\n#]|$))/,
  /^y([^\w\s\\])(?:\\[\s\S]|(?!\1)[^\\])*\1(?:\\[\s\S]|(?!\1)[^\\])*\1(?=\s*(?:[;}\n#]|$))/,
  /^[dDgGhHlnNpPxz=](?=\s*(?:[;}\n#]|$))/,
  /^[qQ]\s*\d*(?=\s*(?:[;}\n]|$))/,
  /^[aic](?:\\\n|\\|\s)[^\n]*(?:\\\n[^\n]*)*/,
  /^[bt:]\s*[\w-]*(?=\s*(?:[;}\n]|$))/,
  /^#(?!n\n)[^\n]*/,
] as const
