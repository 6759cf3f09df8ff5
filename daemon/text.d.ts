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
