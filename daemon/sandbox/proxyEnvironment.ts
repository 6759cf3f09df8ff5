/** Where the way out listens, inside every sandbox that has one. */
const proxyAddress = { host: '127.0.0.1', port: 3128 }

const direct = ['localhost', '127.0.0.1', '::1']

/**
 * Variables that lead programs to the proxy of a sandbox. `tag` (hex) goes along as the proxy user where a program has room
 * for one; whoever leaves it out, or uses no proxy at all, is known by its process.
 */
export function proxyEnvironment(tag?: string): Record<string, string> {
  const { host, port } = proxyAddress
  const place = `${tag === undefined ? '' : `${tag}:x@`}${host}:${port}`
  const http = `http://${place}`
  const except = direct.join(',')
  return {
    ...bothCases({ HTTP_PROXY: http, HTTPS_PROXY: http, ALL_PROXY: `socks5h://${place}`, NO_PROXY: except }),
    NODE_USE_ENV_PROXY: '1',
    npm_config_proxy: http,
    npm_config_https_proxy: http,
    npm_config_noproxy: except,
    PIP_PROXY: http,
    CARGO_HTTP_PROXY: http,
    GIT_SSH_COMMAND: `ssh -o ProxyCommand=${quoted(`perl -e ${quoted(connectScript(tag))} %h %p`)}`,
    JAVA_TOOL_OPTIONS: [
      ...['http', 'https'].flatMap((scheme) => [`-D${scheme}.proxyHost=${host}`, `-D${scheme}.proxyPort=${port}`]),
      `-Dhttp.nonProxyHosts=${['localhost', '127.*', '[::1]'].join('|')}`,
    ].join(' '),
  }
}

/** Joins its own streams to HOST PORT through the proxy. ssh reads percent signs in it, so there are none. */
function connectScript(tag: string | undefined): string {
  const { host, port } = proxyAddress
  const address = `pack(q(S n C4 x8),2,${port},${host.replaceAll('.', ',')})`
  const user = tag === undefined ? '' : `Proxy-Authorization: Basic ${Buffer.from(`${tag}:x`).toString('base64')}\\r\\n`
  return [
    '($h,$p)=@ARGV;$h="[$h]"if$h=~/:/;',
    `socket(S,2,1,0)&&connect(S,${address})||die"proxy: $!\\n";`,
    `syswrite S,"CONNECT $h:$p HTTP/1.1\\r\\nHost: $h:$p\\r\\n${user}\\r\\n";`,
    '$a="";while($a!~/\\r\\n\\r\\n/){sysread(S,$a,1,length$a)||die"proxy: no answer\\n"}',
    '$a=~m(^HTTP/1.. 2)||die"proxy: ",$a=~/^(.*)/,"\\n";',
    'sub j{($f,$t)=@_;while(sysread$f,$b,65536){$o=0;while($o<length$b){$w=syswrite($t,$b,65536,$o)||exit;$o+=$w}}}',
    'if($k=fork){j(*S,*STDOUT);kill 9,$k}else{j(*STDIN,*S);shutdown S,1}',
  ].join('')
}

function bothCases(variables: Record<string, string>): Record<string, string> {
  const lower = Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value] as const)
  return { ...variables, ...Object.fromEntries(lower) }
}

/** One word of a shell line. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
