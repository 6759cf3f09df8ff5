import { posix } from 'node:path'
import type { Call } from '../call.ts'
import type { Examination } from '../knowledge.ts'
import { type Act, act } from '../reasons.ts'
import type { Word } from '../shell/word.ts'

// Tasks, scripts and files that have names of their own: some of these say what they do.

const publishes = act('publishes', 'It publishes something for everybody.')
const deploys = act('acts-elsewhere', 'It deploys to a service.')
const empties = act('changes-database', 'It empties a database.')

/** What names say; what is only built or tried out is none of it. */
const said: readonly (readonly [RegExp, Act])[] = [
  [
    /(?<!build)(^|[:._-])(publish|release|upload|uploadArchives)(?!ToMavenLocal|[:._-]?(dry|check|notes))([A-Z:_-]|$)/,
    publishes,
  ],
  [/(^|[:._-])(deploy|destroy)(?![:._-]?(dry|check))([A-Z:_-]|$)/, deploys],
  [
    /(^|[:._-])(db|database|schema|migrate|ecto)[:._-](drop|wipe|purge|reset|fresh|refresh|truncate)([:._-]|$)/,
    empties,
  ],
]

/** Of Django's commands, which are plain words. */
const djangoEmpties = /^(flush|reset_db)$/

/** What the names among these words say that they do. */
export function examineNames(words: readonly Word[], at: Examination): void {
  for (const { text } of words) for (const why of whyNameMatters(text)) at.reason(why)
}

/** A file that is run, by its name without folder and ending. */
export function whyFileMatters(path: string): Act[] {
  return whyNameMatters(posix.parse(path).name)
}

/** What a project's own program is told to do: `manage.py flush`, `artisan db:wipe`. */
export function examineProjectProgram(name: string, operands: readonly Word[], at: Examination): void {
  examineNames(operands, at)
  const isDjango = /^(manage\.py|django-admin)$/.test(posix.basename(name))
  if (isDjango && operands.some(({ text }) => djangoEmpties.test(text ?? ''))) at.reason(empties)
}

/** Programs of a project that an interpreter is given as a file. */
const projectPrograms = new Set(['manage.py', 'artisan', 'rails', 'rake', 'console'])

/** The words behind an interpreter’s name: its script may be a program of the project that is known by its name. */
export function examineScriptWords({ operands: [script, ...rest] }: Call, at: Examination): void {
  const name = script?.text
  if (typeof name === 'string' && projectPrograms.has(posix.basename(name))) examineProjectProgram(name, rest, at)
}

function whyNameMatters(name: string | null): Act[] {
  return name === null ? [] : said.flatMap(([pattern, why]) => (pattern.test(name) ? [why] : []))
}
