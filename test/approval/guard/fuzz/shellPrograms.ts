/** Numbers that look random and are the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Programs that harm nothing, and start no others by themselves. */
const programs = [
  'ls',
  'cat',
  'head',
  'tail',
  'wc',
  'sort',
  'date',
  'uname',
  'id',
  'basename',
  'tr',
  'cut',
  'seq',
  'uniq',
  'nl',
  'tee',
  'stat',
  'readlink',
  'dirname',
  'rev',
  'od',
  'nproc',
  'whoami',
  'printenv',
  'expr',
  'touch',
  'mkdir',
  'rm',
  'cp',
  'true',
  'echo',
  'sed',
  'grep',
  'md5sum',
  'fold',
  'paste',
]
const texts = [
  'a',
  'b.txt',
  'x y',
  '-n',
  '--',
  '*',
  '$X',
  'c/d',
  '1',
  "it's",
  'a;b',
  'rm',
  '|',
  '{a,b}',
  '~',
  '#c',
  '$(id)',
  '&',
  'é',
  '',
  '!',
  'A=1',
  '\\',
  '-',
]

/** A random shell line over harmless programs, in whatever spellings bash takes. */
export function shellProgram(seed: number): string {
  const next = random(seed)
  const chance = (share: number) => next() < share
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T
  const times = <T>(most: number, make: () => T) => Array.from({ length: Math.floor(next() * (most + 1)) }, make)
  let budget = 1 + Math.floor(next() * 10)

  const single = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  const double = (text: string) => `"${text.replace(/["\\$`]/g, '\\$&')}"`
  const escaped = (text: string) => text.replace(/[^\w./-]/gu, '\\$&') || "''"
  const ansi = (text: string) =>
    `$'${[...text].map((c) => (chance(0.3) && c < '\x80' ? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}` : c.replace(/['\\]/, '\\$&'))).join('')}'`
  const literal = (text: string) => pick([single, double, escaped, ansi])(text)

  /** The same word in another spelling. */
  function spelled(name: string): string {
    const at = Math.floor(next() * name.length)
    return pick([
      () => name,
      () => name,
      () => name,
      () => name,
      () => `${name.slice(0, at)}''${name.slice(at)}`,
      () => `${name.slice(0, at)}\\${name.slice(at)}`,
      () => `"${name.slice(0, at)}"${name.slice(at)}`,
      () => `/bin/${name}`,
      () => ansi(name),
      () => `${name.slice(0, at)}\\\n${name.slice(at)}`,
      () => `${name.slice(0, at)}$EMPTY${name.slice(at)}`,
      () => `{${name},${pick(programs)}}`,
      () => '$P',
      () => `$(${'echo '}${name})`,
      () => `"$(printf %s ${name})"`,
    ])()
  }

  function word(): string {
    return pick([
      () => literal(pick(texts)),
      () => literal(pick(texts)),
      () => pick(programs),
      () => '$X',
      () => '"$X"',
      () => `"\${X:-a}"`,
      () => `$(${line()})`,
      () => `"$(${line()})"`,
      () => `\`${simple().replace(/[`\\$]/g, '\\$&')}\``,
      () => `<(${line()})`,
      () => '$((1 + 2))',
      () => '{1..3}',
      () => `${literal(pick(texts))}${literal(pick(texts))}`,
      () => `"a $(${line()}) b"`,
      () => `\${X:-$(${line()})}`,
      () => `"\${X/a/$(${line()})}"`,
    ])()
  }

  function redirect(): string {
    return pick([
      '>/dev/null',
      '2>&1',
      '> out',
      '>>out',
      '2>/dev/null',
      '< in',
      '>|out',
      '&>/dev/null',
      `<<<${word()}`,
      '2>&-',
      '<&-',
      '> "o p"',
      `3<in`,
    ])
  }

  function simple(): string {
    budget--
    const parts = [spelled(pick(programs)), ...times(3, word)]
    if (chance(0.2)) parts.splice(Math.floor(next() * (parts.length + 1)), 0, redirect())
    if (chance(0.1))
      parts.unshift(`${pick(['X', 'Y', 'LC_ALL'])}=${pick(['a', "'b c'", `$(${budget > 0 ? line() : 'id'})`, ''])}`)
    return parts.join(pick([' ', ' ', ' ', '  ', '\t', ' \\\n']))
  }

  function wrapped(): string {
    budget--
    const inner = () => (budget > 0 && chance(0.3) ? wrapped() : simple())
    return pick([
      () => `env ${inner()}`,
      () => `env A=1 B=2 ${inner()}`,
      () => `nice -n 5 ${inner()}`,
      () => `timeout 2 ${inner()}`,
      () => `timeout -k 1 2 ${inner()}`,
      () => `nohup ${inner()}`,
      () => `setsid ${inner()}`,
      () => `stdbuf -oL ${inner()}`,
      () => `command ${inner()}`,
      () => `exec ${inner()}`,
      () => `time ${inner()}`,
      () => `time -p ${inner()}`,
      () => `! ${inner()}`,
      () => `coproc ${inner()}`,
      () => `xargs ${inner()} < /dev/null`,
      () => `echo a | xargs -n1 ${inner()}`,
      () => `echo a | xargs -I% ${inner()}`,
      () => `echo ${pick(programs)} | xargs -I% ${pick(['%', 'env %', 'sh -c %'])}`,
      () => `find . -maxdepth 0 -exec ${inner()} \\;`,
      () => `find . -maxdepth 0 -exec ${spelled(pick(programs))} {} +`,
      () => `eval ${literal(line())}`,
      () => `eval ${inner()}`,
      () => `sh -c ${literal(line())}`,
      () => `bash -c ${literal(line())} a b`,
      () => `bash -ec ${literal(line())}`,
      () => `bash <<< ${literal(line())}`,
      () => `sh <<'E'\n${line()}\nE`,
      () => `sh <<E\n${line()}\nE`,
      () => `cat <<E\n$(${line()})\nE`,
      () => `cat <<-E\n\t\`${simple().replace(/[`\\$]/g, '\\$&')}\`\nE`,
      () => `cat <<E | ${inner()}\na $X\nE`,
      () => `cat <<'E' && ${inner()}\n$(rm)\nE`,
      () => `trap ${literal(line())} EXIT`,
      () => `flock /tmp/l ${inner()}`,
      () => `echo ${literal(pick(programs))} | sh`,
      () => `alias ls=date; ls`,
      () => `[[ -n "$(${line()})" ]]`,
      () => `[ -z "$(${line()})" ]`,
      () => `test x = $(${line()})`,
      () => `((X = 1 + 2))`,
      () => `a=([$(${line()})]=1)`,
      () => `a=(1 $(${line()}))`,
      () => `export Q=$(${line()})`,
      () => `P=${pick(programs)}; $P`,
      () => `P=${pick(programs)} Q=1; "$P" a`,
      () => `printf -v P %s ${pick(programs)}; $P`,
      () => `read P <<< ${pick(programs)}; $P`,
    ])()
  }

  function compound(): string {
    budget--
    const body = () => line()
    return pick([
      () => `if ${body()}; then ${body()}; fi`,
      () => `if ${body()}; then ${body()}; else ${body()}; fi`,
      () => `if ${body()}\nthen ${body()}\nelif ${body()}; then ${body()}\nfi`,
      () => `for f in a b; do ${body()}; done`,
      () => `for f in ${word()} ${word()}; do ${body()}; done`,
      () => `for P in ${pick(programs)} ${pick(programs)}; do $P; done`,
      () => `for ((i=0;i<2;i++)); do ${body()}; done`,
      () => `while ${body()}; do ${body()}; break; done`,
      () => `until ${body()}; do ${body()}; break; done`,
      () => `case ${word()} in a) ${body()};; *) ${body()};; esac`,
      () => `case x in (x) ${body()};& y) ${body()};; esac`,
      () => `{ ${body()}; }`,
      () => `(${body()})`,
      () => `( ${body()} ) > out 2>&1`,
      () => `{ ${body()}; } | ${body()}`,
      () => `f() { ${body()}; }; f a`,
      () => `function g { ${body()}; }\ng`,
      () => `f() (${body()}); f`,
      () => `{ ls() { date; }; ls; }`,
      () => `select s in a; do ${body()}; break; done < /dev/null`,
      () => `time { ${body()}; }`,
      () => `! ( ${body()} )`,
      () => `coproc { ${body()}; }`,
    ])()
  }

  function line(): string {
    if (budget <= 0) return pick(programs)
    const one = () => (chance(0.5) ? simple() : chance(0.6) ? wrapped() : compound())
    const parts = [one(), ...times(2, one)]
    return parts.reduce((before, part) => {
      // A here-document ends its line.
      const joint = /\n-?E$/.test(before)
        ? '\n'
        : pick(['; ', ' && ', ' || ', ' | ', '\n', ' & ', ' |& ', ';', '&&', ' # c\n'])
      return `${before}${joint}${part}`
    })
  }

  /** Marks and names thrown together: mostly no line at all, else one that nobody would write. */
  function soup(): string {
    const marks = [
      ';',
      '&&',
      '|',
      '||',
      '&',
      '(',
      ')',
      '{',
      '}',
      '$(',
      ')',
      '`',
      '"',
      "'",
      '<',
      '>',
      '<<<',
      '\n',
      ' ',
      ' ',
      ' ',
      ' ',
      '\\',
      '$',
      '#',
      '!',
      '=',
      'X=',
      '$X',
      '-',
      'then',
      'fi',
      'if',
      'do',
      'done',
      'for',
      'in',
      '[[',
      ']]',
      '*',
      '~',
      '{a,b}',
      '<<E\n',
      '\nE\n',
      '2>',
      '>&',
      '<(',
      '((',
      '))',
      'time',
      'coproc',
      'function',
      'f()',
      'case',
      'esac',
      ';;',
      '\t',
      '[',
      ']',
      '${',
      '}',
      '@',
      '%',
      '^',
      ',',
      ':',
      '!',
      'eval ',
      'exec ',
    ]
    return Array.from({ length: 2 + Math.floor(next() * 10) }, () =>
      chance(0.45) ? ` ${pick(programs)} ` : pick(marks),
    ).join('')
  }

  return chance(0.3) ? soup() : line()
}
