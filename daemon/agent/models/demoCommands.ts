/** What the demo runs: the tests, and a command that asks for the network but truly succeeds without it. */
export const testCommand = 'node --test'
export const lockCommand = 'npm install --package-lock-only --no-audit --no-fund --no-update-notifier'
