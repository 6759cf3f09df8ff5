import type { SkillDocument } from '../document/document.ts'
import type { Inline } from '../document/inlines.ts'
import type { Hit } from './rule.ts'

const mostNames = 50
const longestIndent = 200

type Tag = Extract<Inline, { type: 'tag' }>

/** Elements of HTML that need no end. */
const endless = new Set(
  'br hr img input meta link area base col embed source track wbr p li td tr th dt dd option thead tbody tfoot'.split(
    ' ',
  ),
)

/**
 * Tags that have no counterpart. Only names that are closed somewhere count: `<placeholder>`, `<T>` and `<noreply@…>` are no tags at all.
 */
export function unbalancedTags(document: SkillDocument): Hit[] {
  const tags = document.inlines.filter((inline): inline is Tag => inline.type === 'tag')
  const closed = new Set(tags.filter(({ form }) => form === 'close').map(({ name }) => name))
  return [...closed].slice(0, mostNames).flatMap((name): Hit[] => {
    if (endless.has(name.toLowerCase()) || !/^[a-z][\w-]*$/i.test(name) || isEvenIn(document, name)) return []
    const open: Tag[] = []
    const lone: Tag[] = []
    for (const tag of tags) {
      if (tag.name !== name || tag.form === 'empty') continue
      if (tag.form === 'open') open.push(tag)
      else if (open.length > 0) open.pop()
      else lone.push(tag)
    }
    return [...open, ...lone]
      .filter((tag) => startsLine(document, tag))
      .map(({ span, form }) => ({
        span,
        message: form === 'open' ? `\`<${name}>\` is not closed.` : `\`</${name}>\` closes nothing.`,
      }))
  })
}

/** Part of a pair may stand in code, where it is no tag to Markdown, but is one to the model. */
function isEvenIn({ text, body }: SkillDocument, name: string): boolean {
  const source = text.slice(body.start, body.end)
  const opened = source.match(new RegExp(`<${name}(?=[\\s>])`, 'g'))?.length ?? 0
  const ended = source.match(new RegExp(`</${name}>`, 'g'))?.length ?? 0
  return opened === ended
}

function startsLine({ text }: SkillDocument, { span }: Tag): boolean {
  const from = Math.max(0, span.start - longestIndent)
  const line = text.slice(Math.max(from, text.slice(from, span.start).lastIndexOf('\n') + 1 + from), span.start)
  return line.length < longestIndent && /^[\s>]*(?:[-*+]\s+)?$/.test(line)
}
