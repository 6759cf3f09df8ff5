import { useContext, useRef, useState } from 'preact/hooks'
import type { PageName } from '#protocol/page.ts'
import { visible } from '#protocol/visible.ts'
import { Actions } from '../pageContext.ts'

/** What is typed of a skill's name: `/name`, `$[namespace` or `$[namespace].name`. */
const beingTyped = /(?:^|[\s"'`(])(?:\/[a-z0-9:-]*|\$\[[a-z0-9:-]*(?:\]\.[a-z0-9_-]*)?)$/
const longest = 600
const listId = 'skill-names'

/** The skills that can be named at the caret, and which of them is chosen. */
export interface SkillNames {
  readonly offers: readonly PageName[]
  /** -1 while none was chosen. */
  readonly chosen: number
  /** Looks again at what stands before the caret. */
  look(): void
  /** Takes a key, and tells whether it meant the list. */
  pressed(event: KeyboardEvent): boolean
  take(offer: PageName): void
  close(): void
}

/**
 * Names of skills for a text field. The list takes no key that it was not asked for: Enter means it only after an arrow has chosen
 * something, Tab the first as well.
 */
export function useSkillNames(
  field: { readonly current: HTMLTextAreaElement | null },
  change: (text: string) => void,
): SkillNames {
  const actions = useContext(Actions)
  const [offers, setOffers] = useState<readonly PageName[]>([])
  const [chosen, setChosen] = useState(-1)
  const asked = useRef(0)

  const close = () => {
    asked.current++
    setOffers([])
    setChosen(-1)
  }
  const beforeCaret = () => {
    const box = field.current!
    return box.selectionStart === box.selectionEnd ? box.value.slice(0, box.selectionStart).slice(-longest) : ''
  }
  const look = async () => {
    const text = beforeCaret()
    if (!beingTyped.test(text)) return close()
    const turn = ++asked.current
    const found = await actions.names(text)
    if (turn !== asked.current) return
    setOffers(found)
    setChosen(-1)
  }
  const take = ({ insert, replaces }: PageName) => {
    const box = field.current!
    const at = box.selectionStart
    const start = Math.max(0, at - replaces)
    const text = box.value.slice(0, start) + insert + box.value.slice(at)
    // The caret goes behind what was written, which the field has only once it is drawn.
    box.value = text
    box.setSelectionRange(start + insert.length, start + insert.length)
    change(text)
    box.focus()
    close()
    if (insert.endsWith('.')) void look()
  }
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => setChosen((chosen + 1) % offers.length),
    ArrowUp: () => setChosen(chosen <= 0 ? offers.length - 1 : chosen - 1),
    Escape: close,
    Tab: () => take(offers[Math.max(0, chosen)]!),
    ...(chosen >= 0 && { Enter: () => take(offers[chosen]!) }),
  }
  const pressed = (event: KeyboardEvent) => {
    if (offers.length === 0 || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined
    if (!act) return false
    event.preventDefault()
    act()
    return true
  }
  return { offers, chosen, look: () => void look(), pressed, take, close }
}

/** What a screen reader hears of the field and its list. */
export function ariaOf({ offers, chosen }: SkillNames) {
  if (offers.length === 0) return {}
  return {
    'aria-controls': listId,
    'aria-autocomplete': 'list' as const,
    ...(chosen >= 0 && { 'aria-activedescendant': `${listId}-${chosen}` }),
  }
}

export function SkillNameList({ names: { offers, chosen, take } }: { names: SkillNames }) {
  if (offers.length === 0) return null
  return (
    <div class="names" id={listId} role="listbox" aria-label="Skills">
      {offers.map((offer, index) => (
        <div
          key={offer.insert}
          id={`${listId}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          class={index === chosen ? 'name chosen' : 'name'}
          ref={(element) => {
            if (index === chosen) element?.scrollIntoView({ block: 'nearest' })
          }}
          onPointerDown={(event) => {
            // The field keeps the keyboard.
            event.preventDefault()
            take(offer)
          }}
        >
          <span class="name-label">{visible(offer.label)}</span>
          <span class="ellipsis name-detail">{visible(offer.detail)}</span>
        </div>
      ))}
    </div>
  )
}
