import { type Act, act } from './reasons.ts'

/**
 * The commands in a line of PowerShell or cmd.exe, word by word, for people to see and for rules that forbid. It is a
 * reading, not an understanding: what neither shell would run may be among them, and what they would may be missing.
 */
export function windowsCommands(line: string): string[][] {
  const commands: string[][] = [[]]
  for (const [token, quoted] of line.matchAll(/"((?:[^"`]|`.)*)"|'[^']*'|&&|\|\||[;|&{}()\n]|[^\s;|&{}()"']+/g)) {
    if (/^([;|&{}()\n]|&&|\|\|)$/.test(token)) commands.push([])
    else commands.at(-1)?.push(quoted ?? token.replace(/^'|'$/g, '').replace(/[`^]/g, ''))
  }
  return commands.filter(({ length }) => length > 0)
}

/** Why one of these commands matters, whatever is not understood about it. */
export function whyWindowsMatters(words: readonly string[]): Act | undefined {
  const name = (words[0] ?? '').toLowerCase().replace(/^.*[\\/]|\.exe$/g, '')
  return rules.find(
    ({ names, flags }) => names.test(name) && (!flags || words.slice(1).some((word) => flags.test(word))),
  )?.why
}

const rules: readonly { names: RegExp; flags?: RegExp; why: Act }[] = [
  {
    names: /^(remove-item|ri|rm|rmdir|rd|del|erase|remove-itemproperty|clear-recyclebin)$/,
    why: act('deletes-tree', 'It is a command of Windows that deletes.'),
  },
  {
    names: /^(clear-content|clc|set-content|sc|clear-item|cli|clear-disk|format-volume|format|diskpart|cipher)$/,
    why: act('destroys-data', 'It is a command of Windows that overwrites.'),
  },
  {
    names: /^(robocopy|xcopy)$/,
    flags: /^\/(mir|purge|move?)$/i,
    why: act('deletes-many', 'It deletes what is not at its other end.'),
  },
  {
    names: /^(stop-computer|restart-computer|shutdown|logoff)$/,
    why: act('stops-machine', 'It stops or restarts the machine.'),
  },
  {
    names:
      /^(reg|schtasks|vssadmin|bcdedit|wmic|sc|netsh|icacls|takeown|set-executionpolicy|new-service|register-scheduledtask)$/,
    why: act('reaches-machine', 'It changes the machine itself.'),
  },
  {
    names: /^(invoke-expression|iex|start-process|saps|invoke-command|icm)$/,
    why: act('unseen-code', 'It runs what it is given.'),
  },
]
