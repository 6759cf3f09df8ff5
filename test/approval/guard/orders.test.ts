import { expect, test } from 'vitest'
import { ordersOf } from '../../../daemon/approval/guard/ordersOf.ts'
import { examined, root } from './examined.ts'

test.each([
  ['ls', []],
  ['bash scripts/a.sh x', ['scripts/a.sh']],
  ['sh -x ./a.sh', ['a.sh']],
  ['./run.sh --all', ['run.sh']],
  ['bin/tool a', ['bin/tool']],
  ['source env.sh', ['env.sh']],
  ['bash < a.sh', ['a.sh']],
  ['node --test test/a.js', ['test/a.js']],
  ['python3 -u main.py in.csv', ['main.py']],
  ['cd tools && ruby a.rb', ['tools/a.rb']],
  ['npm run build', ['package.json', '.npmrc']],
  ['cd web && npm test', ['web/package.json', 'web/.npmrc']],
  ['cd web; npm test', ['web/package.json', 'package.json', 'web/.npmrc', '.npmrc']],
  ['make test', ['GNUmakefile', 'makefile', 'Makefile']],
  ['make -f build.mk', ['build.mk', 'GNUmakefile', 'makefile', 'Makefile']],
  ['env A=1 nice python3 a.py', ['a.py']],
  ["bash -c 'node a.js'", ['a.js']],
  ['find . -exec ./x {} +', ['x']],
  ['sed -f edit.sed a', ['edit.sed']],
  ['awk -f sum.awk a', ['sum.awk']],
  ['ssh host ./x', []],
])('what “%s” obeys', (line, expected) => {
  expect(ordersOf(examined(line)).map((path) => path.slice(root.length + 1))).toEqual(expected)
})
