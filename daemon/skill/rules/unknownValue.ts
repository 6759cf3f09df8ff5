import type { ClientId } from '../clients/clientTable.ts'
import { type SkillKey, skillKey } from '../clients/keys.ts'
import type { Entry, Value } from '../document/value.ts'
import { nearest } from './keyNames.ts'
import type { ProfileId } from './profiles.ts'
import type { Hit } from './rule.ts'

/** What is wrong with the value of a key that takes only some: true or false, one of a few words, the name of a model. */
export function unknownValue({ key, value }: Entry): Hit[] {
  const known = skillKey(key)
  if (!known || value.kind === 'empty') return []
  const profilesOf = (ids: SkillKey['clients']): ProfileId[] => ['spec', ...(ids === 'all' ? [] : ids)]
  if (known.shapes[0] === 'boolean') {
    if (value.kind === 'boolean') return []
    const written = value.kind === 'text' ? value.text : String(value.scalar ?? '')
    const forgiven = claudeBoolean.test(written)
    const wrongFor = profilesOf(known.clients).filter((id) => !(forgiven && id === 'claude-code'))
    const message = forgiven
      ? `Write \`true\` or \`false\` without quotes: only Claude Code takes this.`
      : `\`${key}\` is \`true\` or \`false\`.`
    const meant = forgiven ? { data: { value: String(/^(?:true|yes|on|1)$/i.test(written)) } } : {}
    return [{ span: value.span, message, profiles: wrongFor, saidByEditor: known.knownToEditor, ...meant }]
  }
  const names = known.values?.map((each) => each.value) ?? []
  if (key === 'model') return unknownModel(value, names)
  if (!known.closed || (value.kind === 'number' && known.shapes.includes('number') && Number.isInteger(value.scalar)))
    return []
  if (value.kind === 'text' && (names.includes(value.text.trim()) || value.text.trim() === '')) return []
  const near = nearest(value.text.trim(), names)
  const message = `\`${key}\` is one of ${names.join(', ')}.`
  return [
    {
      span: value.span,
      message,
      profiles: profilesOf(known.clients as readonly ClientId[]),
      ...(near ? { data: { value: near } } : {}),
    },
  ]
}

const claudeBoolean = /^(?:true|false|yes|no|on|off|1|0)$/i

/** Names of models come and go: only what is almost a short name is taken for a typing error. */
function unknownModel({ kind, text, span }: Value, names: readonly string[]): Hit[] {
  const near = kind === 'text' && /^[a-z]+$/i.test(text) && !names.includes(text) ? nearest(text, names) : undefined
  if (near === undefined) return []
  const message = `Claude Code has no model \`${text}\`; did you mean \`${near}\`?`
  return [{ span, message, profiles: ['claude-code', 'spec'], data: { value: near } }]
}
