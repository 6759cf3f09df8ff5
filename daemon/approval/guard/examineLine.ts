import { examineProgram } from './examineProgram.ts'
import { type Inspection, isDevice, isRawDevice, maxDepth, notePath, type Standing } from './inspection.ts'
import { pathsOf } from './paths.ts'
import { knowledgeOf } from './programs/programs.ts'
import type { Assignment, Command } from './shell/command.ts'
import { unreadable } from './shell/readable.ts'
import { type Flow, goesOn, type State } from './shell/state.ts'
import { walkLine } from './shell/walkLine.ts'
import { shown, type Word } from './shell/word.ts'
import { whyVariableMatters } from './variables.ts'

/** Finds out what a line of shell would do. */
export function examineLine(line: string, state: State, standing: Standing, inspection: Inspection): Flow {
  const { found, parse, home } = inspection
  if (standing.via.length > maxDepth) {
    found.reason('not-understood', 'Its programs start one another too deeply.')
    return goesOn(state)
  }
  const why = unreadable(line)
  const syntax = why ? null : parse(line)
  if (!syntax) {
    found.reason(why?.code ?? 'not-understood', why?.text ?? 'It takes too long to read.')
    return goesOn(state)
  }
  return walkLine(syntax, line, state, {
    home,
    command,
    assignment,
    defined: (name) => {
      if (knowledgeOf(name)) found.reason('not-understood', `It gives the name of a program, ${name}, to a function.`)
    },
    redirect,
    unknown: (construct) => found.reason('not-understood', `It holds ${construct}.`),
  })

  function command(each: Command, at: State): Flow {
    return each.words.length > 0 ? examineProgram(each, at, { ...standing, direct: true }, inspection) : goesOn(at)
  }

  function assignment({ name, value }: Assignment): void {
    const why = whyVariableMatters(name, value.text)
    if (why) found.reason('sets-variable', why)
  }

  function redirect(target: Word, effect: 'read' | 'write', at: State): void {
    if (standing.elsewhere || isDevice(target.text) || target.lead.startsWith('/dev/fd/')) return
    const network = /^\/dev\/(?:tcp|udp)\/([^/]+)\//.exec(target.text ?? target.lead)
    if (network?.[1] !== undefined) {
      found.host(network[1])
      found.reason('not-understood', `It opens a connection itself: ${shown(target)}.`)
    } else if (isRawDevice(target) && effect === 'write') {
      found.reason('destroys-data', `It writes to a device: ${shown(target)}.`)
    } else {
      if (effect === 'write') found.effect('write')
      const named = pathsOf(target, at.folders)
      if (!named) found.reason('unknown-path', `What it ${effect}s is only known when it runs: ${shown(target)}.`)
      for (const path of named?.paths ?? []) notePath(inspection, path, effect, named?.below)
    }
  }
}
