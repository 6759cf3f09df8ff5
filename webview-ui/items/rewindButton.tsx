import { useContext } from 'preact/hooks'
import { Actions, Place } from '../pageContext.ts'

/** Goes back to how the layer stood; the editor asks first. */
export function RewindButton({ checkpoint, when }: { checkpoint: string; when: string }) {
  const actions = useContext(Actions)
  const { session } = useContext(Place)
  return (
    <button
      type="button"
      class="link rewind"
      title={`Make the layer what it was ${when}. Your own files are not touched.`}
      onClick={() => actions.command({ name: 'rewind', session, checkpoint })}
    >
      Rewind to here
    </button>
  )
}
