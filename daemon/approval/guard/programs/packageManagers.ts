import type { Knowledge, Options } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { literalWord } from '../shell/word.ts'
import { acts, all, code, look, reads, run, shell, texts, unseen, write } from './options.ts'
import { examineNames } from './tasks.ts'

const publishes = 'It publishes something for everybody.'
const publish = acts('publishes', publishes)
const account = acts('acts-elsewhere', 'It changes an account or a package of a registry.')

const nodeOptions: Options = {
  ...texts(
    '--prefix -w --workspace --workspaces-update --loglevel --registry -C --dir --filter -F --cwd --tag --otp --access --cache --userconfig',
  ),
  '--script-shell --node-options --scripts-prepend-node-path --git --shell --init-module': unseen,
}

const npmLook =
  'ls list la ll view info show v outdated explain why root bin prefix help ping search find docs home bugs repo fund query whoami -v --version'
const npmRun =
  'install i add ci in isntall run run-script test t tst start stop restart update up upgrade uninstall remove rm un r unlink link ln rebuild rb dedupe ddp prune audit pack init create cache config c set get doctor shrinkwrap approve-scripts version pkg import install-test it install-ci-test cit exec-script sbom diff completion edit'

const starts = (more: Partial<Knowledge> = {}): Knowledge => ({
  effect: 'run',
  options: {
    ...texts('-p --package -w --workspace --prefix --cache --registry'),
    '-c --call --shell-mode': shell,
  },
  starts: { optional: true },
  ...more,
})

/** A script of the project, by its name. */
const script: Knowledge = {
  effect: 'run',
  options: nodeOptions,
  examine: ({ operands }, at) => examineNames(operands.slice(0, 1), at),
}

const npm: Knowledge = {
  effect: 'run',
  options: nodeOptions,
  subcommands: {
    ...all(npmRun, run(undefined, nodeOptions)),
    ...all('run run-script rum urn', script),
    ...all(npmLook, look(undefined, nodeOptions)),
    ...all('exec x', starts()),
    ...all('publish unpublish deprecate undeprecate dist-tag dist-tags', publish),
    ...all('owner author access team org token login adduser logout profile hook stage star unstar trust', account),
    config: {
      effect: 'run',
      subcommands: {
        ...all('list ls get', look()),
        ...all('set delete rm edit fix', {
          effect: 'run',
          examine: ({ operands }, at) => {
            if (
              operands.some((each) =>
                /script.?shell|node.?options|registry|prefix|^git|shell|userconfig|globalconfig|_auth/i.test(
                  each.text ?? 'shell',
                ),
              )
            )
              at.reason(act('unseen-code', 'It changes a setting of npm that may run something or say from where.'))
          },
        }),
      },
      otherwise: look(),
    },
    version: write(),
  },
}

/** A word that is none of its own commands is a program of a package, or a script of the project. */
const binary: Knowledge = {
  effect: 'run',
  examine: ({ name }, at) => {
    examineNames([name], at)
    at.run(at.command.words.slice(at.command.words.indexOf(name)))
  },
}

const yarn: Knowledge = {
  ...npm,
  otherwise: binary,
  subcommands: {
    ...npm.subcommands,
    ...all('dlx exec node', starts()),
    workspace: {
      effect: 'run',
      examine: ({ operands }, at) =>
        at.run([literalWord('yarn', operands[0] ?? { start: 0, end: 0 }), ...operands.slice(1)]),
    },
    ...all('npm', {
      effect: 'run',
      subcommands: {
        ...all('publish tag', publish),
        ...all('login logout', account),
        ...all('info whoami audit', look()),
      },
    }),
    ...all(
      'install add remove upgrade up run test build start dev lint workspaces set plugin dedupe why licenses cache global create init link unlink',
      run(undefined, nodeOptions),
    ),
    ...all('why list info', look()),
    run: script,
  },
}

const pip: Knowledge = {
  effect: 'run',
  subcommands: {
    ...all(
      'install download wheel uninstall sync compile cache config lock',
      run(undefined, {
        '-r --requirement -c --constraint -e --editable': reads,
        ...texts('-t --target -i --index-url --extra-index-url -f --find-links --prefix --root --log'),
      }),
    ),
    ...all('list show freeze check search index inspect debug help --version -V tree', look()),
  },
}

const cargo: Knowledge = {
  effect: 'run',
  options: { ...texts('-Z --color'), '--config': unseen, '-C': reads },
  subcommands: {
    ...all(
      'build b check c test t run r bench doc d clippy fmt fix clean update add remove rm new init install uninstall fetch generate-lockfile vendor package nextest watch expand llvm-cov tarpaulin deny audit udeps machete miri insta sqlx leptos tauri wasm-pack lambda rustc rustdoc',
      run(undefined, { '--config': unseen, '--manifest-path': reads }),
    ),
    ...all(
      'tree metadata search info pkgid locate-project read-manifest verify-project version help --version -V --list outdated bloat',
      look(undefined, { '--config': unseen }),
    ),
    ...all('publish yank', publish),
    ...all('owner login logout', account),
    release: publish,
  },
}

const publisher = (names: string, known: Knowledge, more: Record<string, Knowledge> = {}): Knowledge => ({
  effect: 'run',
  subcommands: { ...all(names, known), ...more },
})

/** Programs that fetch, install and publish packages. Scripts of packages run in the sandbox as any code does. */
export const packageManagers: Record<string, Knowledge> = {
  npm,
  cnpm: npm,
  pnpm: {
    ...yarn,
    subcommands: {
      ...yarn.subcommands,
      ...all('dlx', starts()),
      ...all(
        'deploy fetch patch patch-commit store env setup self-update import rebuild approve-builds recursive m multi -r',
        run(),
      ),
    },
  },
  yarn,
  yarnpkg: yarn,
  bun: {
    effect: 'run',
    otherwise: binary,
    options: { ...nodeOptions, '-e --eval -p --print': code },
    subcommands: {
      ...all(
        'install i add remove rm update link unlink run test build create init upgrade pm patch outdated why',
        run(undefined, nodeOptions),
      ),
      ...all('x', starts()),
      run: script,
      publish,
    },
  },
  ...all('npx bunx pnpx', starts({ effect: 'run' })),
  lerna: publisher('publish', publish),
  ...all('semantic-release np release-it standard-version', {
    effect: 'run',
    examine: ({ name, options }, at) => {
      const dry = options.some(({ name }) => name === '--dry-run' || name === '-d')
      if (!dry && name.text !== 'standard-version') at.reason(act('publishes', publishes))
    },
  }),
  changeset: publisher('publish', publish),
  nx: publisher('release', publish),
  vsce: publisher('publish unpublish', publish, all('login logout create-publisher delete-publisher', account)),
  ovsx: publisher('publish', publish),
  ...all('pip pip3 pip2', pip),
  pipx: {
    effect: 'run',
    subcommands: { run: starts(), ...all('list --version', look()), ...all('install uninstall upgrade inject', run()) },
  },
  uv: {
    effect: 'run',
    options: texts('--directory --project --cache-dir -p --python'),
    subcommands: {
      pip,
      run: starts({
        options: {
          ...texts('-p --python --with --extra --group --env-file --package --directory'),
          '-m --module': unseenModule(),
          '--with-editable --with-requirements': reads,
        },
        starts: { optional: true },
      }),
      ...all('sync add remove lock venv init build python cache self export', run()),
      tool: { effect: 'run', subcommands: { run: starts(), ...all('install uninstall upgrade', run()), list: look() } },
      ...all('tree version --version help', look()),
      publish,
    },
  },
  uvx: starts({ options: { ...texts('--from --with -p --python'), '-q': {} } }),
  poetry: {
    effect: 'run',
    subcommands: {
      run: starts({ options: {} }),
      ...all('install add remove update lock build init new shell config env cache self sync', run()),
      ...all('show check about search version --version', look()),
      publish,
    },
  },
  pdm: {
    effect: 'run',
    subcommands: {
      run: starts({ options: {} }),
      ...all('install add remove update lock build init sync venv', run()),
      ...all('list show info', look()),
      publish,
    },
  },
  hatch: { effect: 'run', subcommands: { run: run(), ...all('build test fmt env shell version new', run()), publish } },
  flit: publisher('publish', publish),
  pipenv: {
    effect: 'run',
    subcommands: { run: starts({ options: {} }), ...all('install uninstall lock sync update graph check', run()) },
  },
  twine: publisher('upload register', publish, all('check', look('read'))),
  ...all('conda mamba micromamba', {
    effect: 'run',
    subcommands: {
      run: starts({ options: texts('-n --name -p --prefix') }),
      ...all('install create update remove env activate deactivate config clean init', run()),
      ...all('list info search --version', look()),
    },
  }),
  cargo,
  cross: cargo,
  gem: publisher('push yank', publish, {
    ...all('owner signin signout', account),
    ...all('list search info env contents which', look()),
    ...all('install uninstall update build', run()),
  }),
  bundle: {
    effect: 'run',
    subcommands: {
      exec: starts({ options: {} }),
      ...all('install update add remove config lock init clean', run()),
      ...all('list show info outdated check', look()),
      release: publish,
    },
  },
  ...all('composer', {
    effect: 'run',
    options: texts('-d --working-dir'),
    subcommands: {
      ...all('show info outdated validate licenses why depends diagnose', look()),
      ...all('install update require remove run run-script dump-autoload create-project test global', run()),
      exec: starts({ options: {} }),
    },
  }),
  dotnet: {
    effect: 'run',
    subcommands: {
      ...all('build test run restore publish clean format new add remove list sln tool watch pack ef msbuild', run()),
      nuget: publisher('push delete', publish),
      ...all('--version --info --list-sdks', look()),
    },
  },
  nuget: publisher('push delete', publish),
  ...all('mix', publisher('hex.publish', publish)),
  rebar3: publisher('hex', publish),
  ...all('cabal stack', publisher('upload', publish)),
  dart: {
    effect: 'run',
    subcommands: {
      pub: publisher('publish lish', publish),
      ...all('run test analyze format compile fix create', run()),
    },
  },
  flutter: { effect: 'run', subcommands: { pub: publisher('publish', publish) } },
  pod: publisher('trunk', publish),
  ...all('apt apt-get aptitude dnf yum zypper apk pacman brew port snap flatpak dpkg rpm choco winget scoop nix-env', {
    effect: 'run',
  }),
  ...all('apt-cache dpkg-query', look()),
  nix: run(),
  'nix-shell': { effect: 'run', options: { '--run --command': shell, ...texts('-p --packages -A -I') } },
  ...all('corepack nvm fnm volta asdf mise pyenv rbenv rustup sdk n', run()),
}

function unseenModule() {
  return { value: 'text', effect: 'run' } as const
}
