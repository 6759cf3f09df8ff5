import type { GuardReport, GuardSummary } from '#protocol/guard.ts'

/** What a report in a question holds of each list. */
const shownOfReport = 100
/** The same in the log, of what ran. */
const loggedOfReport = 20

/** A report as a question shows it. */
export function shownReport(report: GuardReport): GuardReport {
  const { programs, paths, hosts, reasons } = report
  return {
    ...report,
    programs: programs.slice(0, shownOfReport),
    paths: paths.slice(0, shownOfReport),
    hosts: hosts.slice(0, shownOfReport),
    reasons: reasons.slice(0, shownOfReport),
  }
}

/** What the log keeps of it. */
export function summaryOf({ effect, programs, reasons, paths, hosts }: GuardReport): GuardSummary {
  return {
    effect,
    programs: distinct(programs.map(({ name }) => name ?? '?')),
    reasons: distinct(reasons.map(({ code }) => code)),
    paths: distinct(paths.map(({ path }) => path)),
    hosts: distinct(hosts),
  }
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].slice(0, loggedOfReport)
}
