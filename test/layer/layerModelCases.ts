import type { Act } from './layerModel.ts'

/** What once went wrong with a layer, by its symptom, in as few acts as show it. Every kind of layer is put through all of them. */
export const layerModelCases: readonly { readonly symptom: string; readonly acts: readonly Act[] }[] = [
  {
    symptom: 'rewinding was refused at a file of the user’s in the place of a folder that the user had removed',
    acts: [
      { by: 'agent', line: 'chmod 755 d/a' },
      { by: 'user', does: 'remove', path: 'd' },
      { by: 'daemon', does: 'changes' },
      { by: 'user', does: 'save', path: 'd/s' },
      { by: 'daemon', does: 'checkpoint' },
      { by: 'daemon', does: 'rewind', to: 0 },
    ],
  },
  {
    symptom: 'what was discarded was not listed in a folder that the user had removed and got back by keeping',
    acts: [
      { by: 'user', does: 'remove', path: 'd/s/c' },
      { by: 'user', does: 'remove', path: 'd' },
      { by: 'daemon', does: 'checkpoint' },
      { by: 'agent', line: 'rm -rf d/s; mkdir -p d/s; echo TOKEN > d/s/a' },
      { by: 'daemon', does: 'keepAll' },
      { by: 'daemon', does: 'rewind', to: 0 },
      { by: 'daemon', does: 'discardAll' },
    ],
  },
]
