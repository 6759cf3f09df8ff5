/** What one sandbox may do on a Mac. Paths absolute and without links: the kernel compares what links lead to. */
export interface ProfileParams {
  /** The copy of the workspace. */
  readonly root: string
  readonly home: string
  readonly temporary: string
  /** Shown read-only. */
  readonly identity?: string | undefined
  /** The user's own home, of which nothing is seen but `tools`. */
  readonly userHome: string
  /** Folders of the user's home that hold programs and no credentials. */
  readonly tools: readonly string[]
  /** What nothing inside may see, whatever else allows it: the daemon's data, the user's own workspace. */
  readonly hide: readonly string[]
  /** A port of the loopback address that leads to the proxy, and is the only way out. */
  readonly proxyPort?: number | undefined
}

/** Of the machine: programs, libraries and their settings. */
const systemFolders = [
  ...['/System', '/usr', '/bin', '/sbin', '/Library/Frameworks', '/Library/Developer', '/Library/Java', '/opt'],
  ...[
    '/Applications/Xcode.app',
    '/private/etc',
    '/private/var/db/timezone',
    '/private/var/db/dyld',
    '/private/var/select',
  ],
]
const secretFiles = ['/private/etc/master.passwd', '/private/etc/sudoers', '/private/etc/sudoers.d', '/private/etc/ssh']
const devices = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom', '/dev/tty', '/dev/ptmx', '/dev/dtracehelper']

/**
 * The profile that `sandbox-exec -p` takes: everything is denied that is not named. Of two rules that fit, the later one
 * decides, so what is hidden comes after what is shown. Pure.
 */
export function seatbeltProfile(params: ProfileParams): string {
  const { root, home, temporary, identity, userHome, tools, hide, proxyPort } = params
  const writable = [root, home, temporary]
  return [
    '(version 1)',
    '(deny default)',
    '(allow process-fork)',
    '(allow process-exec)',
    '(allow process-info* (target same-sandbox))',
    '(allow signal (target same-sandbox))',
    '(allow sysctl-read)',
    '(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))',
    '(allow pseudo-tty)',
    // Names on the way to a folder can be looked at, and what they hold cannot be listed.
    '(allow file-read-metadata)',
    rule('allow', 'file-read*', ['(literal "/")', ...systemFolders.map(subpath)]),
    rule('allow', 'file-read* file-write* file-ioctl', devices.map(literal)),
    rule('allow', 'file-read* file-write* file-ioctl', ['(regex #"^/dev/ttys[0-9]+$")']),
    rule('deny', 'file-read*', secretFiles.map(subpath)),
    rule('deny', 'file-read* file-write*', [subpath(userHome), ...hide.map(subpath)]),
    tools.length > 0 ? rule('allow', 'file-read*', tools.map(subpath)) : '',
    identity === undefined ? '' : rule('allow', 'file-read*', [subpath(identity)]),
    // The layers of other sessions lie beside it, in what is hidden.
    rule('allow', 'file-read* file-write*', writable.map(subpath)),
    rule('deny', 'file-write-setugid', ['(subpath "/")']),
    '(deny network*)',
    '(allow network-bind network-inbound (local ip "localhost:*"))',
    ...(proxyPort === undefined ? [] : [`(allow network-outbound (remote ip ${quoted(`localhost:${proxyPort}`)}))`]),
    '',
  ]
    .filter((line, at, all) => line !== '' || at === all.length - 1)
    .join('\n')
}

function rule(verdict: 'allow' | 'deny', operations: string, filters: readonly string[]): string {
  return `(${verdict} ${operations}\n  ${filters.join('\n  ')})`
}

function subpath(path: string): string {
  return `(subpath ${quoted(path)})`
}

function literal(path: string): string {
  return `(literal ${quoted(path)})`
}

/** A string of the profile's language. Throws for what could end it, or end a line of it, in ways that are nowhere written down. */
function quoted(text: string): string {
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (code < 0x20 || code === 0x7f) throw new Error(`This path cannot be named in a profile: ${JSON.stringify(text)}`)
  }
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
