import type { Call } from '../call.ts'
import type { Examination, Knowledge, Options } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { shown } from '../shell/word.ts'
import { all, code, look, orders, reads, run, runs, text, texts, unseen, write, writes } from './options.ts'
import { examineNames, examineProjectProgram, examineScriptWords } from './tasks.ts'

/** A program that runs code: a file of it, what it is given in words, or what comes in. */
function interpreter(options: Options, more: Partial<Knowledge> = {}): Knowledge {
  return {
    effect: 'run',
    options: { ...options, ...asking },
    examine: scriptOrInput,
    ...more,
  }
}

const asking: Options = { '--version -V --help': { value: 'text', attached: true } }

const node: Options = {
  '-e --eval -p --print -pe': code,
  '--test': {},
  '--watch': {},
  ...texts(
    '-C --conditions --input-type --stack-trace-limit --max-old-space-size --test-name-pattern --test-reporter --inspect-port --env-file --watch-path --title',
  ),
  '-r --require --import --loader --experimental-loader': reads,
}

/** Languages, their compilers and their tools. What they start is code in the sandbox. */
export const languages: Record<string, Knowledge> = {
  ...all('node nodejs', interpreter(node)),
  ...all(
    'tsx ts-node esno swc-node jiti vite-node babel-node',
    interpreter({ ...node, '-P --project --tsconfig': reads }),
  ),
  deno: {
    effect: 'run',
    subcommands: {
      ...all(
        'run test bench check fmt lint task install uninstall add remove cache compile bundle doc init serve jupyter upgrade',
        run(),
      ),
      task: { effect: 'run', examine: ({ operands }, at) => examineNames(operands.slice(0, 1), at) },
      eval: { effect: 'run', examine: ({ operands }, at) => at.code(operands[0]?.text ?? null) },
      ...all('info types --version', look()),
      publish: { effect: 'run', act: act('publishes', 'It publishes something for everybody.') },
      deploy: { effect: 'run', act: act('acts-elsewhere', 'It deploys to a service.') },
    },
  },
  ...all(
    'python python2 python3 python3.8 python3.9 python3.10 python3.11 python3.12 python3.13 python3.14 pypy pypy3 py',
    interpreter({ '-c': code, '-m': { value: 'text' }, ...texts('-W -X') }, { examine: python }),
  ),
  ...all('ipython bpython ptpython', run(undefined, { '-c': code, '-m': text })),
  ...all(
    'perl perl5',
    interpreter(
      {
        '-e -E': code,
        '-I': text,
        '-F -x': { value: 'text', attached: true },
        '-i': { value: 'text', attached: true, effect: 'write' },
        '-M -m': text,
      },
      { examine: perl },
    ),
  ),
  ...all(
    'ruby jruby irb',
    interpreter({
      '-e': code,
      ...texts('-I -C -E'),
      '-F -K -x': { value: 'text', attached: true },
      '-r': text,
      '-i': { value: 'text', attached: true, effect: 'write' },
    }),
  ),
  ...all(
    'php php8',
    interpreter({
      '-r -R -B -E': code,
      '-f -F': reads,
      '-c': reads,
      '-d': { value: 'text' },
      ...texts('-S -t -z'),
    }),
  ),
  ...all('lua luajit', interpreter({ '-e': code, '-l': text })),
  ...all(
    'Rscript R julia elixir iex erl escript guile racket sbcl clojure clj bb scala groovy kotlin kotlinc-jvm jshell swipl octave nu',
    interpreter({ '-e --eval -E --execute': code }),
  ),
  ...all('osascript tclsh wish expect', run(undefined, { '-e -c': unseen })),
  // Runs what its text says: Java's and Go's programs, compiled.
  ...all(
    'java',
    run(undefined, { '-jar': orders, '-cp -classpath --class-path': text, '-javaagent -agentlib -agentpath': runs }),
  ),
  ...all(
    'javac kotlinc scalac rustc gcc g++ cc c++ clang clang++ gfortran ghc ocamlc ocamlopt nim zig crystal swiftc dmd ldc2 tsc tsgo vue-tsc svelte-check',
    run(undefined, { '-o': writes, '-p --project': reads, '-outDir': writes }),
  ),
  ...all(
    'tsc tsgo vue-tsc svelte-check',
    write(undefined, {
      '-p --project -b --build': { value: 'text' },
      '--outDir --outFile --tsBuildInfoFile --declarationDir': writes,
      '--plugins': runs,
    }),
  ),
  ...all('ld ar as ranlib strip objcopy nasm', write(undefined, { '-o': writes })),
  ...all('nm objdump readelf size ldd addr2line c++filt otool', look('read')),
  go: {
    effect: 'run',
    options: { '-C': reads },
    subcommands: {
      ...all(
        'build test run vet fmt generate get install mod work tool fix clean bug telemetry',
        run(undefined, { '-exec -toolexec -vettool -overlay': unseen, '-o': writes }),
      ),
      ...all('list doc version help', look()),
      env: {
        effect: 'look',
        options: {
          '-w -u': { effect: 'write', act: act('unseen-code', 'It changes a setting of Go that may run something.') },
        },
      },
    },
    oneDash: true,
  },
  ...all(
    'gofmt goimports rustfmt black isort autopep8 yapf ruff prettier eslint biome stylelint xo standard oxlint dprint clang-format shfmt rubocop standardrb php-cs-fixer ktlint google-java-format swiftformat stylua terraform-fmt taplo',
    run(),
  ),
  ...all(
    'shellcheck hadolint yamllint markdownlint markdownlint-cli2 actionlint jsonlint codespell typos cspell',
    look('read', {
      ...texts('-s --shell -e --exclude -f --format -S --severity'),
      '-c --config --config-file': reads,
      '-w --write-changes --fix -i': { effect: 'write' },
    }),
  ),
  ...all(
    'mypy pyright flake8 pylint bandit pydocstyle pyflakes pycodestyle vulture radon interrogate deptry golangci-lint staticcheck gosec clang-tidy cppcheck phpstan psalm',
    run(),
  ),
  ...all(
    'pytest py.test nosetests tox nox coverage jest vitest mocha ava tap c8 nyc playwright cypress karma jasmine wdio rspec minitest phpunit pest cucumber behave robot bats ctest gotestsum',
    run(),
  ),
  ...all(
    'django-admin flask uvicorn gunicorn hypercorn celery streamlit jupyter alembic rails artisan symfony manage.py',
    { effect: 'run', examine: ({ name, operands }, at) => examineProjectProgram(name.text ?? '', operands, at) },
  ),
  ...all('jupyter sphinx-build mkdocs doxygen typedoc jsdoc', run()),
}

function scriptOrInput(call: Call, at: Examination): void {
  const { name, operands, options } = call
  if (options.some(({ option }) => option?.value === 'code')) return
  const [script] = operands
  if (script && script.text !== '-') {
    if (script.text === null && script.glob === undefined && script.lead === '') {
      at.effect('run')
      return
    }
    if (script.lead.startsWith('/dev/')) {
      at.reason(act('unseen-code', `${shown(name)} runs code that is only known when it runs.`))
      return
    }
    at.obeys(script)
    examineScriptWords(call, at)
    return
  }
  if (options.some(({ name: given }) => /^-(v|-version|-help|h|-test|l|m|i)$/.test(given))) return
  const { input } = at.command
  if (input.type === 'text') at.code(input.text)
  else if (input.type === 'file') at.obeys(input.path)
  else if (input.type !== 'none') at.code(null)
}

/** `python -m x` runs a module; some of them are programs of their own. */
function python(call: Call, at: Examination): void {
  const module = call.given('-m')
  if (!module) {
    scriptOrInput(call, at)
    return
  }
  if (module.text === null) {
    at.reason(act('unknown-program', 'Which module it runs is only known when it runs.'))
    return
  }
  if (programModules.has(module.text))
    at.run([
      module,
      ...(call.operands.length > 0 ? at.command.words.slice(at.command.words.indexOf(call.operands[0] as never)) : []),
    ])
}

const programModules = new Set(
  'pip pytest twine poetry hatch flit coverage mypy black ruff build tox nox pipx uv'.split(' '),
)

/** Perl's own short ways to run something: a pipe in open, `-M` with code. */
function perl(call: Call, at: Examination): void {
  for (const { name, value } of call.options) {
    if (name === '-M' && !/^-?[\w:]+(=[\w,:]+)?$/.test(value?.text ?? ''))
      at.reason(act('unseen-code', 'It gives Perl code as the name of a module.'))
  }
  scriptOrInput(call, at)
  if (call.has('-i')) for (const each of call.operands) at.writes(each)
}
