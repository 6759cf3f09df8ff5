// Prompts and scripts are files; the bundler and the test runner both import them as text.
declare module '*.md' {
  const text: string
  export default text
}
declare module '*.pl' {
  const text: string
  export default text
}
declare module '*/Dockerfile' {
  const text: string
  export default text
}
// The bundler and the test runner put them beside the code; their address is relative to the module that imports them.
declare module '*.wasm' {
  const address: string
  export default address
}
