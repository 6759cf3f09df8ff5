import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The page's script and style, bundled in memory as the build does it. */
export async function bundlePage(): Promise<{ script: string; style: string }> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['webview-ui/main.tsx'],
    outdir: 'dist/webview',
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  })
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))!.text
  return { script: text('.js'), style: text('.css') }
}
