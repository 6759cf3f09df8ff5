import { type Call, partOf } from '../call.ts'
import type { Examination, Knowledge } from '../knowledge.ts'
import { act } from '../reasons.ts'
import type { Word } from '../shell/word.ts'
import { shown } from '../shell/word.ts'
import { acts, all, host, look, reads, run, text, texts, unseen, writes } from './options.ts'

const sends = act('sends-data', 'It sends data to another computer.')

/** Programs that talk to other computers. */
export const network: Record<string, Knowledge> = {
  curl: {
    effect: 'look',
    options: {
      '-o --output': writes,
      '-O --remote-name --remote-name-all -J --remote-header-name': { effect: 'write' },
      '-D --dump-header --trace --trace-ascii --stderr -c --cookie-jar --etag-save --libcurl --hsts --alt-svc': writes,
      '--output-dir': writes,
      '-K --config': unseen,
      '--cacert --cert --key --etag-compare --netrc-file -E': reads,
      '-b --cookie': text,
      '-X --request': text,
      '-T --upload-file': reads,
      '-d --data --data-binary --data-ascii --data-urlencode -F --form --json': text,
      '--data-raw --form-string --mail-from --mail-rcpt -Q --quote --postquote': text,
      '--url': text,
      '-x --proxy --preproxy --socks5 --socks5-hostname --socks4 --connect-to --resolve --doh-url --unix-socket --abstract-unix-socket':
        { value: 'text' },
      ...texts(
        '-A --user-agent -e --referer -H --header -u --user -m --max-time --connect-timeout --retry --retry-delay --retry-max-time -w --write-out -r --range -C --continue-at -y -Y -z --limit-rate --max-redirs --interface -U --proxy-user --ciphers --tls-max --create-file-mode --max-filesize --parallel-max --variable --expand-url --oauth2-bearer --aws-sigv4 --noproxy -t --keepalive-time --dns-servers --local-port --proto --proto-default --proto-redir -P --ftp-port --engine --delegation --happy-eyeballs-timeout-ms',
      ),
    },
    examine: curl,
  },
  ...all('wget wget2', {
    effect: 'write',
    options: {
      '-O --output-document -o --output-file -a --append-output -P --directory-prefix --save-cookies --rejected-log --warc-file':
        writes,
      '--post-data --body-data': { value: 'text', act: sends },
      '--post-file --body-file': { value: 'read', act: sends },
      '-i --input-file': reads,
      '--use-askpass --config -e --execute': unseen,
      '--method': text,
      ...texts(
        '-t --tries -T --timeout -w --wait -U --user-agent --header --user --password -Q --quota -l --level -A --accept -R --reject -D --domains -X -I --limit-rate --referer --load-cookies --ca-certificate',
      ),
    },
    examine: (call, at) => {
      for (const each of call.operands) at.host(each)
      const method = call.given('--method')
      if (method && !/^(get|head)$/i.test(method.text ?? '')) at.reason(sends)
    },
  }),
  ...all('http https xh httpie', {
    effect: 'look',
    options: {
      '-o --output': writes,
      '-d --download': { effect: 'write' },
      ...texts('-a --auth -A --auth-type -s --style -p --print --timeout --session -c'),
    },
    examine: ({ operands }, at) => {
      const [first, second] = operands
      const hasMethod = /^[A-Z]+$/.test(first?.text ?? '')
      const url = hasMethod ? second : first
      if (url) at.host(url)
      const items = operands.slice(hasMethod ? 2 : 1)
      for (const item of items) {
        const named = /^[\w-]*[:=]*@/.exec(item.text ?? item.lead)
        if (named) at.reads(partOf(item, named[0].length))
      }
      const changes = hasMethod
        ? !/^(GET|HEAD|OPTIONS)$/.test(first?.text ?? '')
        : items.some(({ text: item, lead }) => /^[\w-]+(:?=|@)/.test(item ?? lead) && !/^[\w-]+==/.test(item ?? lead))
      if (changes && url && !isLocal(url)) at.reason(sends)
    },
  }),
  ...all('aria2c axel', {
    effect: 'write',
    operands: 'host',
    options: {
      '-d --dir -o --out -l --log': writes,
      '--on-download-complete --on-download-error --on-download-start': unseen,
      '-i --input-file': reads,
    },
  }),
  ssh: {
    effect: 'run',
    options: {
      '-o -F': unseen,
      '-E': writes,
      '-L -R -D -W -J -w': { value: 'text' },
      ...texts('-b -c -e -I -i -l -m -p -S -B -Q -O'),
    },
    starts: { skip: 1, shell: true, elsewhere: true, optional: true },
    act: act('acts-elsewhere', 'It runs something on another computer.'),
    examine: firstIsHost,
  },
  ...all(
    'mosh autossh sshpass telnet rlogin rsh',
    acts('acts-elsewhere', 'It runs something on another computer.', { operands: 'host' }),
  ),
  ...all(
    'scp sftp',
    acts('sends-data', 'It copies files to or from another computer.', {
      options: { '-o -F -S': unseen, '-i': reads, ...texts('-P -l -c -J') },
      examine: copies,
    }),
  ),
  ...all(
    'ftp lftp ncftp tftp rclone restic borg duplicity syncthing mc s3cmd s5cmd azcopy croc magic-wormhole wormhole',
    acts('sends-data', 'It copies files to or from another computer.'),
  ),
  'ssh-keygen': run(undefined, { '-f': writes, ...texts('-t -b -C -N -P') }),
  ...all('ssh-add ssh-copy-id ssh-agent gpg gpg2 openssl age keytool certbot mkcert', run()),
  'ssh-keyscan': look('host'),
  'ssh-copy-id': acts('acts-elsewhere', 'It changes who may enter another computer.'),
  rsync: {
    effect: 'write',
    options: {
      '-e --rsh --rsync-path': unseen,
      '--delete --delete-before --delete-during --delete-after --delete-delay --delete-excluded --del --delete-missing-args --remove-source-files':
        {
          act: act('deletes-many', 'It deletes what is not at its other end.'),
        },
      '-n --dry-run': {},
      '--log-file --write-batch': writes,
      '--files-from --include-from --exclude-from --password-file': reads,
      ...texts(
        '--exclude --include -f --filter --bwlimit --timeout --port --chmod --chown --max-size --min-size -B --suffix --backup-dir --partial-dir --link-dest --compare-dest --copy-dest --out-format',
      ),
    },
    operands: 'copy',
    examine: remotes,
  },
  ...all('nc ncat netcat socat', {
    effect: 'run',
    options: { '-e --exec -c --sh-exec': unseen, ...texts('-p -w -q -s -x -X -i') },
    act: act('acts-elsewhere', 'It talks to another computer, or lets it in.'),
    operands: 'host',
  }),
  ...all(
    'ping ping6 traceroute tracepath mtr dig nslookup host whois drill',
    look('host', texts('-c -i -W -w -s -t -p -q -m')),
  ),
  ...all('ip ifconfig route ss netstat arp iwconfig nmcli resolvectl', run()),
  ...all('ss netstat', look()),
  ...all(
    'iptables ip6tables nft ufw firewall-cmd tc sysctl modprobe insmod rmmod',
    acts('reaches-machine', 'It changes the machine’s kernel or network.'),
  ),
  ...all('nmap masscan tcpdump tshark wireshark', run('host', { '-z --script': unseen, '-w': writes })),
  ...all('mail mailx sendmail mutt swaks msmtp', acts('sends-data', 'It sends mail.')),
  ...all(
    'ngrok cloudflared localtunnel lt tailscale bore frpc zrok',
    acts('acts-elsewhere', 'It lets other computers in.'),
  ),
  grpcurl: run(),
  websocat: acts('acts-elsewhere', 'It talks to another computer.', { operands: 'host', options: { '--exec': host } }),
}

function curl(call: Call, at: Examination): void {
  const urls = [
    ...call.operands,
    ...call.options.filter(({ name }) => name === '--url').flatMap(({ value }) => value ?? []),
  ]
  for (const url of urls) at.host(url)
  const local = urls.length > 0 && urls.every(isLocal)
  if (urls.some(({ text: url, lead }) => /^file:/i.test(url ?? lead)))
    at.reason(act('odd-path', 'It reads a file as if it were an address.'))
  if (urls.some(({ text: url }) => url === null) && urls.some(({ lead }) => !/^https?:\/\/[\w.-]+[/:?]/.test(lead)))
    at.effect('run')
  const method = call.given('-X')?.text
  const changes = method !== undefined && !/^(get|head|options)$/i.test(method ?? '')
  const data = call.has('-d', '--data-raw') && !call.has('-G')
  const files = sendsFiles(call, at)
  if ((changes || data || files) && !local) at.reason(sends)
  const redirected = call.options.find(({ name }) => name === '-x')
  if (redirected)
    at.reason(
      act('odd-path', `It goes another way than by its address: ${redirected.value ? shown(redirected.value) : ''}.`),
    )
}

/** `-T a`, `-d @a`, `--data-urlencode name@a`, `-F name=@a;type=x`: whether there are any. */
function sendsFiles({ options, has }: Call, at: Examination): boolean {
  const given = options.flatMap(({ name, value }) => (name === '-d' && value ? [value] : []))
  for (const value of given) {
    const named = /^[^@<]*[@<]([^;,]+)/.exec(value.text ?? value.lead)
    if (named) at.reads(partOf(value, named[0].length - (named[1] ?? '').length, named[0].length))
  }
  return has('-T') || given.some(({ text: value }) => /@|^</.test(value ?? '@'))
}

function isLocal({ text: url, lead }: Word): boolean {
  return /^(https?:\/\/)?(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)([:/?]|$)/i.test(url ?? lead)
}

function firstIsHost({ operands: [first] }: Call, at: Examination): void {
  if (first) at.host(first)
}

/** `host:path` is elsewhere. */
function remotes({ operands }: Call, at: Examination): void {
  for (const each of operands.filter(isElsewhere)) {
    at.host(each)
    at.reason(sends)
  }
}

/** Of what is not elsewhere, the last is written and the rest is read. */
function copies(call: Call, at: Examination): void {
  for (const each of call.operands) {
    if (isElsewhere(each)) continue
    if (each === call.operands.at(-1)) at.writes(each)
    else at.reads(each, true)
  }
  remotes(call, at)
}

function isElsewhere({ text: path, lead }: Word): boolean {
  const written = path ?? lead
  return /^([\w.-]+@)?[\w.-]+::?|^\w+:\/\//.test(written) && written.includes(':') && !written.startsWith('/')
}
