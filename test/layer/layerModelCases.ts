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
  {
    symptom: 'what the user wrote later stayed hidden in a folder that the agent had made anew',
    acts: [
      { by: 'agent', line: 'rm -rf d; mkdir -p d; echo TOKEN > d/a' },
      { by: 'daemon', does: 'discardAll' },
      { by: 'user', does: 'write', path: 'd/a' },
      { by: 'agent', line: 'mv -T d/s/c e/x' },
    ],
  },
  {
    symptom: 'rewinding showed a file of the user’s that was hidden in a folder made anew',
    acts: [
      { by: 'user', does: 'insert', path: 'd/b' },
      { by: 'agent', line: 'rm -rf d; mkdir -p d; echo TOKEN > d/a' },
      { by: 'daemon', does: 'remount' },
      { by: 'daemon', does: 'checkpoint' },
      { by: 'daemon', does: 'rewind', to: 0 },
    ],
  },
  {
    symptom: 'a file that the agent had removed with a folder of its own came back with the next mount',
    acts: [
      { by: 'user', does: 'remove', path: 'd' },
      { by: 'agent', line: 'mkdir -p d/s && echo TOKEN > d/s/c' },
      { by: 'daemon', does: 'keepSome' },
      { by: 'agent', line: 'rm -rf d/s' },
    ],
  },
  {
    symptom: 'rewinding was refused in a folder that a copy still had and the user no longer',
    acts: [
      { by: 'daemon', does: 'checkpoint' },
      { by: 'agent', line: 'rm -rf d' },
      { by: 'daemon', does: 'keepSome' },
      { by: 'daemon', does: 'keepSome' },
      { by: 'daemon', does: 'rewind', to: 0 },
      { by: 'agent', line: 'ln -sfn d/s d/a' },
      { by: 'daemon', does: 'rewind', to: 0 },
    ],
  },
  {
    symptom: 'keeping removed a file of the user’s in the place of a folder that a rewind had brought back',
    acts: [
      { by: 'agent', line: 'echo TOKEN > e/x' },
      { by: 'daemon', does: 'checkpoint' },
      { by: 'agent', line: 'rm -rf e' },
      { by: 'daemon', does: 'keepAll' },
      { by: 'user', does: 'write', path: 'e' },
      { by: 'daemon', does: 'rewind', to: 0 },
      { by: 'daemon', does: 'keepAll' },
    ],
  },
  {
    symptom: 'rewinding was refused at a folder of the user’s in one that the agent had made anew',
    acts: [
      { by: 'agent', line: 'mkdir -p n && echo TOKEN > n/new' },
      { by: 'daemon', does: 'checkpoint' },
      { by: 'agent', line: 'rm -rf n; mkdir -p n; echo TOKEN > n/a' },
      { by: 'user', does: 'makeFolder', path: 'n/new' },
      { by: 'daemon', does: 'rewind', to: 0 },
    ],
  },
]
