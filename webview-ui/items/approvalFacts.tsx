import { useContext } from 'preact/hooks'
import type { Approval } from '#protocol/approval.ts'
import { guardFacts } from '#protocol/guardText.ts'
import { inWorkspace } from '#protocol/pathText.ts'
import { Place } from '../pageContext.ts'
import { Exact, Prose, useItemMemory } from '../text.tsx'

/** What was found out about an action without believing anybody: why it is asked about, and what it would start and touch. */
export function ApprovalFacts({ approval }: { approval: Approval }) {
  const { folder } = useContext(Place)
  const { action, reason, guard, dependsOn = [], id, root = folder } = approval
  const shown = (path: string) => inWorkspace(path, root)
  const [effect, ...found] = guard ? guardFacts(guard, shown) : []
  const rows = [...found, { name: 'Takes orders from', values: dependsOn.map(({ path }) => shown(path)) }]
  const others = guard?.reasons.filter(({ text }) => text !== reason) ?? []
  return (
    <dl class="facts-list">
      <dt>Why it asks</dt>
      <dd>
        <Prose text={reason} />
      </dd>
      {others.map(({ text, consequential }, index) => (
        <dd key={index} class={consequential ? 'consequential' : undefined}>
          <Prose text={text} />
        </dd>
      ))}
      {effect && (
        <>
          <dt>{effect.name}</dt>
          <dd>{effect.values}</dd>
        </>
      )}
      {rows.map(
        ({ name, values }) => values.length > 0 && <Row key={name} of={`${id}/${name}`} name={name} values={values} />,
      )}
      {action.type === 'command' && (
        <>
          <dt>Where</dt>
          <dd>
            <Exact text={shown(action.cwd)} />
            {action.background && ', left running'}
          </dd>
          <dt>Network</dt>
          <dd>{action.network ? 'any public host, while it runs' : 'hosts are asked about'}</dd>
        </>
      )}
    </dl>
  )
}

const shownAtFirst = 6
/** As many as a question holds: there may have been more. */
const heldAtMost = 100

function Row({ of, name, values }: { of: string; name: string; values: readonly string[] }) {
  const [whole, setWhole] = useItemMemory(`facts:${of}`, false)
  const shown = whole ? values : values.slice(0, shownAtFirst)
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <ul>
          {shown.map((value, index) => (
            <li key={index}>
              <Exact text={value} />
            </li>
          ))}
        </ul>
        {shown.length < values.length && (
          <button type="button" class="link" onClick={() => setWhole(true)}>
            {values.length - shown.length} more
          </button>
        )}
        {whole && values.length >= heldAtMost && 'perhaps more'}
      </dd>
    </>
  )
}
