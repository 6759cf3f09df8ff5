import type { Knowledge } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { shown } from '../shell/word.ts'
import { acts, all, does, inPlace, look, reads, run, text, texts, write, writes } from './options.ts'

/** Reads its first operand and writes its second. */
const fromTo: Knowledge = {
  effect: 'look',
  examine: ({ operands: [input, output] }, at) => {
    if (input) at.reads(input)
    if (output) at.writes(output)
  },
}

/** The plain tools of every system, and what the shell brings of their kind. */
export const coreutils: Record<string, Knowledge> = {
  ...all(
    'echo printf true false : exit return break continue shift pwd umask ulimit type wait jobs set shopt test [ times',
    look(),
  ),
  ...all('cd pushd popd dirs read mapfile readarray getopts trap hash unset eval help bg fg disown', look()),
  ...all('source .', run()),
  ...all(
    'seq sleep yes date uname whoami id groups hostname uptime nproc arch tty logname printenv locale getconf',
    look(),
  ),
  ...all(
    'basename dirname expr factor numfmt which whereis whatis apropos cal bc dc clear tput stty ps pgrep free vmstat',
    look(),
  ),
  ...all('lscpu lsblk lsof lsmod w who last top htop', look()),
  date: look('none', {
    '-s --set': does('stops-machine', 'It sets the clock.'),
    '-d --date -f --file -r --reference': text,
  }),
  hostname: look('none', { '-F --file -b --boot': does('reaches-machine', 'It renames the machine.') }),
  mktemp: write('none', texts('-p --tmpdir --suffix -t')),
  ...all(
    'cat tac nl rev head tail wc cksum md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum sum base64 base32 od',
    look('read', {
      ...texts('-n --lines -c --bytes -s -v -w --wrap -A -j -N -t -b -i -l -d -S'),
      '--files0-from': reads,
    }),
  ),
  head: look('read', texts('-n --lines -c --bytes')),
  tail: look('read', texts('-n --lines -c --bytes -s --sleep-interval --pid --max-unchanged-stats')),
  ...all('cat tac rev', look('read')),
  wc: look('read', { '--files0-from': reads }),
  ...all(
    'stat file du df readlink realpath ls dir vdir tree exa eza lsd pathchk namei getfacl lsattr',
    look(
      'readTree',
      texts(
        '-I --ignore -w --width -T --tabsize -B -t --format -c -f --printf -L --level -P --max-depth -d --exclude --threshold --time-style --sort --block-size --relative-to --relative-base',
      ),
    ),
  ),
  tree: look('readTree', { ...texts('-L -P -I --filelimit --charset --timefmt'), '-o': writes, '-R': inPlace }),
  file: look('read', { '-m --magic-file': reads, '-f --files-from': reads, '-C --compile': inPlace, '-P -F -e': text }),
  ...all(
    'diff cmp comm colordiff sdiff diff3 wdiff delta',
    look('readTree', {
      ...texts(
        '-U --unified -C --context -x --exclude -I -F -L --label -W --width --color -n --bytes -i --ignore-initial --tabsize',
      ),
      '-o --output': writes,
      '--diff-program': { value: 'unseen' },
      '-X --exclude-from': reads,
    }),
  ),
  join: look('read', texts('-1 -2 -a -e -j -o -t -v')),
  paste: look('read', texts('-d --delimiters')),
  cut: look('read', texts('-d --delimiter -f --fields -c --characters -b --bytes --output-delimiter')),
  ...all(
    'fold fmt pr column expand unexpand tsort hexdump strings',
    look('read', texts('-w --width -s -c -t -o -l -n -e -N -C -x')),
  ),
  uniq: { ...fromTo, options: texts('-f --skip-fields -s --skip-chars -w --check-chars') },
  tr: look('none'),
  sort: look('read', {
    '-o --output': writes,
    '--compress-program': { value: 'unseen' },
    '--files0-from': reads,
    '--random-source': reads,
    ...texts('-k --key -t --field-separator -S --buffer-size -T --temporary-directory --parallel --batch-size --sort'),
  }),
  shuf: look('read', { '-o --output': writes, ...texts('-n --head-count -i --input-range'), '--random-source': reads }),
  split: write('none', texts('-l -b -n -a -d --additional-suffix -C -x')),
  csplit: write('none', texts('-f -n -b --prefix')),
  tee: write('write'),
  touch: write('write', { ...texts('-d --date -t'), '-r --reference': reads }),
  mkdir: write('write', texts('-m --mode')),
  mkfifo: write('write', texts('-m --mode')),
  rmdir: write('delete'),
  unlink: write('delete'),
  rm: {
    effect: 'write',
    options: {
      '-r -R --recursive': {},
      '-f --force': {},
      '--no-preserve-root': does('deletes-everything', 'It asks not to be kept from deleting everything.'),
      '--interactive': { value: 'text', attached: true },
    },
    examine: ({ operands, has, uncertain }, at) => {
      const tree = has('-r') || uncertain
      for (const each of operands) at.deletes(each, tree)
      if (operands.length > maxDeleted) at.reason(act('deletes-many', `It deletes ${operands.length} files.`))
    },
  },
  ...all('rimraf rimraf2 del-cli trash trash-put rmtrash', {
    effect: 'write',
    examine: ({ operands }, at) => {
      for (const each of operands) at.deletes(each, true)
    },
  }),
  shred: acts('destroys-data', 'It overwrites files so that nothing can bring them back.', {
    effect: 'write',
    operands: 'write',
  }),
  wipe: acts('destroys-data', 'It overwrites files so that nothing can bring them back.', {
    effect: 'write',
    operands: 'write',
  }),
  srm: acts('destroys-data', 'It overwrites files so that nothing can bring them back.', {
    effect: 'write',
    operands: 'write',
  }),
  truncate: acts('destroys-data', 'It cuts files off.', {
    effect: 'write',
    operands: 'write',
    options: texts('-s --size -r --reference'),
  }),
  cp: {
    effect: 'write',
    options: { '-t --target-directory': writes, '-S --suffix': text, '-r -R --recursive': {}, '-a --archive': {} },
    operands: 'copy',
  },
  install: {
    effect: 'write',
    options: {
      '-t --target-directory': writes,
      '-d --directory': {},
      '--strip-program': { value: 'unseen' },
      ...texts('-m --mode -o --owner -g --group -S'),
    },
    operands: 'copy',
  },
  mv: {
    effect: 'write',
    options: { '-t --target-directory': writes, '-S --suffix': text },
    examine: ({ operands, given }, at) => {
      const target = given('-t') ?? operands.at(-1)
      const moved = given('-t') ? operands : operands.slice(0, -1)
      const goesAway =
        target?.text !== undefined && target.text !== null && /^\/(dev|tmp|var\/tmp)(\/|$)/.test(target.text)
      for (const each of moved) {
        // What goes where nobody looks for it is gone.
        if (goesAway) at.deletes(each, true)
        else at.writes(each, true)
      }
      if (target?.text === '/dev/null')
        at.reason(act('destroys-data', `It moves ${moved.map(shown).join(' ')} to /dev/null.`))
      if (target) at.writes(target)
    },
  },
  ln: {
    effect: 'write',
    options: { '-t --target-directory': writes, '-S --suffix': text, '-s --symbolic': {} },
    operands: 'copy',
  },
  link: write('copy'),
  ...all('chmod chown chgrp chattr setfacl', {
    effect: 'write',
    options: { '-R --recursive': {}, '--reference': reads, '--from': text },
    examine: ({ operands, has }, at) => {
      for (const each of operands.slice(1)) at.writes(each, has('-R'))
    },
  }),
  dd: {
    effect: 'write',
    examine: ({ operands }, at) => {
      for (const each of operands) {
        const of = /^of=(.*)$/s.exec(each.text ?? each.lead)?.[1]
        const input = /^if=(.*)$/s.exec(each.text ?? each.lead)?.[1]
        if (input !== undefined) at.reads({ ...each, text: each.text === null ? null : input, lead: input })
        if (of === undefined) continue
        at.writes({ ...each, text: each.text === null ? null : of, lead: of })
        if (of !== '/dev/null' && !of.startsWith('/tmp/'))
          at.reason(act('destroys-data', `It overwrites ${of} from its beginning (dd).`))
      }
    },
  },
  sync: look(),
  xxd: { ...fromTo, options: { '-r': inPlace, ...texts('-c -g -l -s -o -n') } },
  ...all(
    'gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4 compress uncompress',
    write('write', { ...texts('-S --suffix -T --threads'), '-o': writes }),
  ),
  ...all('zcat bzcat xzcat zless zmore lz4cat zstdcat', look('read')),
}

/** More files named one by one than a person would look through. */
const maxDeleted = 20
