import { relative, sep } from 'node:path'
import { build } from '#client/build.ts'
import { visible } from '#protocol/visible.ts'
import { uriOf } from '../../skill/document/location.ts'
import { count } from '../../skill/rules/entries.ts'
import type { Rule, Severity } from '../../skill/rules/rule.ts'
import { type RuleCode, rules } from '../../skill/rules/rules.ts'
import { sources } from '../../skill/rules/sources.ts'
import { fingerprintOf } from './baseline.ts'
import type { CheckedFinding } from './checked.ts'

/** What a check has to tell. */
export interface Report {
  readonly findings: readonly CheckedFinding[]
  readonly files: number
  /** Files that fixes were made in. */
  readonly fixed: readonly string[]
  /** What could not be done, as sentences. */
  readonly troubles: readonly string[]
  /** Paths are told from here. */
  readonly folder: string
  readonly withHints: boolean
}

export type ReportFormat = keyof typeof reports

/** Each way to tell it, as the text of standard output. */
export const reports = { text, json, sarif } satisfies Record<string, (report: Report) => string>

function text({ findings, files, fixed, folder, withHints }: Report): string {
  const told = findings.filter(({ severity }) => withHints || severity !== 'hint')
  const lines = told.map((finding) => {
    const { line, character } = finding.range.start
    const place = `${from(folder, finding.path)}:${line + 1}:${character + 1}`
    return `${visible(place)} ${finding.code} ${finding.severity}: ${visible(finding.message)}`
  })
  const mended = fixed.map((path) => `${visible(from(folder, path))}: fixed`)
  return [...mended, ...lines, summary(findings, files, withHints), ''].join('\n')
}

function summary(findings: readonly CheckedFinding[], files: number, withHints: boolean): string {
  if (files === 0) return '0 files: nothing here is a skill or a relative of one.'
  const counts = (['error', 'warning', 'information', 'hint'] as const).map((severity) => {
    const found = findings.filter((finding) => finding.severity === severity).length
    const hidden = severity === 'hint' && !withHints ? ' (told with --hints)' : ''
    return found === 0 ? undefined : `${count(found)} ${severityWords[severity][found === 1 ? 0 : 1]}${hidden}`
  })
  const said = counts.filter((each) => each !== undefined).join(', ') || 'nothing found'
  return `${count(files)} ${files === 1 ? 'file' : 'files'}: ${said}.`
}

const severityWords: Record<Severity, readonly [string, string]> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  information: ['information', 'information'],
  hint: ['hint', 'hints'],
}

function json({ findings, files, fixed, troubles, folder }: Report): string {
  const told = findings.map(({ path, code, severity, message, range, documentation }) => {
    const rule = { code, severity, message, ...(documentation === undefined ? {} : { documentation }) }
    return { path: from(folder, path), ...rule, range: { start: oneBased(range.start), end: oneBased(range.end) } }
  })
  return `${JSON.stringify({ files, fixed: fixed.map((path) => from(folder, path)), findings: told, troubles })}\n`
}

const oneBased = ({ line, character }: { line: number; character: number }) => {
  return { line: line + 1, column: character + 1 }
}

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', information: 'note', hint: 'note' }

/** SARIF 2.1.0; locations are relative to where the check was run. */
function sarif({ findings, folder, troubles }: Report): string {
  const codes = [...new Set(findings.map(({ code }) => code))].sort()
  const results = findings.map((finding) => {
    const { path, code, severity, message, range } = finding
    const region = {
      startLine: range.start.line + 1,
      startColumn: range.start.character + 1,
      endLine: range.end.line + 1,
      endColumn: range.end.character + 1,
    }
    return {
      ruleId: code,
      ruleIndex: codes.indexOf(code),
      level: levels[severity],
      message: { text: message },
      locations: [{ physicalLocation: { artifactLocation: artifactAt(folder, path), region } }],
      partialFingerprints: { 'paddock/v1': fingerprintOf(finding, folder) },
    }
  })
  const driver = { name: 'paddock', semanticVersion: build.split('+')[0], rules: codes.map(sarifRule) }
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { ROOT: { uri: `${uriOf(folder)}/` } },
    invocations: [
      {
        executionSuccessful: troubles.length === 0,
        toolExecutionNotifications: troubles.map((trouble) => ({ level: 'error', message: { text: trouble } })),
      },
    ],
    results,
  }
  const $schema = 'https://json.schemastore.org/sarif-2.1.0.json'
  return `${JSON.stringify({ $schema, version: '2.1.0', runs: [run] })}\n`
}

/** From where the check was run; what lies elsewhere by its whole address. */
function artifactAt(folder: string, path: string) {
  const way = from(folder, path)
  return way === path
    ? { uri: uriOf(path) }
    : { uri: way.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'ROOT' }
}

function sarifRule(id: RuleCode) {
  const { title, why, source }: Rule = rules[id]
  const described = { shortDescription: { text: title }, fullDescription: { text: why } }
  return { id, ...described, help: { text: why, markdown: why }, ...(source && { helpUri: sources[source] }) }
}

/** A path as people write it: from `folder` where it lies in there. */
function from(folder: string, path: string): string {
  if (path.startsWith(`${folder}/`) && !path.startsWith('..', folder.length + 1)) return path.slice(folder.length + 1)
  const way = relative(folder, path)
  return way === '' || way.startsWith('..') ? path : way.split(sep).join('/')
}
