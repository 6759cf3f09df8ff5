import type { Approval, Outcome } from '#protocol/approval.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { readGrantText, ruleSentence, ruleText, sessionHostSentence } from '#protocol/policyRuleText.ts'
import { useItemMemory } from '../text.tsx'
import type { ApprovalItem } from '../transcriptItem.ts'
import { AnswerButton } from './answerButton.tsx'

interface Props {
  readonly item: ApprovalItem
  readonly blocked: boolean
  readonly onAnswer: (outcome: Outcome) => void
}

/** Allows from now on, by rules that stand there as they will be kept, and can be changed first. */
export function Grants({ item, blocked, onAnswer }: Props) {
  const { action, proposals = [] } = item.approval
  if (proposals.length > 0) {
    return <RuleGrants item={item} proposals={proposals} blocked={blocked} onAnswer={onAnswer} />
  }
  if (action.type === 'connect') return <HostGrant action={action} blocked={blocked} onAnswer={onAnswer} />
  return <p class="note-quiet">No rule is offered for this: it is asked about each time.</p>
}

function RuleGrants({ item, proposals, blocked, onAnswer }: Props & { proposals: readonly PolicyRule[] }) {
  const [texts, setTexts] = useItemMemory<readonly string[]>(`${item.key}:rules`, proposals.map(ruleText))
  const read = texts.filter((text) => text.trim() !== '').map(readGrantText)
  const rules = read.filter((rule) => !('fault' in rule)) as PolicyRule[]
  const unclear = rules.length === 0 || rules.length < read.length
  const grant = (outcome: Outcome) => {
    if (!unclear) onAnswer(outcome)
  }
  return (
    <>
      <p>
        Allow it from now on, by {texts.length === 1 ? 'this rule' : 'these rules'}. You can change{' '}
        {texts.length === 1 ? 'it' : 'them, or empty one to leave it out,'} before you grant:
      </p>
      {texts.map((text, index) => (
        <RuleField
          key={index}
          label={texts.length === 1 ? 'Rule' : `Rule ${index + 1} of ${texts.length}`}
          text={text}
          onChange={(changed) => setTexts(texts.with(index, changed))}
        />
      ))}
      <div class="buttons">
        {scopes.map(({ type, label, title }) => (
          <AnswerButton key={type} blocked={blocked || unclear} title={title} onAnswer={() => grant({ type, rules })}>
            {label}
          </AnswerButton>
        ))}
      </div>
    </>
  )
}

type Connect = Extract<Approval['action'], { type: 'connect' }>

/** A host that a rule asks about: none that allows it lifts that, but this answer does, for the session. */
function HostGrant({ action, blocked, onAnswer }: Omit<Props, 'item'> & { action: Connect }) {
  return (
    <>
      <p>No rule can lift this question. Until the session ends you can allow it nevertheless:</p>
      <p class="note-quiet">{sessionHostSentence(action)}</p>
      <div class="buttons">
        <AnswerButton
          blocked={blocked}
          title="Until the session ends"
          onAnswer={() => onAnswer({ type: 'allowForSession' })}
        >
          Allow for this session
        </AnswerButton>
      </div>
    </>
  )
}

function RuleField(props: { label: string; text: string; onChange: (text: string) => void }) {
  const { label, text, onChange } = props
  const rule = text.trim() === '' ? undefined : readGrantText(text)
  const fault = rule && 'fault' in rule ? rule.fault : undefined
  return (
    <div class="rule-field">
      <textarea
        class="exact-field"
        rows={1}
        spellcheck={false}
        aria-label={label}
        aria-invalid={fault !== undefined}
        value={text}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <p class={fault ? 'note' : 'note-quiet'}>
        {fault ?? (rule && !('fault' in rule) ? ruleSentence(rule) : 'Left out.')}
      </p>
    </div>
  )
}

interface Scope {
  readonly type: 'allowForSession' | 'allowForWorkspace' | 'allowForUser'
  readonly label: string
  readonly title: string
}

const scopes: readonly Scope[] = [
  { type: 'allowForSession', label: 'Allow for this session', title: 'Until the session ends' },
  {
    type: 'allowForWorkspace',
    label: 'Allow in this workspace',
    title: 'In every session of this folder, until you remove the rule',
  },
  { type: 'allowForUser', label: 'Allow everywhere', title: 'In every folder of yours, until you remove the rule' },
]
