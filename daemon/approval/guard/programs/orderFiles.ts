const node = ['package.json', '.npmrc']
const compose = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const containers = ['Dockerfile', 'Containerfile', ...compose]
const gradle = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'gradle.properties']
const python = ['pyproject.toml', 'setup.py', 'setup.cfg']
const pytest = ['conftest.py', 'pytest.ini', 'tox.ini', ...python]
const cargo = ['Cargo.toml', 'build.rs', '.cargo/config.toml']

/** Files of the folder that a program runs in, from which it takes what it runs. */
export const orderFiles: Readonly<Record<string, readonly string[]>> = {
  ...each('npm pnpm yarn yarnpkg cnpm npx pnpx bunx lerna nx turbo', node),
  bun: [...node, 'bunfig.toml'],
  deno: ['deno.json', 'deno.jsonc'],
  ...each('make gmake bmake', ['GNUmakefile', 'makefile', 'Makefile']),
  just: ['justfile', 'Justfile', '.justfile'],
  task: ['Taskfile.yml', 'Taskfile.yaml'],
  rake: ['Rakefile'],
  bundle: ['Gemfile'],
  ...each('gradle gradlew', gradle),
  ...each('mvn mvnw mvnd', ['pom.xml']),
  ant: ['build.xml'],
  sbt: ['build.sbt'],
  cmake: ['CMakeLists.txt'],
  ninja: ['build.ninja'],
  ...each('bazel bazelisk', ['MODULE.bazel', 'WORKSPACE', 'BUILD', 'BUILD.bazel', '.bazelrc']),
  ...each('cargo cross', cargo),
  go: ['go.mod'],
  mix: ['mix.exs'],
  dotnet: ['Directory.Build.props', 'Directory.Build.targets'],
  composer: ['composer.json'],
  ...each('pip pip3 uv poetry pdm hatch pipenv', python),
  ...each('pytest py.test', pytest),
  tox: ['tox.ini', ...python],
  nox: ['noxfile.py'],
  ...each('invoke fab', ['tasks.py', 'fabfile.py']),
  ...each('docker podman nerdctl buildah', containers),
  ...each('docker-compose podman-compose', compose),
  ...each('webpack', ['webpack.config.js']),
  ...each('vite vitest', ['vite.config.ts', 'vite.config.js', 'vitest.config.ts']),
  jest: ['jest.config.js', 'jest.config.ts'],
  playwright: ['playwright.config.ts'],
  eslint: ['eslint.config.js', 'eslint.config.mjs', '.eslintrc.js'],
  prettier: ['.prettierrc', 'prettier.config.js'],
  'pre-commit': ['.pre-commit-config.yaml'],
}

function each(names: string, files: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.split(' ').map((name) => [name, files]))
}
