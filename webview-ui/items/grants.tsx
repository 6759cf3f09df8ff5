import type { Approval, Outcome } from '#protocol/approval.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { readGrantText, ruleSentence, ruleText } from '#protocol/policyRuleText.ts'
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
  const { approval } = item
  if (approval.action.type === 'connect')
    return <HostGrants approval={approval} blocked={blocked} onAnswer={onAnswer} />
  if (!approval.proposals?.length) {
    return <p class="note-quiet">No rule is offered for this: it is asked about each time.</p>
  }
  return <RuleGrants item={item} proposals={approval.proposals} blocked={blocked} onAnswer={onAnswer} />
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

/** A host is granted as it stands: with its port, and nothing else. */
function HostGrants({ approval: { action }, blocked, onAnswer }: Omit<Props, 'item'> & { approval: Approval }) {
  const { host, port } = action as Extract<Approval['action'], { type: 'connect' }>
  const rule: PolicyRule = { verdict: 'allow', host, ports: [port] }
  const outcomes: Record<Scope, Outcome> = {
    allowForSession: { type: 'allowForSession' },
    allowForWorkspace: { type: 'allowForWorkspace' },
    allowForUser: { type: 'allowForUser', rules: [rule] },
  }
  return (
    <>
      <p>Allow it from now on, for every program in the sandbox, by this rule:</p>
      <pre class="rule">{ruleText(rule)}</pre>
      <p class="note-quiet">{ruleSentence(rule)}</p>
      <div class="buttons">
        {scopes.map(({ type, label, title }) => (
          <AnswerButton key={type} blocked={blocked} title={title} onAnswer={() => onAnswer(outcomes[type])}>
            {label}
          </AnswerButton>
        ))}
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

type Scope = 'allowForSession' | 'allowForWorkspace' | 'allowForUser'

const scopes: readonly { readonly type: Scope; readonly label: string; readonly title: string }[] = [
  { type: 'allowForSession', label: 'Allow for this session', title: 'Until the session ends' },
  {
    type: 'allowForWorkspace',
    label: 'Allow in this workspace',
    title: 'In every session of this folder, until you remove the rule',
  },
  { type: 'allowForUser', label: 'Allow everywhere', title: 'In every folder of yours, until you remove the rule' },
]
