import { expect, test } from 'vitest'
import { diagnosisText } from '../../extension/diagnosisText.ts'

test('the verdict first, then what to mend, then everything by its tier', () => {
  const text = diagnosisText(
    {
      verdict: 'degraded',
      findings: [
        { id: 'node', tier: 'core', title: 'Node', outcome: { type: 'ok', detail: 'v24' } },
        {
          id: 'docker',
          tier: 'feature',
          title: 'Docker',
          outcome: { type: 'failed', why: 'Not\nrunning.', fix: 'Start it.' },
        },
      ],
    },
    null,
  )
  expect(text).toBe(`# Paddock Doctor

Agents can work. Some features are missing.

## What to mend

- Docker
  - Why: Not running.
  - Fix: Start it.

## Needed for anything

- ✓ Node (v24)

## Features

- ✗ Docker
`)
})

test('where the daemon cannot start, that is the first thing to mend', () => {
  const text = diagnosisText(null, { why: 'It [does](command:x) not <start>.', fix: 'Do `this`.' })
  expect(text).toContain('Agents cannot work here')
  expect(text).toContain(
    '- The daemon answers\n  - Why: It \\[does\\](command:x) not \\<start\\>.\n  - Fix: Do \\`this\\`.',
  )
})
