import { modeWords } from '#protocol/modeText.ts'
import { Icon } from '../icons.tsx'
import { Prose } from '../text.tsx'
import type { ModeItem } from '../transcriptItem.ts'

/** From here on the session treats what no rule decides in another way. */
export function ModeLine({ item: { mode, by } }: { item: ModeItem }) {
  const { name, does } = modeWords[mode]
  return (
    <div class="line quiet">
      <Icon name="shield" />
      <span class="grow">
        Mode: {name}{' '}
        <span class="by">
          by <Prose text={by} /> · {does}
        </span>
      </span>
    </div>
  )
}
