import { useContext, useState } from 'preact/hooks'
import { ItemMemory } from './pageContext.ts'
import { exactPieces, outputPieces, type Piece, prosePieces } from './plainText.ts'

/** Prose of the model or the user: text, never markup. */
export function Prose({ text }: { text: string }) {
  return <Pieces pieces={prosePieces(text)} />
}

/** Text that a person decides by, shown exactly. */
export function Exact({ text }: { text: string }) {
  return <Pieces pieces={exactPieces(text)} />
}

function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <>
      {pieces.map(({ text, mark }, index) =>
        mark ? (
          <span key={index} class="hidden-character">
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </>
  )
}

const firstShown = 20_000
const moreShown = 100_000

/** A program's output: its beginning, and more of it on request. */
export function Output({ text, label }: { text: string; label: string }) {
  const [shown, setShown] = useState(firstShown)
  const rest = text.length - shown
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
      <section class="output" tabIndex={0} aria-label={label}>
        <Pieces pieces={outputPieces(rest > 0 ? text.slice(0, shown) : text)} />
      </section>
      {rest > 0 && (
        <button type="button" class="link more" onClick={() => setShown(shown + moreShown)}>
          Show more ({rest.toLocaleString('en')} characters left)
        </button>
      )}
    </>
  )
}

/** A value that belongs to an entry of the conversation and outlives its being scrolled out of the page. */
export function useItemMemory<T>(key: string, initial: T): [T, (value: T) => void] {
  const memory = useContext(ItemMemory)
  const [, redraw] = useState(0)
  const value = memory.has(key) ? (memory.get(key) as T) : initial
  const set = (next: T) => {
    memory.set(key, next)
    redraw((count) => count + 1)
  }
  return [value, set]
}
