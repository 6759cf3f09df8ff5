import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

// An arrow that ARCHITECTURE.md does not have, planted where it must be refused.
test.each([
  ['daemon/protocol/task.ts', '../session/log.ts'],
  ['daemon/protocol/task.ts', 'node:fs'],
  ['daemon/layer/layer.ts', '../session/log.ts'],
  ['daemon/skill/keys.ts', '#client/connect.ts'],
  ['daemon/agent/loop.ts', '../sandbox/bubblewrap/wire.ts'],
  ['daemon/approval/policy.ts', '../server/wire.ts'],
  ['daemon/session/log.ts', '../agent/models/openai.ts'],
  ['daemon/session/log.ts', '../sandbox/bubblewrap/wire.ts'],
  ['daemon/server/wire.ts', '../agent/loop.ts'],
  ['daemon/server/handlers/task.ts', '../../layer/layer.ts'],
  ['daemon/cli/usage.ts', 'vscode'],
  ['extension/signal.ts', '../daemon/session/log.ts'],
  ['extension/signal.ts', 'zod'],
  ['webview-ui/store.ts', '#client/connect.ts'],
  ['webview-ui/store.ts', 'vscode'],
])('%s may not import %s', (file, imported) => {
  expect(lint(file, `import '${imported}'\n`)).not.toBe(0)
  // The refusal is for what is imported, not for the file.
  expect(lint(file, "import './neighbour.ts'\n")).toBe(0)
})

function lint(file: string, text: string): number | null {
  return spawnSync('node_modules/.bin/biome', ['lint', `--stdin-file-path=${file}`], { input: text }).status
}
