import { fixTable } from './fix.ts'

/** Fixes for L: where a skill lies. */
export const layoutFixes = fixTable({
  L01: ({ path, folderPath }) =>
    path === undefined || folderPath === undefined
      ? []
      : [
          {
            title: 'Rename the file to SKILL.md',
            edits: [],
            files: [{ type: 'rename', from: path, to: `${folderPath}/SKILL.md` }],
            safe: false,
          },
        ],
})
