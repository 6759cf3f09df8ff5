import { useMemo } from 'preact/hooks'
import { defaultMode } from '#protocol/modeText.ts'
import { Announcer } from './frame/announcer.tsx'
import { Banner, Notice } from './frame/banner.tsx'
import { ChangesBar } from './frame/changesBar.tsx'
import { Composer } from './frame/composer.tsx'
import { Conversation } from './frame/conversationView.tsx'
import { EmptyPage } from './frame/emptyPage.tsx'
import { Header } from './frame/header.tsx'
import { Queue } from './frame/queue.tsx'
import type { Memory } from './host.ts'
import { isBusy, type PageActions, type PageState } from './page.ts'
import { Actions, ItemMemory, Place, WindowFocus } from './pageContext.ts'
import { type Store, useStore } from './store.ts'
import type { Item } from './transcriptItem.ts'

interface Props {
  readonly store: Store<PageState>
  readonly actions: PageActions
  readonly memory: { read(): Memory; write(memory: Memory): void }
}

/** The whole page: what surrounds the conversation, the conversation, and what is typed. */
export function App({ store, actions, memory }: Props) {
  const page = useStore(store)
  const { view, session, conversation } = page
  const folder = conversation?.state.folder ?? view?.folder ?? ''
  const place = useMemo(() => ({ session: session ?? '', folder }), [session, folder])
  const itemMemory = useMemo(() => new Map<string, unknown>(), [session])
  const state = conversation?.state
  const fill = (text: string) => actions.draft(text)

  return (
    <Actions.Provider value={actions}>
      <Place.Provider value={place}>
        <ItemMemory.Provider value={itemMemory}>
          <WindowFocus.Provider value={view?.focused ?? true}>
            <Header sessions={page.sessions} session={session} state={state} />
            {view && <Banner view={view} />}
            <main>
              {session === null ||
              (conversation && isBlank(conversation.state.tasks, conversation.transcript.items)) ? (
                <EmptyPage view={view} unsandboxed={state?.unsandboxed ?? false} onPick={fill} />
              ) : (
                conversation && (
                  <Conversation key={session} conversation={conversation} loadingEarlier={page.loadingEarlier} />
                )
              )}
            </main>
            <footer>
              {page.notice && <Notice text={page.notice} />}
              {state && state.changes.files > 0 && <ChangesBar session={state.id} changes={state.changes} />}
              {state && <Queue tasks={state.tasks} />}
              <Composer
                busy={isBusy(conversation)}
                running={state?.tasks.some((task) => task.state === 'running' || task.state === 'waiting') ?? false}
                usable={view?.connection === 'connected' && view.folder !== null}
                mode={state ? (state.mode ?? defaultMode) : null}
                model={view?.model ?? null}
                draft={page.draft}
                focus={page.focus}
                lastPrompt={state?.tasks.at(-1)?.prompt ?? ''}
                memory={memory}
              />
            </footer>
            <Announcer conversation={conversation} />
          </WindowFocus.Provider>
        </ItemMemory.Provider>
      </Place.Provider>
    </Actions.Provider>
  )
}

/** Nothing was said or done yet; what mode it begins in is no conversation. */
function isBlank(tasks: readonly unknown[], items: readonly Item[]): boolean {
  return tasks.length === 0 && items.every(({ type }) => type === 'mode')
}
