import { expect, test } from 'vitest'
import { misleads, webLink, workspacePath } from '../../webview-ui/links.ts'

test.each([
  ['https://example.com/a?b#c', 'example.com'],
  ['HTTP://Example.com', 'example.com'],
  ['https://xn--80ak6aa92e.com', 'xn--80ak6aa92e.com'],
  ['https://localhost:8080/x', 'localhost:8080'],
])('%s leads to %s', (href, host) => {
  expect(webLink(href)?.host).toBe(host)
})

test.each([
  'javascript:alert(1)',
  'command:workbench.action.terminal.new',
  'vscode://x/y',
  'file:///etc/passwd',
  'data:text/html,x',
  '//example.com',
  '/src/a.js',
  'https://user:secret@example.com',
  'https://good.com@evil.com',
  'https://',
  'java\nscript:alert(1)',
])('%j leads nowhere', (href) => {
  expect(webLink(href)).toBeNull()
})

test.each([
  ['github.com', 'github.com', false],
  ['https://github.com/a', 'github.com', false],
  ['github.com', 'evil.example', true],
  ['see https://GitHub.com/login', 'evil.example', true],
  ['gíthub.com', 'xn--gthub-zsa.com', true],
  ['the documentation', 'evil.example', false],
  ['Intl.NumberFormat', 'developer.mozilla.org', false],
  ['localhost', 'localhost:3000', false],
])('the words %j for %s mislead: %s', (words, host, misleading) => {
  expect(misleads(words, host)).toBe(misleading)
})

test.each([
  ['src/cart.js', { path: 'src/cart.js' }],
  ['./src/cart.js:12', { path: 'src/cart.js', line: 12 }],
  ['src/cart.js:12:4', { path: 'src/cart.js', line: 12 }],
  ['package.json', { path: 'package.json' }],
  ['@scope/a-b/c.d.ts', { path: '@scope/a-b/c.d.ts' }],
  ['.github/workflows/ci.yml', { path: '.github/workflows/ci.yml' }],
])('%s names a file', (code, expected) => {
  expect(workspacePath(code)).toEqual(expected)
})

test.each(['npm test', 'console.log', 'and/or', '../outside.js', 'a/../b.js', '/etc/passwd.js', 'C:\\x.js', '1.5', ''])(
  '%j names none',
  (code) => {
    expect(workspacePath(code)).toBeNull()
  },
)
