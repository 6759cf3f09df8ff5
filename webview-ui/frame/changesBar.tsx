import { useContext } from 'preact/hooks'
import type { ChangeTotals } from '#protocol/session.ts'
import { Icon } from '../icons.tsx'
import { Totals } from '../items/changesLine.tsx'
import { Actions } from '../pageContext.ts'
import { count } from '../wording.ts'

/** What the layer holds that the workspace does not, and what can be done about all of it. Stands still while text streams. */
export function ChangesBar({ session, changes }: { session: string; changes: ChangeTotals }) {
  const actions = useContext(Actions)
  const { files, additions, deletions } = changes
  return (
    <section class="changes-bar" aria-label="Changes of this session">
      <span class="grow changes-count">
        <Icon name="diff" />
        <span class="ellipsis">
          {count(files, 'file')} <Totals additions={additions} deletions={deletions} />
        </span>
      </span>
      <span class="buttons">
        <button type="button" onClick={() => actions.command({ name: 'reviewChanges', session })}>
          Review
        </button>
        <button type="button" onClick={() => actions.command({ name: 'keepAll', session })}>
          Keep all
        </button>
        <button type="button" onClick={() => actions.command({ name: 'discardAll', session })}>
          Discard all
        </button>
      </span>
    </section>
  )
}
