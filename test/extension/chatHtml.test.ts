import { expect, test } from 'vitest'
import { chatHtml } from '../../extension/chatHtml.ts'

test('the page may run its one script and nothing else', () => {
  const html = chatHtml({
    nonce: 'N0',
    cspSource: 'https://src',
    script: 'https://src/main.js',
    style: 'https://src/main.css',
  })
  const policy = html.match(/Content-Security-Policy" content="([^"]+)"/)?.[1]?.split('; ')
  expect(policy).toEqual([
    "default-src 'none'",
    'style-src https://src',
    "script-src 'nonce-N0'",
    'font-src https://src',
    "base-uri 'none'",
    "form-action 'none'",
  ])
  expect(html.match(/<script[^>]*>/g)).toEqual(['<script nonce="N0" src="https://src/main.js">'])
  expect(html).not.toMatch(/ style=| on\w+=/)
})
