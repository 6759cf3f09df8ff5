import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  Position,
  SymbolKind,
} from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import { pathOf } from '../document/location.ts'
import type { FeatureContext } from './feature.ts'
import { wantedAt } from './references.ts'
import { namesIn, ownName } from './thing.ts'
import { usagesOf, wanted } from './usages.ts'

const kinds: Record<string, SymbolKind> = { skill: 12, flatSkill: 12, agent: 5 }
const file: SymbolKind = 1

/** The skill or agent at `position`; anywhere else in one, that itself. */
export async function prepareCalls(
  document: SkillDocument,
  position: Position,
  context: FeatureContext,
): Promise<CallHierarchyItem[]> {
  const what = wantedAt(document, position, context)
  const path = what && what.names.length > 0 ? what.path : document.path
  const target = path === undefined ? 'missing' : await context.read(path)
  return target === 'missing' || !(target.kind in kinds) ? [] : [itemOf(target)]
}

/** Who names it. */
export async function incomingCalls(
  item: CallHierarchyItem,
  context: FeatureContext,
): Promise<CallHierarchyIncomingCall[]> {
  const path = pathOf(item.uri)
  if (path === undefined) return []
  const calls = new Map<SkillDocument, CallHierarchyIncomingCall>()
  for (const { document, span, type } of await usagesOf(wanted(path, context), context)) {
    if (type !== 'name') continue
    const call = calls.get(document) ?? { from: itemOf(document), fromRanges: [] }
    call.fromRanges.push(document.rangeOf(span))
    calls.set(document, call)
  }
  return [...calls.values()]
}

/** Whom it names. */
export async function outgoingCalls(
  item: CallHierarchyItem,
  context: FeatureContext,
): Promise<CallHierarchyOutgoingCall[]> {
  const path = pathOf(item.uri)
  const document = path === undefined ? 'missing' : await context.read(path)
  if (document === 'missing') return []
  const calls = new Map<string, CallHierarchyOutgoingCall>()
  for (const { targets, reference } of namesIn(document, context)) {
    const target = targets[0] && (await context.read(targets[0].path))
    if (!target || target === 'missing' || target.path === path) continue
    const call = calls.get(target.uri) ?? { to: itemOf(target), fromRanges: [] }
    call.fromRanges.push(document.rangeOf(reference.nameSpan))
    calls.set(target.uri, call)
  }
  return [...calls.values()]
}

function itemOf(document: SkillDocument): CallHierarchyItem {
  const own = ownName(document)
  const whole = { start: 0, end: document.text.length }
  const name = own?.name ?? document.folder ?? document.path?.slice(document.path.lastIndexOf('/') + 1) ?? document.uri
  const selection = own?.span ?? { start: 0, end: 0 }
  return {
    name,
    kind: kinds[document.kind] ?? file,
    uri: document.uri,
    range: document.rangeOf(whole),
    selectionRange: document.rangeOf(selection),
  }
}
