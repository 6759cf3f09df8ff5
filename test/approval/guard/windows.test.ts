import { expect, test } from 'vitest'
import { examined, summary } from './examined.ts'

test.each([
  [
    `pwsh -c "Get-ChildItem | Remove-Item -Recurse"`,
    '?, pwsh:unknown, pwsh>Get-ChildItem:unknown, pwsh>Remove-Item:unknown, not-understood, deletes-tree!',
  ],
  [
    `powershell -NoProfile -Command 'ls; rd -r src'`,
    '?, powershell:unknown, powershell>ls:unknown, powershell>rd:unknown, not-understood, deletes-tree!',
  ],
  [`cmd.exe /c "rd /s /q src"`, '?, cmd.exe:unknown, cmd.exe>rd:unknown, not-understood, deletes-tree!'],
  [`cmd /c "robocopy a b /MIR"`, '?, cmd:unknown, cmd>robocopy:unknown, not-understood, deletes-many!'],
  [`cmd /c robocopy a b`, '?, cmd:unknown, cmd>robocopy:unknown, not-understood'],
  [`cmd /c "d^el x"`, '?, cmd:unknown, cmd>del:unknown, not-understood, deletes-tree!'],
  [`pwsh -c "& { iex 'id' }"`, '?, pwsh:unknown, pwsh>iex:unknown, not-understood, unseen-code'],
  [`pwsh -c 'Restart-Computer'`, '?, pwsh:unknown, pwsh>Restart-Computer:unknown, not-understood, stops-machine!'],
  ['robocopy empty src /MIR', 'robocopy:run, deletes-many!'],
  ['Remove-Item -Recurse src', 'Remove-Item:run, deletes-tree!'],
])('A11, A12: %s', (line, expected) => expect(summary(examined(line))).toBe(expected))
