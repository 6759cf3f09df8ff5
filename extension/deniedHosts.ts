import * as vscode from 'vscode'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import { type Decided, isNews, lacksRule, whyDenied } from './deniedHost.ts'
import type { EditorWindow } from './editorWindow.ts'
import { complain, tell } from './messages.ts'
import { addRule } from './networkRules.ts'
import { ruleSentence } from './networkRuleText.ts'

const allow = 'Allow in This Workspace…'
const editRules = 'Edit Network Rules…'
const kept = 1_000

/** Says why a host was out of reach, once for each host of a session. The chat has every one. */
export function noticeDeniedHosts(window: EditorWindow): vscode.Disposable {
  const told = new Set<string>()
  const stop = window.session.moved.on(({ state, events }) => {
    for (const { event } of events) {
      if (event.type !== 'connectionDecided' || !isNews(event)) continue
      const key = `${state.id} ${event.decision.host}`
      if (told.has(key)) continue
      if (told.size >= kept) told.clear()
      told.add(key)
      void notice(window, state.folder, event).catch(complain)
    }
  })
  return { dispose: stop }
}

async function notice(window: EditorWindow, folder: string, event: Decided): Promise<void> {
  const { host, port } = event.decision
  const target = port === 80 || port === 443 ? host : `${host}, port ${port}`
  const text = inert(`Paddock: ${visible(target)} was out of reach: ${visible(whyDenied(event))}.`)
  const answer = await vscode.window.showWarningMessage(text, lacksRule(event) ? allow : editRules)
  if (answer === editRules) await vscode.commands.executeCommand('paddock.editNetworkRules')
  if (answer === allow) await allowHost(window, folder, host, port)
}

async function allowHost(window: EditorWindow, folder: string, host: string, port: number): Promise<void> {
  const rules = [
    { verdict: 'allow' as const, host, ports: [port] },
    ...(port === 80 || port === 443 ? [{ verdict: 'allow' as const, host }] : []),
  ]
  const items = rules.map((rule) => ({ label: inert(visible(ruleSentence(rule))), rule }))
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Paddock: add this rule to the workspace?',
    placeHolder: 'It holds at once, for every session of this folder. Take it back with “Edit Network Rules…”.',
  })
  if (!picked) return
  await addRule(window, folder, picked.rule)
  tell(`${host} may be reached from now on`)
}
