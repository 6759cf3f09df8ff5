import { checkRule } from '../checkRule.ts'

const folder = '/repo/.agents/skills/pdf-forms/evals'
const at = (text: string, more: object = {}) => ({ text, uri: `${folder}/evals.json`, ...more })
const queries = (text: string, more: object = {}) => ({ text, uri: `${folder}/eval_queries.json`, ...more })
const plugged = (text: string, more: object = {}) => ({ text, uri: '/repo/evals/first/case.yaml', ...more })
const sound = at(
  '{\n\t"skill_name": "pdf-forms",\n\t"evals": [\n\t\t{ "id": 1, "prompt": "Fill in", "expected_output": "A PDF", "files": ["evals/files/a.pdf"], "assertions": ["It is a PDF"] },\n\t\t{ "id": 2, "prompt": "Fill in b", "expectations": [{ "text": "x" }] }\n\t]\n}\n',
)
const soundQueries = queries(
  '[{"query": "fill in this form", "should_trigger": true}, {"query": "write a form", "should_trigger": false}]',
)
const soundCase = plugged(
  'name: first\nexecution:\n  prompt: Do it\n  max_turns: 20\ngraders:\n  - type: regex\n    pattern: done\n',
)

checkRule('E01', {
  finds: [
    at('«{»"evals": []}', { severity: 'warning', says: 'no `skill_name`' }),
    at('{"skill_name": "a", "evals": «1»}', { fixes: [] }),
    at('«{»"skill_name": "a", «"Evals"»: []}', { fixes: ['{"skill_name": "a", "evals": []}'] }),
    at('{"skill_name": "a", "evals": [«{»"id": 1}]}', { says: 'no `prompt`' }),
    at('{"skill_name": "a", "evals": [{"prompt": «["x"]», "files": «"x"»}]}'),
    at('{"skill_name": "a",\n  «/»/ the evals\n "evals": []}', { severity: 'error', says: 'no comments' }),
    at('{"skill_name": "a", "evals": [],«}»', { severity: 'error', says: 'a comma stands before the end' }),
    at('«»', { severity: 'error', says: 'there is no value' }),
    at('{"skill_name": "a", "evals": [«»', { severity: 'error', says: 'a [ is not closed' }),
    queries('[«{»"query": "x", «"should_triger"»: true}]', { fixes: ['[{"query": "x", "should_trigger": true}]'] }),
    queries('«{"query": "x"}»', { says: 'must be a list' }),
    queries('[{"query": "x", "should_trigger": «"yes"»}]', { says: 'must be true or false' }),
  ],
  silent: [sound, soundQueries, { text: '{', uri: `${folder}/files/data.json` }, soundCase],
})

checkRule('E02', {
  finds: [
    at('{"skill_name": «"pdf"», "evals": []}', {
      severity: 'warning',
      files: { '../SKILL.md': '---\nname: pdf-forms\n---\n' },
      fixes: ['{"skill_name": "pdf-forms", "evals": []}'],
    }),
  ],
  silent: [
    at('{"skill_name": "pdf"}'),
    at('{"skill_name": "pdf"}', { files: { 'x.txt': '' } }),
    at('{"skill_name": "pdf-forms"}', { files: { '../SKILL.md': '---\nname: forms\n---\n' } }),
    at('{"skill_name": "forms"}', { files: { '../SKILL.md': '---\nname: forms\n---\n' } }),
  ],
})

checkRule('E03', {
  finds: [
    at('{"evals": [{"files": ["evals/files/a.pdf", «"files/b.pdf"»]}]}', {
      severity: 'warning',
      files: { 'files/a.pdf': 'x' },
    }),
  ],
  silent: [
    sound,
    at('{"evals": [{"files": ["evals/files/a.pdf", "files/a.pdf", "https://example.org/x", ""]}]}', {
      files: { 'files/a.pdf': 'x' },
    }),
  ],
})

checkRule('E04', {
  finds: [
    at('{"evals": [{"id": 1}, {"id": 2}, {"id": «1»}]}', { severity: 'warning' }),
    at('{"evals": [{"id": "a"}, {"id": «"a"»}]}'),
  ],
  silent: [sound, at('{"evals": [{}, {}, {"id": null}, {"id": null}]}')],
})

checkRule('E05', {
  finds: [
    at('{«"evals"»: []}', { severity: 'hint' }),
    at('{"evals": [{«"prompt"»: "a"}, {«"prompt"»: "b", "assertions": []}]}'),
  ],
  silent: [sound, soundQueries, at('{}')],
})

const query = (should: boolean) => `{"query": "x", "should_trigger": ${should}}`

checkRule('E06', {
  finds: [
    queries(`«[»${query(true)}]`, { severity: 'hint', says: 'near miss' }),
    queries(`«[»${query(false)}]`, { says: 'No query should' }),
    queries(`«[»${[true, true, true, true, true, true, true, false].map(query).join(', ')}]`, { says: '7 queries' }),
  ],
  silent: [soundQueries, queries('[]'), sound],
})

checkRule('E07', {
  finds: [
    plugged('«name»: first\ngraders: [{type: llm}]\n', {
      severity: 'warning',
      files: { 'x.txt': '' },
      says: 'no prompt',
    }),
    plugged('name: first\nprompt: x\ngraders: «[]»\n', {
      files: { 'x.txt': '' },
    }),
    plugged('prompt: x\ngraders:\n  - «pattern»: x\n', { says: 'no `type`' }),
    plugged('prompt: x\ngraders:\n  - type: «regex»\n  - type: «tool_used»\n', { says: 'has a `' }),
    plugged(`${'promt: x\n'.replace('promt', '«promt»')}graders: [{type: llm}]\n`, {
      fixes: ['prompt: x\ngraders: [{type: llm}]\n'],
    }),
  ],
  silent: [
    soundCase,
    plugged('name: first\n', { files: { 'prompt.md': 'x', 'graders/one.md': 'x' } }),
    plugged('name: first\n'),
    sound,
  ],
})

const ran = (number: number) => ({
  [`/repo/.agents/skills/pdf-forms-workspace/iteration-${number}/benchmark.json`]: '{}',
})
const changed = { '/repo/.agents/skills/pdf-forms/SKILL.md': 'x' }
const cases = '{"skill_name": "pdf-forms", "evals": []}'

// Files are written in this order.
checkRule('E08', {
  finds: [
    {
      text: cases.replace('"evals"', '«"evals"»'),
      uri: `${folder}/evals.json`,
      files: { ...ran(10), ...ran(9), ...changed },
      severity: 'information',
    },
  ],
  silent: [
    { text: cases, uri: `${folder}/evals.json`, files: { ...ran(1), ...changed, ...ran(2) } },
    { text: cases, uri: `${folder}/evals.json`, files: changed },
    { text: cases, uri: `${folder}/evals.json` },
  ],
})
