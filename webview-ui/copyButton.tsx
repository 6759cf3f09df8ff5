import { useState } from 'preact/hooks'
import { Icon } from './icons.tsx'

/** Puts a text on the clipboard, and says that it did until the pointer or the focus leaves. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState<string | null>(null)
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Could not copy'),
    )
  const forget = () => setSaid(null)
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={said ?? label}
      title={said ?? label}
      onClick={copy}
      onBlur={forget}
      onMouseLeave={forget}
    >
      <Icon name={said === 'Copied' ? 'check' : 'copy'} />
    </button>
  )
}
