// A daemon in small that is never idle: it opens a sandbox and runs, writes, mounts anew and freezes until it is killed.
// HIDDEN LOWER UPPER WORK HOME    Says `open` with the holder's process number once, and `probe` before that.
import { readFileSync } from 'node:fs'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'

const [hidden = '', lower = '', upper = '', work = '', home = ''] = process.argv.slice(2)
const provider = bubblewrapProvider({ hide: [hidden] })
console.log('probe')
const status = await provider.probe()
if (status.type !== 'ready') throw new Error(JSON.stringify(status))
const limits = { memoryMiB: 512, processes: 200, cpus: 2, diskMiB: 1000 }
const layer = { type: 'overlay', lower, upper, work } as const
const sandbox = await provider.open({ layer, home, store: `${home}-kind`, limits })
const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
console.log(`open ${children.at(-1)}`)
await sandbox.exec({
  line: 'cd /tmp; setsid -f sleep 5001; (trap "" TERM HUP; sleep 5002 & sleep 5003) > /dev/null 2>&1 &',
})
for (let round = 0; ; round++) {
  await Promise.all([
    sandbox.writeFile(`${sandbox.root}/deep/file${round % 5}`, Buffer.alloc(3 << 20, `${round}`)),
    sandbox.exec({ line: 'echo $RANDOM > now; sleep 0.01' }),
  ])
  await sandbox.refresh?.()
  await sandbox.freeze?.()
  await sandbox.thaw?.()
}
