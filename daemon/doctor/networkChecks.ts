import type { Check, Outcome } from './check.ts'
import { inTrial } from './sandboxChecks.ts'
import { capturedHost, type Trial } from './trial.ts'

/** One of those that are caught, as programs that know of no proxy use them. */
const capturedPort = 9418
const seeLog = 'See the daemon log.'
const report =
  'This is a fault of Paddock’s or of this machine’s kernel: run nothing that you do not trust, and report it.'

/** Whether the way out of a sandbox is the only one, and leads where it should. */
export const networkChecks: readonly Check[] = [
  {
    ...{ id: 'networkClosed', tier: 'safety', title: 'Nothing gets out of a sandbox by itself' },
    fix: seeLog,
    run: inTrial(closed),
  },
  {
    ...{ id: 'proxy', tier: 'feature', title: 'An allowed host is reached through the proxy, another is not' },
    fix: seeLog,
    run: inTrial(proxy),
  },
  {
    ...{ id: 'names', tier: 'feature', title: 'Programs that know of no proxy are caught (names and connections)' },
    fix: seeLog,
    run: inTrial(names),
  },
]

/** HOST PORT [TEXT]: connects, says that, prints what comes. */
const talk = `use Socket; my ($h, $p, $t) = @ARGV; $SIG{ALRM} = sub { exit 9 }; alarm 10;
my $a = inet_aton($h) or exit 5; socket(my $s, PF_INET, SOCK_STREAM, 0) or exit 6;
connect($s, sockaddr_in($p, $a)) or exit 7; syswrite $s, $t if defined $t; local $/; print <$s>`

const say = (host: string, port: number, text?: string) => [
  ...['perl', '-e', talk, host, `${port}`],
  ...(text === undefined ? [] : [text]),
]

const request = (host: string, target: string) => `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`

async function closed({ run, port, answer }: Trial): Promise<Outcome> {
  const { out } = await run(say('127.0.0.1', port, request(`127.0.0.1:${port}`, '/')))
  return out.includes(answer) ? { why: 'A program inside reached a service of this machine.', fix: report } : undefined
}

async function proxy({ run, port, answer }: Trial): Promise<Outcome> {
  const fix = seeLog
  const allowed = await run(say('127.0.0.1', 3128, request(`127.0.0.1:${port}`, `http://127.0.0.1:${port}/`)))
  if (!allowed.out.includes(answer)) {
    return { why: `The proxy did not lead to an allowed host: ${firstLine(allowed.out)}.`, fix }
  }
  const refused = await run(say('127.0.0.1', 3128, request(`localhost:${port}`, `http://localhost:${port}/`)))
  if (refused.out.includes(answer)) return { why: 'The proxy led to a host that no rule allows.', fix: report }
  return undefined
}

async function names({ run, answer, captured }: Trial): Promise<Outcome> {
  const fix = seeLog
  const { code, out } = await run(say(capturedHost, capturedPort))
  if (code === 5) return { why: 'Names do not resolve inside (port 53 could not be listened at).', fix }
  if (!out.includes(answer)) return { why: 'A connection to a name did not get out.', fix }
  const host = captured.find(({ type }) => type === 'captured')
  const isIt = host?.type === 'captured' && host.host === capturedHost && host.port === capturedPort
  return isIt ? undefined : { why: 'A connection was taken for one to another host.', fix: report }
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0]?.slice(0, 200) || 'it said nothing'
}
