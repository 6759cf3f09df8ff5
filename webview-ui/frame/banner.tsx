import { useContext } from 'preact/hooks'
import type { PageView } from '#protocol/page.ts'
import { CopyButton } from '../copyButton.tsx'
import { Icon, Spinner } from '../icons.tsx'
import { Actions } from '../pageContext.ts'
import { Prose } from '../text.tsx'

/** The one thing that keeps everything else from working, and how to mend it. Nothing where all is well. */
export function Banner({ view }: { view: PageView }) {
  const actions = useContext(Actions)
  const { connection, sandbox } = view
  if (connection === 'connecting') {
    return (
      <div class="banner" role="status">
        <Spinner />
        <span class="grow">Connecting to the daemon…</span>
      </div>
    )
  }
  if (connection === 'untrusted') {
    return (
      <section class="banner" role="status">
        <Icon name="shield" />
        <div class="grow">
          <strong>This workspace is not trusted.</strong> Nothing was started. Once you trust it, agents can work on a
          copy of it.
          <div class="buttons">
            <button type="button" class="primary" onClick={() => actions.command({ name: 'manageTrust' })}>
              Manage Workspace Trust
            </button>
          </div>
        </div>
      </section>
    )
  }
  if (connection !== 'connected') {
    return (
      <section class="banner problem" role="alert">
        <Icon name="error" />
        <div class="grow">
          <strong>No connection to the daemon.</strong> <Prose text={connection.failed} />
          <Fix text={connection.fix} />
          <div class="buttons">
            <button type="button" class="primary" onClick={() => actions.command({ name: 'retryConnection' })}>
              Retry
            </button>
          </div>
        </div>
      </section>
    )
  }
  if (sandbox?.type === 'unavailable') {
    return (
      <section class="banner problem" role="alert">
        <Icon name="shield" />
        <div class="grow">
          <strong>No sandbox: nothing will run.</strong> <Prose text={sandbox.why} />
          <Fix text={sandbox.fix} />
          <div class="buttons">
            <button type="button" class="primary" onClick={() => actions.command({ name: 'checkSandbox' })}>
              Check again
            </button>
          </div>
        </div>
      </section>
    )
  }
  return null
}

function Fix({ text }: { text: string }) {
  return (
    <div class="fix">
      <span class="grow">
        <Prose text={text} />
      </span>
      <CopyButton text={text} label="Copy the fix" />
    </div>
  )
}

/** What went wrong with the last thing that was asked for. Stays until it is dismissed or something succeeds. */
export function Notice({ text }: { text: string }) {
  const actions = useContext(Actions)
  return (
    <div class="notice" role="alert">
      <Icon name="warning" />
      <span class="grow">
        <Prose text={text} />
      </span>
      <button type="button" class="icon-button" aria-label="Dismiss" title="Dismiss" onClick={actions.dismissNotice}>
        <Icon name="close" />
      </button>
    </div>
  )
}
