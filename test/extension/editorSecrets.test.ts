import { expect, test } from 'vitest'
import { EditorSecrets } from '../../extension/editorSecrets.ts'
import { fakeDaemon } from './fakeDaemon.ts'

/** The editor's secret storage, in memory. */
function storage(entries: Record<string, string>) {
  const all = new Map(Object.entries(entries))
  return {
    keys: async () => [...all.keys()],
    get: async (key: string) => all.get(key),
    store: async (key: string, value: string) => void all.set(key, value),
    delete: async (key: string) => void all.delete(key),
    onDidChange: () => ({ dispose() {} }),
  }
}

async function provided(secrets: EditorSecrets) {
  const daemon = fakeDaemon({ 'sandbox/provideSecrets': () => ({}) })
  await secrets.provide(await daemon.connection.use())
  return daemon.asked()
}

test('a daemon gets the secrets of sandboxes, and no other that the editor keeps', async () => {
  const secrets = new EditorSecrets(storage({ 'paddock.model.key': 'model' }))
  expect(await provided(secrets)).toEqual([])
  await secrets.store('TOKEN.1', 'sesame')
  expect(await provided(secrets)).toEqual(['sandbox/provideSecrets {"secrets":{"TOKEN.1":"sesame"}}'])
  await secrets.forget('TOKEN.1')
  expect(await provided(secrets)).toEqual([])
})

test('many go in several requests', async () => {
  const many = Array.from({ length: 101 }, (_, at) => [`paddock.secret.K${at}`, 'v'])
  expect(await provided(new EditorSecrets(storage(Object.fromEntries(many))))).toHaveLength(2)
})
