import { describe, expect, test } from 'vitest'
import { examined, summary } from './examined.ts'

function check(command: string, expected: string) {
  expect(summary(examined(command))).toBe(expected)
}

describe('what a line does', () => {
  test.each([
    ['ls -la', 'ls:look'],
    ['git status && npm test | tail -n 5', 'git:look, npm:run, tail:look'],
    ['echo a > b.txt', 'echo:look, write b.txt'],
    ['sort < in >> out 2>&1', 'sort:look, read in, write out'],
    ['make > /dev/null 2>/dev/null', 'make:run'],
    ['cat a.txt 2>err.txt | wc -l', 'cat:look, wc:look, write err.txt, read a.txt'],
    ['(cd web && npm ci); ls', 'cd:look, npm:run, ls:look'],
    ['for f in a b; do cat "$f"; done', 'cat:look, unknown-path'],
    ['if [ -f a ]; then cat a; else touch a; fi', 'cat:look, touch:write, read a, write a'],
    ['case $x in a|b) ls;; *) pwd;; esac', 'ls:look, pwd:look'],
    ['while read -r l; do echo "$l"; done < list.txt', 'read:look, echo:look, read list.txt'],
    ['echo "$(git rev-parse HEAD)" `date`', 'git:look, date:look, echo:look'],
    ['diff <(ls a) <(ls b)', 'ls:look, ls:look, diff:look, read* a, read* b'],
    ['mkdir -p src/{a,b}', 'mkdir:write, write src/a, write src/b'],
    ["cat <<'EOF' > a.txt\n$(rm -rf /)\nEOF", 'cat:look, write a.txt'],
    ['cat <<EOF\n$(id)\nEOF', 'id:look, cat:look'],
    ['ls # a comment', 'ls:look'],
    ['ls \\\n  -l', 'ls:look'],
    ['f() { ls; }; f', 'ls:look, f:run'],
    ['npm test &', 'npm:run'],
    ['! grep -q x a', 'grep:look, read* a'],
  ])('%s', check)
})

describe('spellings that bash takes for the same are the same', () => {
  const plain = summary(examined('rm -rf src'))
  test.each([
    ...[
      "r''m -rf src",
      'r"m" -rf src',
      '\\rm -rf src',
      'r\\m -rf src',
      "$'\\x72m' -rf src",
      "$'\\162\\155' -rf src",
      'rm\t-rf   src',
    ],
    ...[
      'rm \\\n-rf \\\nsrc',
      'rm -r -f src',
      'rm --recursive --force src',
      'rm --rec -f src',
      'rm src -rf',
      'rm -rf -- src',
    ],
    ...[
      'rm -rf ./src',
      'rm -rf src/',
      'rm -rf lib/../src',
      '/bin/rm -rf src',
      'rm -rf "$PWD/src"',
      "rm -rf 's'rc",
      'rm -Rf src',
    ],
  ])('%s', (line) => expect(summary(examined(line))).toBe(plain))
})

describe('folders are followed', () => {
  test.each([
    ['cd web && touch a', 'cd:look, touch:write, write web/a'],
    ['cd web; touch a', 'cd:look, touch:write, write web/a, write a'],
    ['cd web || exit 1; touch a', 'cd:look, exit:look, touch:write, write web/a'],
    ['cd web || exit 1\ncd api && touch a', 'cd:look, exit:look, cd:look, touch:write, write web/api/a'],
    ['(cd web); touch a', 'cd:look, touch:write, write a'],
    ['cd web | touch a', 'cd:look, touch:write, write a'],
    ['cd "$X" && touch a', 'cd:look, touch:write, unknown-path'],
    ['cd && touch a', 'cd:look, touch:write, unknown-path'],
    ['cd ~/x && touch a', 'cd:look, touch:write, write /home/ann/x/a'],
    ['for d in a b; do cd $d; touch x; done', 'cd:look, touch:write, unknown-path'],
    ['bash -c "cd web && touch a"', 'bash:run, bash>cd:look, bash>touch:write, write web/a'],
    ['command cd web && touch a', 'command:look, command>cd:look, touch:write, write web/a'],
    ['f() { cd web; }; f; touch a', 'cd:look, f:run, touch:write, unknown-path'],
  ])('%s', check)
})

describe('variables are followed where they are certain', () => {
  test.each([
    ['D=dist; rm -rf "$D"', 'rm:write, delete* dist'],
    ['D=src; rm -rf $D', 'rm:write, delete* src, deletes-tree!'],
    ['D=dist; D=$(pwd); rm -rf $D', 'pwd:look, rm:run, unknown-path, deletes-unknown!'],
    ['[ -f x ] && D=dist; rm -rf $D/*', 'rm:run, unknown-path, deletes-unknown!'],
    ['for i in 1 2; do D=src; done; rm -rf $D', 'rm:run, unknown-path, deletes-unknown!'],
    ['read D; rm -rf dist/$D', 'read:look, rm:write, delete* dist, deletes-unknown!'],
    ['i=0; i=$((i+1)); echo $i', 'echo:look'],
    ['X="a[$(id)]"; echo $((X))', '?, id:look, echo:look, not-understood'],
    ['X=$1; [[ $X -eq 1 ]]', '?, not-understood'],
  ])('%s', check)
})
