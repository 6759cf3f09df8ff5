import { registerHooks } from 'node:module'

// Prompts (.md), the exec server (.pl) and the sandbox image's recipe are imported as text, as the bundler does.
registerHooks({
  load(url, context, nextLoad) {
    // WebAssembly is imported as the address of a file.
    if (url.endsWith('.wasm'))
      return { format: 'module', source: `export default ${JSON.stringify(url)}`, shortCircuit: true }
    if (!/(\.(md|pl)|\/Dockerfile)$/.test(url)) return nextLoad(url, context)
    const { source } = nextLoad(url, { ...context, format: 'json', importAttributes: { type: 'json' } })
    return { format: 'module', source: `export default ${JSON.stringify(String(source))}`, shortCircuit: true }
  },
})
