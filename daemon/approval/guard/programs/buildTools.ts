import type { Knowledge } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { all, look, orders, reads, run, runs, text, texts, unseen, write, writes } from './options.ts'
import { examineNames } from './tasks.ts'

/** A build tool whose tasks are names: some of them publish or deploy. */
function tasks(options: Knowledge['options'] = {}): Knowledge {
  return {
    effect: 'run',
    options,
    examine: ({ operands }, at) => examineNames(operands, at),
  }
}

/** Tools that build, pack and archive. */
export const buildTools: Record<string, Knowledge> = {
  ...all('make gmake bmake', {
    ...tasks(),
    options: {
      '-f --file --makefile': orders,
      '-C --directory': reads,
      '-j --jobs': { value: 'text', attached: true },
      ...texts('-W -o -I'),
      '--eval -E': unseen,
    },
  }),
  ...all(
    'rake just task ninja meson scons bazel bazelisk buck buck2 pants please gn waf invoke fab doit',
    tasks(texts('-C -f -j --file --justfile --directory')),
  ),
  ...all(
    'gradle gradlew ant',
    tasks({ '-p --project-dir -b -c': reads, '-I --init-script': unseen, '-P -D -x': text }),
  ),
  ...all('mvn mvnw mvnd', { ...tasks(texts('-f -pl -P -D -s')), oneDash: true }),
  ...all('sbt lein mill mix xcodebuild swift msbuild', tasks()),
  cmake: run(undefined, {
    ...texts('-S -B -G -A -D -T -j --build --target --config --preset --install --prefix'),
    '-E': runs,
    '-P': reads,
  }),
  ...all('configure autogen.sh bootstrap autoreconf automake autoconf libtool pkg-config pkgconf', run()),
  ...all(
    'webpack vite rollup esbuild parcel swc babel tsup unbuild turbo ng vue-cli-service next nuxt remix astro gatsby svelte-kit storybook metro expo react-native ember gulp grunt brunch snowpack rspack rsbuild tailwindcss postcss sass less-compile',
    tasks(),
  ),
  ...all(
    'protoc buf flatc thrift grpc_tools openapi-generator swagger-codegen graphql-codegen prisma drizzle-kit sqlc',
    run(),
  ),
  prisma: {
    effect: 'run',
    subcommands: {
      migrate: {
        effect: 'run',
        subcommands: {
          reset: { effect: 'run', act: act('changes-database', 'It empties a database.') },
          deploy: { effect: 'run', act: act('changes-database', 'It changes a database’s tables.') },
        },
      },
      db: {
        effect: 'run',
        subcommands: {
          push: {
            effect: 'run',
            options: {
              '--force-reset --accept-data-loss': { act: act('changes-database', 'It may empty a database.') },
            },
          },
        },
      },
    },
  },
  ...all(
    'depcheck knip madge ncu npm-check-updates tsd size-limit publint attw syncpack sort-package-json husky lint-staged commitlint cz',
    run(),
  ),
  tar: {
    effect: 'write',
    options: {
      '-f --file': text,
      '-C --directory': text,
      '-c --create': {},
      '-t --list': {},
      '-r --append': {},
      '-u --update': {},
      '--to-command --checkpoint-action --use-compress-program -I --info-script --new-volume-script -F --rsh-command --rmt-command':
        unseen,
      '--remove-files': { act: act('deletes-tree', 'It deletes what it packs.') },
      ...texts(
        '--exclude --strip-components --transform --xform -T -X -b -H --format --owner --group --mode --mtime --wildcards --checkpoint -L -N -g -K',
      ),
    },
    examine: ({ operands, given, has }, at) => {
      const bundled = at.command.words[1]?.text
      const old = bundled !== undefined && bundled !== null && /^[a-zA-Z]+$/.test(bundled) ? bundled : ''
      if (/[IF]/.test(old)) at.reason(act('unseen-code', 'tar is told a program to run.'))
      const rest = old ? operands.slice(1) : operands
      const file = old.includes('f') ? rest[0] : given('-f')
      const creates = has('-c') || has('-r') || has('-u') || old.startsWith('c')
      const folder = given('-C')
      const lists = has('-t') || old.startsWith('t')
      if (/^[\w.-]+@?[\w.-]*:/.test(file?.text ?? ''))
        at.reason(act('acts-elsewhere', 'It reads or writes an archive on another computer.'))
      if (file && creates) at.writes(file)
      else if (file) at.reads(file)
      // Where it begins in another folder, these names are of that.
      const packed = rest.filter((each) => each !== file)
      if (creates) for (const each of folder ? [folder] : packed) at.reads(each, true)
      if (folder && !creates && !lists) at.writes(folder, true)
    },
  },
  zip: {
    effect: 'write',
    options: {
      '-TT --unzip-command': unseen,
      '-m --move': { act: act('deletes-tree', 'It deletes what it packs.') },
      ...texts('-x -i -P -t -tt -b -n -s'),
    },
    examine: ({ operands: [file, ...packed] }, at) => {
      if (file) at.writes(file)
      for (const each of packed) at.reads(each, true)
    },
  },
  unzip: {
    effect: 'write',
    options: { '-d': writes, ...texts('-P -x') },
    examine: ({ operands }, at) => {
      if (operands[0]) at.reads(operands[0])
    },
  },
  ...all('7z 7za 7zz unrar rar unar bsdtar cpio ar pax', write()),
  zipinfo: look('read'),
  ...all(
    'ffmpeg convert magick mogrify identify sips inkscape svgo cwebp optipng jpegoptim gs wkhtmltopdf pdftotext exiftool qpdf dot gnuplot',
    run(),
  ),
}
