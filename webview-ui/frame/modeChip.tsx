import { useContext } from 'preact/hooks'
import { modeWords } from '#protocol/modeText.ts'
import type { Mode } from '#protocol/policy.ts'
import { Icon } from '../icons.tsx'
import { Actions } from '../pageContext.ts'

/** How the session treats what no rule decides; a click leads to the others. Null: the session that begins decides. */
export function ModeChip({ mode }: { mode: Mode | null }) {
  const actions = useContext(Actions)
  const words = mode && modeWords[mode]
  const title = words
    ? `${words.does} Set Session Mode…`
    : 'A new session begins as your policy says. Set Session Mode…'
  return (
    <button
      type="button"
      class={mode === 'unattended' ? 'chip mode warned' : 'chip mode'}
      title={title}
      aria-label={`Mode: ${words?.name ?? 'as your policy says'}. Set Session Mode…`}
      onClick={() => actions.command({ name: 'setMode' })}
    >
      <Icon name="shield" />
      {words?.name ?? 'Mode'}
    </button>
  )
}
