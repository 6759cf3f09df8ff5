import * as vscode from 'vscode'
import { inert } from './approvalText.ts'
import type { EditorWindow } from './editorWindow.ts'
import { explanationDocument, explanationLines, type PolicyExplanation } from './explanationText.ts'

interface LineItem extends vscode.QuickPickItem {
  readonly explanation?: PolicyExplanation
}

/** How long nobody types before it is asked, in milliseconds. */
const pause = 150

/** "What Would Happen To…": explains an action while it is typed. Nothing is run. */
export async function testPolicy({ connection, folders, session, documents }: EditorWindow): Promise<void> {
  const folder = await folders.ask()
  if (!folder) return
  const asked = { folder: folder.uri.fsPath, ...(session.id && { session: session.id }) }
  const list = vscode.window.createQuickPick<LineItem>()
  let timer: NodeJS.Timeout | undefined
  let turn = 0
  const explain = async (text: string) => {
    const mine = ++turn
    if (text.trim() === '') {
      list.items = []
      return
    }
    list.busy = true
    const items = await connection
      .request('policy/explain', { ...asked, actions: [text] })
      .then(({ explanations }) => explanations.flatMap(itemsOf))
      .catch((error) => [{ label: '$(warning) Not asked', detail: inert(String(error)), alwaysShow: true }])
    if (mine !== turn) return
    list.items = items
    list.busy = false
  }
  list.title = 'Paddock: What Would Happen To…'
  list.placeholder = 'A command line, such as git push, or an action as JSON. Nothing is run.'
  list.ignoreFocusOut = true
  list.onDidChangeValue((text) => {
    clearTimeout(timer)
    // What stands there was about another action.
    turn++
    list.items = []
    timer = setTimeout(() => void explain(text), pause)
  })
  list.onDidAccept(() => {
    const explanation = list.items.find((item) => item.explanation)?.explanation
    if (!explanation) return
    list.hide()
    void documents.show('What would happen.md', explanationDocument(explanation))
  })
  list.onDidHide(() => {
    turn++
    clearTimeout(timer)
    list.dispose()
  })
  list.show()
}

function itemsOf(explanation: PolicyExplanation): LineItem[] {
  return explanationLines(explanation).map(({ icon, label, description, detail }) => ({
    label: `${icon ? `$(${icon}) ` : ''}${inert(label)}`,
    ...(description && { description: inert(description) }),
    ...(detail && { detail: inert(detail) }),
    // What is typed is an action, not a filter.
    alwaysShow: true,
    explanation,
  }))
}
