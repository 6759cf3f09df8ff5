import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { defineConfig } from 'vitest/config'

// WebAssembly (.wasm) is imported as the address of a file, as the bundler does.
const wasmFiles = {
  name: 'wasm-files',
  enforce: 'pre' as const,
  load: (id: string) => (id.endsWith('.wasm') ? `export default ${JSON.stringify(pathToFileURL(id).href)}` : null),
}

// Prompts (.md), the exec server (.pl) and the sandbox image's recipe are imported as text, as the bundler does.
const textFiles = {
  name: 'text-files',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    return /(\.(md|pl)|\/Dockerfile)$/.test(id) ? { code: `export default ${JSON.stringify(code)}`, map: null } : null
  },
}

const slow = ['test/**/*.slow.test.ts']
// Tests of what takes values and answers values.
const pure = ['skill', 'approval', 'protocol', 'extension', 'webview-ui'].map(
  (folder) => `test/${folder}/**/*.test.{ts,tsx}`,
)
// Real processes on a busy machine may take their time; a test that hangs is still found.
const quick = { testTimeout: 30_000, hookTimeout: 30_000 }
const patient = { testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  plugins: [textFiles, wasmFiles],
  test: {
    // Most tests wait for a process or a disk: a small machine has room for more than one at a time.
    maxWorkers: Math.max(3, availableParallelism()),
    server: { deps: { inline: [/\.wasm$/] } },
    globalSetup: ['test/support/buildDaemon.ts'],
    setupFiles: ['test/support/seed.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: pure,
          exclude: slow,
          ...quick,
          // They start nothing and change nothing outside themselves; half of their time was to load the same again.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'process', include: ['test/**/*.test.{ts,tsx}'], exclude: [...slow, ...pure], ...quick },
      },
      {
        extends: true,
        test: { name: 'slow', include: slow, ...patient, fileParallelism: false },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts'],
          ...patient,
          fileParallelism: false,
        },
      },
    ],
  },
})
