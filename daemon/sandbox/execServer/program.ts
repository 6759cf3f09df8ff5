import type { Limits } from '#protocol/sandbox.ts'
import attach from './attach.pl'
import channels from './channels.pl'
import commands from './commands.pl'
import constants from './constants.pl'
import core from './execServer.pl'
import files from './files.pl'
import names from './names.pl'
import network from './network.pl'
import processes from './processes.pl'
import rest from './rest.pl'
import tags from './tags.pl'
import { wireVersion } from './wire.ts'

export interface ProgramParams {
  /** What `callNumbers` answers. */
  readonly calls: Readonly<Record<string, number>>
  /** Folders that are never removed, only emptied. */
  readonly keep: readonly string[]
  /** Those that hold for each process or command by itself are held by the exec server. */
  readonly limits?: Limits
}

/** What a sandbox's first commands need, in an order in which each part sees what it needs. */
const first = [constants, core, commands, files, tags, rest]
/** What is compiled when it is asked for. */
const later = [channels, processes, network, names, attach]

/** One program for `perl -e`. */
const program = [...first, `compileLater(<<'END_OF_PARTS');`, ...later, 'END_OF_PARTS', 'start();\n'].join('\n')

/** The arguments that make Perl an exec server. */
export function execServerArgs({ calls, keep, limits = {} }: ProgramParams): string[] {
  const { openFiles, fileMiB, outputMiB, memoryMiB, processes } = limits
  const options = numbers({ openFiles, fileMiB, outputMiB, memoryMiB, processes })
  return ['-w', '-e', program, `${wireVersion}`, numbers(calls), options, ...keep]
}

function numbers(named: Readonly<Record<string, number | undefined>>): string {
  const given = Object.entries(named).filter(([, value]) => value !== undefined)
  return given.map(([name, value]) => `${name}=${value}`).join(',')
}
