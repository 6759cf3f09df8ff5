import * as vscode from 'vscode'
import type { PolicyTrouble } from '#protocol/policy.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { FolderPolicy } from './folderPolicy.ts'
import { policyItems, policyMeaning } from './policyLanguage.ts'

/** What may be a policy file; which of these are, the daemon says. */
const files: vscode.DocumentSelector = { scheme: 'file', pattern: '**/policy.yaml' }

/** Completion, hover and findings in policy files; a file that keeps everything from being allowed is told once. */
export function servePolicyFiles(policy: FolderPolicy): vscode.Disposable {
  const findings = vscode.languages.createDiagnosticCollection('paddock-policy')
  const told = new Map<string, string>()
  const draw = () => {
    findings.clear()
    const paths = policy.sources.map(({ path }) => path)
    void vscode.commands.executeCommand('setContext', 'paddock.policyFiles', paths)
    for (const { path, troubles, holds, sha256 = '' } of policy.sources) {
      if (troubles.length > 0) findings.set(vscode.Uri.file(path), troubles.map(finding))
      if (!holds) told.delete(path)
      else if (told.get(path) !== sha256) {
        told.set(path, sha256)
        void tellOfTrouble(path, troubles)
      }
    }
  }
  const isPolicy = ({ uri }: vscode.TextDocument) => policy.sources.some(({ path }) => path === uri.fsPath)
  return vscode.Disposable.from(
    findings,
    { dispose: policy.changed.on(draw) },
    vscode.languages.registerCompletionItemProvider(
      files,
      { provideCompletionItems: (document, at) => (isPolicy(document) ? itemsAt(document, at) : []) },
      ' ',
      '[',
      '{',
      ',',
    ),
    vscode.languages.registerHoverProvider(files, {
      provideHover: (document, at) => (isPolicy(document) ? hoverAt(document, at) : null),
    }),
  )
}

function itemsAt(document: vscode.TextDocument, at: vscode.Position): vscode.CompletionItem[] {
  return policyItems(linesOf(document), at.line, at.character).map(({ label, means, snippet, replaces }, index) => {
    const item = new vscode.CompletionItem(label, vscode.CompletionItemKind.Property)
    item.documentation = means
    item.insertText = new vscode.SnippetString(snippet)
    item.range = new vscode.Range(at.translate(0, -replaces), at)
    item.sortText = String(index).padStart(3, '0')
    return item
  })
}

function hoverAt(document: vscode.TextDocument, at: vscode.Position): vscode.Hover | null {
  const means = policyMeaning(linesOf(document), at.line, at.character)
  return means === undefined ? null : new vscode.Hover(means)
}

function linesOf(document: vscode.TextDocument): string[] {
  return Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text)
}

function finding({ line, column, rule, what, fix, holds }: PolicyTrouble): vscode.Diagnostic {
  const start = new vscode.Position(line - 1, column - 1)
  const severity = holds ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning
  const whose = rule === undefined ? '' : `${rule}: `
  const effect = holds ? ' Until it is mended, what would be allowed is asked about.' : ''
  const text = visible(`${whose}${what}. ${fix}${effect}`)
  const found = new vscode.Diagnostic(new vscode.Range(start, start.translate(0, 1)), text, severity)
  found.source = 'Paddock'
  return found
}

async function tellOfTrouble(path: string, [first]: readonly PolicyTrouble[]): Promise<void> {
  const open = 'Open Policy'
  const what = first ? `: ${first.what} (line ${first.line})` : ''
  const text = `Paddock: a policy cannot be read in full${what}. Until it is mended, whatever would be allowed is asked about.`
  if ((await vscode.window.showWarningMessage(inert(visible(text)), open)) !== open) return
  const line = (first?.line ?? 1) - 1
  await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(line, 0, line, 0) })
}
