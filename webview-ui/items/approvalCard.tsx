import { useContext, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Action, Outcome } from '#protocol/approval.ts'
import type { Risk } from '#protocol/guard.ts'
import { Icon } from '../icons.tsx'
import { Actions, Place } from '../pageContext.ts'
import { Exact, Prose, useItemMemory } from '../text.tsx'
import type { ApprovalItem } from '../transcriptItem.ts'
import { inWorkspace } from '../wording.ts'

/**
 * A question about one exact action. The facts are ours; what the model says stands apart. It can be answered only here,
 * by these buttons, once it has been in view for a moment: a click or key that was meant for something else never counts.
 */
export function ApprovalCard({ item, active }: { item: ApprovalItem; active: boolean }) {
  if (item.answer || !active) return <Answered item={item} />
  return <Question item={item} />
}

/** How long a question has to be in view before it can be answered, in milliseconds. */
const settleTime = 500
const shownLength = 4_000
const shownLines = 40

function Question({ item: { key, approval } }: { item: ApprovalItem }) {
  const actions = useContext(Actions)
  const { folder } = useContext(Place)
  const { action, risk, reason, claim, id } = approval
  const text = exactText(action)
  const cut = cutOf(text)
  const [whole, setWhole] = useItemMemory(`${key}:whole`, false)
  const [guidance, setGuidance] = useItemMemory<string | null>(`${key}:guidance`, null)
  const [sent, setSent] = useState(false)
  const ready = useSettled()
  const complete = whole || cut === text.length
  const blocked = !ready || sent
  const answer = async (outcome: Outcome) => {
    if (blocked || (outcome.type !== 'deny' && !complete)) return
    setSent(true)
    await actions.answer(id, outcome)
    setSent(false)
  }
  const deny = () => {
    const said = guidance?.trim()
    answer(said ? { type: 'deny', guidance: said } : { type: 'deny' })
  }
  return (
    <section class={`approval risk-${risk}`} aria-label={`Approval: ${headings[action.type](action)}`}>
      <div class="approval-head">
        <Icon name="shield" />
        <span class="grow">{headings[action.type](action)}</span>
        <span class={`risk risk-${risk}`}>{riskNames[risk]}</span>
      </div>
      {claim && (
        <figure class="claim">
          <figcaption>The agent claims</figcaption>
          <blockquote>
            <Exact text={claim.slice(0, 2_000)} />
          </blockquote>
        </figure>
      )}
      <dl class="facts-list">
        <dt>Why it asks</dt>
        <dd>
          <Prose text={reason} />
        </dd>
        {action.type === 'command' && (
          <>
            <dt>Where</dt>
            <dd>
              <Exact text={inWorkspace(action.cwd, folder)} />
            </dd>
            <dt>Network</dt>
            <dd>{action.network ? 'any public host, while it runs' : 'hosts are asked about'}</dd>
          </>
        )}
      </dl>
      {/* Next to the buttons: in a low panel, whoever sees them sees what they allow. */}
      <pre class="exact">
        <Exact text={complete ? text : text.slice(0, cut)} />
      </pre>
      {!complete && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString('en')} characters before you allow it
        </button>
      )}
      {/[^\n\t -~]/.test(text) && <p class="note">Holds characters other than plain ASCII: look closely.</p>}
      {guidance === null ? (
        <div class="buttons">
          <button
            type="button"
            class="primary"
            disabled={blocked || !complete}
            onClick={() => answer({ type: 'allowOnce' })}
          >
            Allow once
          </button>
          <button type="button" disabled={blocked || !complete} onClick={() => answer({ type: 'allowForSession' })}>
            Allow for this session
          </button>
          {action.type === 'connect' && (
            <button
              type="button"
              disabled={blocked || !complete}
              title={`Adds a rule to this workspace: programs may reach ${action.host} on port ${action.port}`}
              onClick={() => answer({ type: 'allowForWorkspace' })}
            >
              Allow in this workspace
            </button>
          )}
          <button type="button" disabled={blocked} onClick={() => setGuidance('')}>
            Deny…
          </button>
        </div>
      ) : (
        <Denial guidance={guidance} blocked={blocked} onChange={setGuidance} onDeny={deny} />
      )}
    </section>
  )
}

function Denial(props: {
  guidance: string
  blocked: boolean
  onChange: (guidance: string | null) => void
  onDeny: () => void
}) {
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), [])
  return (
    <div class="denial">
      <textarea
        ref={field}
        rows={2}
        maxLength={10_000}
        aria-label="What the agent should do instead (optional)"
        placeholder="What should it do instead? (optional)"
        value={props.guidance}
        onInput={(event) => props.onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') props.onChange(null)
        }}
      />
      <div class="buttons">
        <button type="button" class="primary" disabled={props.blocked} onClick={props.onDeny}>
          Deny
        </button>
        <button type="button" onClick={() => props.onChange(null)}>
          Back
        </button>
      </div>
    </div>
  )
}

function Answered({ item: { approval, answer } }: { item: ApprovalItem }) {
  const denied = answer && answer !== 'withdrawn' && answer.outcome.type === 'deny'
  return (
    <div class={denied ? 'line answered denied' : 'line answered'}>
      <Icon name="shield" />
      <span class="grow">
        {answer && answer !== 'withdrawn' ? (
          <>
            {outcomeNames[answer.outcome.type]} <span class="by">by {answer.by}</span>
            {answer.outcome.type === 'deny' && answer.outcome.guidance && (
              <>
                : “<Prose text={answer.outcome.guidance} />”
              </>
            )}
          </>
        ) : (
          'Asked for approval; it was over before an answer'
        )}
        <span class="by"> · {headings[approval.action.type](approval.action).replace(/\?$/, '')}</span>
      </span>
    </div>
  )
}

/** False until the question has been in view for a moment. */
function useSettled(): boolean {
  const [settled, setSettled] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), settleTime)
    return () => clearTimeout(timer)
  }, [])
  return settled
}

type Headings = { [T in Action['type']]: (action: Action) => string }

const headings: Headings = {
  command: (action) =>
    action.type === 'command' && action.network ? 'Run this command with the whole network?' : 'Run this command?',
  read: () => 'Read this path?',
  list: () => 'List this folder?',
  search: () => 'Search here?',
  write: () => 'Write this file?',
  process: () => 'Talk to this program?',
  connect: () => 'Let this command reach a host?',
  unknown: () => 'Call this tool?',
}

const riskNames: Record<Risk, string> = {
  low: 'Low risk',
  medium: 'Medium risk',
  high: 'High risk',
  critical: 'Critical risk',
}

const outcomeNames: Record<Outcome['type'], string> = {
  allowOnce: 'Allowed once',
  allowForSession: 'Allowed for this session',
  allowForWorkspace: 'Allowed in this workspace',
  allowForUser: 'Allowed everywhere',
  allowWithInput: 'Allowed with changes',
  deny: 'Denied',
  abort: 'Denied, and the task ended',
}

function exactText(action: Action): string {
  switch (action.type) {
    case 'command':
      return action.command
    case 'read':
    case 'list':
      return action.path
    case 'search':
      return `${action.pattern}\nin ${action.path}`
    case 'write':
      return `${action.path}\n${action.size.toLocaleString('en')} bytes, SHA-256 ${action.sha256}`
    case 'process':
      return [action.process, action.signal, action.input].filter((part) => part !== undefined).join('\n')
    case 'connect':
      return `${action.host}, port ${action.port}\nfor ${action.command}`
    case 'unknown':
      return `${action.tool} ${action.arguments}`
  }
}

function cutOf(text: string): number {
  let end = -1
  for (let line = 0; line < shownLines; line++) {
    end = text.indexOf('\n', end + 1)
    if (end < 0) return Math.min(text.length, text.length > shownLength * 1.2 ? shownLength : text.length)
  }
  return Math.min(end, shownLength)
}
