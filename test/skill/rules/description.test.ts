import { checkRule } from '../checkRule.ts'

checkRule('D01', {
  finds: [
    {
      text: '---\nname: pdf-forms\nlicense: MIT\n---\n',
      marks: '---',
      fixes: ['---\nname: pdf-forms\ndescription: What this skill does. Use when …\nlicense: MIT\n---\n'],
    },
    {
      text: '---\r\nname: >-\r\n  pdf-forms\r\n---\r\n',
      marks: '---',
      fixes: ['---\r\nname: >-\r\n  pdf-forms\r\ndescription: What this skill does. Use when …\r\n---\r\n'],
    },
  ],
  silent: ['---\nname: pdf-forms\ndescription: x\n---\n', '---\nname: pdf-forms\n- broken\n---\n'],
})

checkRule('D02', {
  finds: [
    {
      text: '---\nname: pdf-forms\ndescription: 2026\n---\n',
      marks: '2026',
      fixes: ["---\nname: pdf-forms\ndescription: '2026'\n---\n"],
    },
    {
      text: '---\nname: pdf-forms\ndescription: [a | b]\n---\n',
      marks: '[a | b]',
      fixes: ["---\nname: pdf-forms\ndescription: '[a | b]'\n---\n"],
    },
  ],
  silent: ['---\nname: pdf-forms\ndescription: 2026-11-20 and later\n---\n'],
})

checkRule('D03', {
  finds: [
    {
      text: '---\nname: pdf-forms\ndescription:\n---\n',
      marks: 'description',
      fixes: ['---\nname: pdf-forms\ndescription: What this skill does. Use when …\n---\n'],
    },
    { text: '---\nname: pdf-forms\ndescription: " "\n---\n', marks: '" "' },
    { text: '---\nname: pdf-forms\ndescription: >-\n---\n', marks: '>-' },
  ],
  silent: ['---\nname: pdf-forms\ndescription: >-\n  x\n---\n'],
})

checkRule('D04', {
  finds: [
    {
      text: `---\nname: pdf-forms\ndescription: ${'x'.repeat(1025)}\n---\n`,
      marks: 'x'.repeat(1025),
      fixes: [],
    },
  ],
  // Characters count, not bytes and not UTF-16 units.
  silent: [
    `---\nname: pdf-forms\ndescription: ${'表'.repeat(1024)}\n---\n`,
    `---\nname: pdf-forms\ndescription: ${'🐎'.repeat(1024)}\n---\n`,
  ],
})
