import { visible } from '#protocol/visible.ts'

/** A skill as one client sees it; what the skills channel answers to `paddock/listSkills`. */
interface ListedSkill {
  readonly name: string
  readonly path: string
  readonly description: string
  readonly scope: 'project' | 'personal' | 'managed'
  readonly state: 'shown' | 'shadowed' | 'cut'
  readonly winner?: string
}

export interface ClientSkills {
  readonly client: string
  readonly title: string
  readonly skills: readonly ListedSkill[]
  readonly listing?: { readonly used: number; readonly budget: number; readonly unit: 'characters' | 'tokens' }
  readonly more: number
}

/** One line of the Skills view. What skills say of themselves is made visible here. */
export interface SkillNode {
  readonly id: string
  readonly label: string
  readonly description: string
  readonly tooltip: string
  readonly icon: string
  /** A theme color for the icon. */
  readonly color?: string
  readonly context?: 'skill'
  /** Where the skill's file is, for a line that is one. */
  readonly path?: string
  readonly children: readonly SkillNode[]
}

/** All lines of the view: the clients that find skills, each with its own. */
export function skillNodes(clients: readonly ClientSkills[]): SkillNode[] {
  return clients.filter(({ skills }) => skills.length > 0).map(clientNode)
}

function clientNode({ client, title, skills, listing, more }: ClientSkills): SkillNode {
  const hidden = skills.filter(({ state }) => state === 'shadowed').length
  const many = skills.length + more - hidden
  const total = `${counted(many)} ${many === 1 ? 'skill' : 'skills'}`
  const room = listing
    ? `${counted(listing.used)} of ${counted(listing.budget)} ${listing.unit} of its listing used`
    : undefined
  const isFull = listing !== undefined && listing.used > listing.budget
  const rest: SkillNode[] =
    more > 0
      ? [
          {
            id: `${client}/more`,
            label: `${counted(more)} more`,
            description: '',
            tooltip: '',
            icon: 'ellipsis',
            children: [],
          },
        ]
      : []
  return {
    id: client,
    label: title,
    description: [total, isFull ? 'listing full' : '', hidden > 0 ? `${counted(hidden)} not loaded` : '']
      .filter(Boolean)
      .join(', '),
    tooltip: [`${title}: ${total}`, room].filter(Boolean).join('\n'),
    icon: isFull ? 'warning' : 'library',
    ...(isFull && { color: 'list.warningForeground' }),
    children: [...skills.map((skill) => skillNode(client, skill)), ...rest],
  }
}

const looks: Record<ListedSkill['state'], { readonly icon: string; readonly color?: string; readonly word: string }> = {
  shown: { icon: 'book', word: '' },
  shadowed: { icon: 'eye-closed', color: 'disabledForeground', word: 'not loaded' },
  cut: { icon: 'fold', color: 'list.warningForeground', word: 'description cut' },
}

function skillNode(client: string, { name, path, description, scope, state, winner }: ListedSkill): SkillNode {
  const { icon, color, word } = looks[state]
  const instead = winner === undefined ? '' : `Taken instead: ${visible(winner)}`
  const cut =
    state === 'cut' ? 'The listing of this client is full; descriptions of skills that are used least go first.' : ''
  return {
    id: `${client} ${path}`,
    label: visible(name),
    description: [scope === 'project' ? '' : scope, word].filter(Boolean).join(', '),
    tooltip: [visible(path), visible(description), instead, cut].filter(Boolean).join('\n'),
    icon,
    ...(color && { color }),
    context: 'skill',
    path,
    children: [],
  }
}

function counted(number: number): string {
  return number.toLocaleString('en')
}
