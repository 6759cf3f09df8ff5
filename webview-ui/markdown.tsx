import type { Token, Tokens } from 'marked'
import type { ComponentChildren } from 'preact'
import { useContext, useMemo, useRef } from 'preact/hooks'
import { CopyButton } from './copyButton.tsx'
import { misleads, webLink, workspacePath } from './links.ts'
import { type Block, blocksOf } from './markdownBlocks.ts'
import { memo } from './memo.tsx'
import { Actions } from './pageContext.ts'
import { Prose } from './text.tsx'

/** Longer texts are shown up to here; the rest is in the log. */
const textLimit = 200_000

/**
 * A Markdown text as elements. Nothing in it is ever HTML: tags are shown as text, images as their links, and links do
 * nothing by themselves. While the text grows only its last block is read and drawn again.
 */
export function Markdown({ text }: { text: string }) {
  const before = useRef<readonly Block[]>([])
  const blocks = useMemo(() => {
    before.current = blocksOf(text.length > textLimit ? `${text.slice(0, textLimit)}…` : text, before.current)
    return before.current
  }, [text])
  return (
    <div class="markdown">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  )
}

const BlockView = memo(({ block }: { block: Block }) => <>{draw(block.token, 0)}</>)

type Drawing = (token: Token, depth: number) => ComponentChildren

const maxDepth = 40

function draw(token: Token, depth: number): ComponentChildren {
  if (depth > maxDepth) return <Prose text={token.raw} />
  return (drawings[token.type] ?? asText)(token, depth + 1)
}

function drawAll(tokens: readonly Token[] | undefined, depth: number): ComponentChildren {
  return tokens?.map((token) => draw(token, depth))
}

const asText: Drawing = (token) => <Prose text={token.raw} />

const drawings: Record<string, Drawing> = {
  space: () => null,
  def: () => null,
  hr: () => <hr />,
  br: () => <br />,
  group: (token, depth) => drawAll((token as Tokens.Generic).tokens, depth),
  paragraph: (token, depth) => <p>{drawAll((token as Tokens.Paragraph).tokens, depth)}</p>,
  heading(token, depth) {
    const { depth: level, tokens } = token as Tokens.Heading
    const Tag = `h${Math.min(level + 2, 6)}` as 'h3'
    return <Tag class={`level-${level}`}>{drawAll(tokens, depth)}</Tag>
  },
  blockquote: (token, depth) => <blockquote>{drawAll((token as Tokens.Blockquote).tokens, depth)}</blockquote>,
  list(token, depth) {
    const { ordered, start, items } = token as Tokens.List
    const drawn = items.map((item, index) => (
      <li key={index} class={item.task ? 'task' : undefined}>
        {item.task && <span class={item.checked ? 'box checked' : 'box'} role="img" aria-label={boxName(item)} />}
        {drawAll(
          item.tokens.filter(({ type }) => type !== 'checkbox'),
          depth,
        )}
      </li>
    ))
    return ordered ? <ol start={start === '' ? 1 : start}>{drawn}</ol> : <ul>{drawn}</ul>
  },
  code(token) {
    const { lang = '', text } = token as Tokens.Code
    const name = lang.split(/\s/, 1)[0] ?? ''
    return (
      <div class="code">
        <div class="code-head">
          <span class="code-name">{name}</span>
          <CopyButton text={text} label="Copy code" />
        </div>
        <pre>
          <code>
            <Prose text={text} />
          </code>
        </pre>
      </div>
    )
  },
  table(token, depth) {
    const { header, rows } = token as Tokens.Table
    const cell = (Tag: 'th' | 'td') => (of: Tokens.TableCell, index: number) => (
      <Tag key={index} class={of.align ? `align-${of.align}` : undefined}>
        {drawAll(of.tokens, depth)}
      </Tag>
    )
    return (
      <div class="table">
        <table>
          <thead>
            <tr>{header.map(cell('th'))}</tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>{row.map(cell('td'))}</tr>
            ))}
          </tbody>
        </table>
      </div>
    )
  },
  text(token, depth) {
    const { tokens, text } = token as Tokens.Text
    return tokens ? drawAll(tokens, depth) : <Prose text={text} />
  },
  escape: (token) => <Prose text={(token as Tokens.Escape).text} />,
  strong: (token, depth) => <strong>{drawAll((token as Tokens.Strong).tokens, depth)}</strong>,
  em: (token, depth) => <em>{drawAll((token as Tokens.Em).tokens, depth)}</em>,
  del: (token, depth) => <del>{drawAll((token as Tokens.Del).tokens, depth)}</del>,
  codespan: (token) => <InlineCode code={(token as Tokens.Codespan).text} />,
  link(token, depth) {
    const { href, text, tokens } = token as Tokens.Link
    return (
      <Link href={href} words={text}>
        {drawAll(tokens, depth)}
      </Link>
    )
  },
  image(token) {
    const { href, text } = token as Tokens.Image
    const words = text || 'image'
    return (
      <Link href={href} words={words}>
        Image: <Prose text={words} />
      </Link>
    )
  },
}

function boxName({ checked }: Tokens.ListItem): string {
  return checked ? 'Done' : 'Not done'
}

function Link({ href, words, children }: { href: string; words: string; children: ComponentChildren }) {
  const actions = useContext(Actions)
  const link = webLink(href)
  if (!link) return <span title={`Not opened: ${href.slice(0, 200)}`}>{children}</span>
  const open = () => actions.command({ name: 'openLink', url: link.url })
  return (
    <>
      <Inline name="link" title={`Opens ${link.host}\n${link.url.slice(0, 500)}`} run={open}>
        {children}
      </Inline>
      {misleads(words, link.host) && <span class="true-host"> ({link.host})</span>}
    </>
  )
}

function InlineCode({ code }: { code: string }) {
  const actions = useContext(Actions)
  const file = workspacePath(code)
  const shown = (
    <code>
      <Prose text={code} />
    </code>
  )
  if (!file) return shown
  return (
    <Inline name="file-link" title={`Open ${file.path}`} run={() => actions.command({ name: 'openFile', ...file })}>
      {shown}
    </Inline>
  )
}

/** A link without an address: what it does is ours. Breaks over lines, which a button does not. */
function Inline(props: { name: string; title: string; run: () => void; children: ComponentChildren }) {
  const { name, title, run, children } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: an anchor with an address would be followed by the editor itself
    <span
      class={name}
      role="link"
      tabIndex={0}
      title={title}
      onClick={run}
      onKeyDown={(event) => {
        if (event.key === 'Enter') run()
      }}
    >
      {children}
    </span>
  )
}
