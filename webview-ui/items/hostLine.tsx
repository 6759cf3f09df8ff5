import { Icon } from '../icons.tsx'
import { Prose } from '../text.tsx'
import type { HostItem } from '../transcriptItem.ts'

/** A host that a program reached, or did not, and by what that was decided. */
export function HostLine({ item: { decision, command, times } }: { item: HostItem }) {
  const { host, port, verdict, reason } = decision
  const allowed = verdict === 'allow'
  return (
    <div class={allowed ? 'line quiet' : 'line quiet denied'} title={command && `For: ${command}`}>
      <Icon name="globe" />
      <span class="grow">
        {allowed ? 'Reached ' : 'Refused '}
        <Prose text={port === 443 || port === 80 ? host : `${host}, port ${port}`} />
        {times > 1 && ` ${times.toLocaleString('en')} times`}
        <span class="by">
          {' · '}
          <Prose text={reason} />
        </span>
      </span>
    </div>
  )
}
