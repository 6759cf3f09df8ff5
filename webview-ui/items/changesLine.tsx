import { useContext } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import { Actions, Place } from '../pageContext.ts'
import { Prose } from '../text.tsx'
import type { ChangesItem, MovedItem, RewoundItem } from '../transcriptItem.ts'
import { count } from '../wording.ts'
import { RewindButton } from './rewindButton.tsx'

const namesShown = 3

/** The layer changed; each name opens its diff. What can be done about all changes stands above the composer. */
export function ChangesLine({ item: { files, additions, deletions, paths, checkpoint } }: { item: ChangesItem }) {
  return (
    <div class="line quiet">
      <Icon name="diff" />
      <span class="grow">
        {files === 0 ? (
          'No changes are left'
        ) : (
          <>
            {count(files, 'file')} changed <Totals additions={additions} deletions={deletions} />
          </>
        )}
        {files > 0 && <Paths paths={paths} />}
        {checkpoint && (
          <>
            {' · '}
            <RewindButton checkpoint={checkpoint} when="after this step" />
          </>
        )}
      </span>
    </div>
  )
}

function Paths({ paths }: { paths: readonly string[] }) {
  return (
    <>
      {paths.slice(0, namesShown).map((path) => (
        <span key={path}>
          {' · '}
          <DiffLink path={path} />
        </span>
      ))}
      {paths.length > namesShown && ` · ${paths.length - namesShown} more`}
    </>
  )
}

export function Totals({ additions, deletions }: { additions: number; deletions: number }) {
  return (
    <span class="totals">
      <span class="added" role="img" aria-label={`${additions} lines added`}>
        +{additions}
      </span>{' '}
      <span class="removed" role="img" aria-label={`${deletions} lines removed`}>
        −{deletions}
      </span>
    </span>
  )
}

function DiffLink({ path }: { path: string }) {
  const actions = useContext(Actions)
  const { session } = useContext(Place)
  const open = () => actions.command({ name: 'openChange', session, path })
  return (
    <button type="button" class="link" title={`Show what changed in ${path}`} onClick={open}>
      <Prose text={path.slice(path.lastIndexOf('/') + 1)} />
    </button>
  )
}

/** What somebody kept or discarded. */
export function MovedLine({ item: { verb, paths, count: number, by } }: { item: MovedItem }) {
  const named = paths.map(({ path, hunks }) => (hunks === undefined ? path : `${count(hunks, 'hunk')} of ${path}`))
  const rest = number - paths.length
  return (
    <div class="line quiet">
      <Icon name={verb === 'kept' ? 'check' : 'trash'} />
      <span class="grow">
        {verb === 'kept' ? 'Kept ' : 'Discarded '}
        <Prose text={named.join(', ')} />
        {rest > 0 && ` and ${rest} more`}
        <span class="by"> · {by}</span>
      </span>
    </div>
  )
}

/** The layer went back to an earlier state. */
export function RewoundLine({ item: { files, by } }: { item: RewoundItem }) {
  return (
    <div class="line quiet">
      <Icon name="retry" />
      <span class="grow">
        Rewound the layer: {count(files, 'file')} went back<span class="by"> · {by}</span>
      </span>
    </div>
  )
}
