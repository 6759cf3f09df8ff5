import type { Severity } from './rule.ts'

/** Words that should not stand in what an agent reads, as data. */
export interface Pattern {
  readonly code: 'V01' | 'V05' | 'V06' | 'V07' | 'V08' | 'V09' | 'V10' | 'V12' | 'V13' | 'V16'
  /** One of these stands in everything that the pattern finds, in small letters. Only near them is the pattern tried. */
  readonly words: readonly string[]
  /** Finds at most 300 characters, in linear time. */
  readonly pattern: RegExp
  /** What is told, as a sentence. */
  readonly says: string
  /** Warning where undefined. */
  readonly severity?: Severity
  /** Speaks to a reader: quoted, in code or as an example it is most likely talked about, not said. */
  readonly isSpeech?: boolean
  /** Behind such words it means the opposite. */
  readonly unless?: RegExp
  /** Only behind such words it is a warning: alone it is told as information. */
  readonly graveBehind?: RegExp
  /** Written like this it does nothing: it is what such commands are called by. */
  readonly names?: RegExp
  /** Outside of scripts it is told as information: texts that explain how to set something up are common. */
  readonly mildInText?: boolean
}

const speech = (
  code: Pattern['code'],
  words: readonly string[],
  pattern: RegExp,
  says: string,
  severity?: Severity,
): Pattern => ({ code, words, pattern, says, isSpeech: true, ...(severity ? { severity } : {}) })

const command = (
  code: Pattern['code'],
  words: readonly string[],
  pattern: RegExp,
  says: string,
  severity?: Severity,
): Pattern => ({ code, words, pattern, says, ...(severity ? { severity } : {}) })

const overrides = 'This tells the model to leave the instructions that it has.'
const roles = 'This gives the model another role, without limits.'
const conceals = 'This keeps from the user what the agent does.'
const collects = 'This sends data of the machine to another host.'
const drop = 'Data sent to this host can be read by whoever set it up.'
const secretsRead = 'This reads credentials.'
const remote = 'This runs code from the network that nobody has read.'
const persists = 'This changes what starts on the machine later.'
const rewrites = 'This changes the agent’s own settings or memory.'
const destroys = 'This destroys data beyond the project.'

/** Files that hold credentials. */
const credentialFile = String.raw`(?:\.ssh\/(?!config\b|known_hosts\b|authorized_keys\b)(?:id_[a-z0-9]+|\*)?|\.aws\/(?:credentials|config)|\.netrc|\.git-credentials|\.docker\/config\.json|\.kube\/config|\.config\/gcloud|\.npmrc|\.pypirc|\.gnupg|\.config\/gh\/hosts\.yml|\/etc\/shadow|login\.keychain|Login Data|cookies\.sqlite|wallet\.dat|\.claude\/\.credentials\.json|\.codex\/auth\.json)`

export const patterns: readonly Pattern[] = [
  speech(
    'V01',
    ['ignore', 'disregard', 'forget', 'override', 'bypass'],
    /\b(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|every|each|of|the|your|these|those|my|our|and)\s+){0,4}(?:previous|prior|above|earlier|preceding|existing|foregoing|system|original|initial|other|safety|developer)\s+(?:\w+\s+){0,2}(?:instructions?|prompts?|rules?|directives?|guidelines?|constraints?|messages?|context)\b/gi,
    overrides,
  ),
  speech(
    'V01',
    ['forget'],
    /\bforget\s+(?:everything|all)\s+(?:you\s+(?:were|have\s+been)\s+told|you\s+know|above|that\s+came)\b/gi,
    overrides,
  ),
  speech(
    'V01',
    ['ignorez', 'ignoriere', 'ignora', 'ignore ', 'missachte', 'vergiss', '忽略', '无视', '無視', 'игнориру', 'забудь'],
    /\bignorez\s+(?:toutes?\s+)?(?:les|vos)\s+instructions|\b(?:ignoriere|missachte|vergiss)\s+(?:alle\s+)?(?:vorherigen|bisherigen|obigen)|\bignora\s+(?:todas\s+)?(?:las|tus)\s+instrucciones|\bignore\s+(?:todas\s+)?as\s+instruções|(?:忽略|无视|無視)(?:所有|之前|以上|先前|前面|一切|的|全部){1,4}(?:指令|说明|指示|提示|規則|规则)|(?:以前|これまで|上記)の(?:指示|命令)を(?:すべて)?無視|(?:игнорируй(?:те)?|забудь(?:те)?)\s+(?:все\s+)?(?:предыдущие|прежние)/giu,
    overrides,
  ),
  speech(
    'V01',
    ['you are now', 'from now on', 'act as', 'pretend'],
    /\b(?:you\s+are\s+now|from\s+now\s+on,?\s+you\s+are|act\s+as|pretend\s+(?:to\s+be|you\s+are))\s+(?:(?:in|an?|the|my)\s+){0,2}(?:DAN\b|STAN\b|jailbroken|unrestricted|uncensored|unfiltered|developer\s+mode|god\s+mode|root\s+mode|an?\s+AI\s+without)/gi,
    roles,
  ),
  speech(
    'V01',
    ['dan mode', 'jailbreak', 'god mode'],
    /\b(?:enable|enter|activate|switch\s+to)\s+(?:the\s+)?(?:god|jailbreak|DAN)\s+mode\b|\bjailbreak\s+(?:mode|yourself|the\s+(?:model|assistant))\b/gi,
    roles,
  ),
  speech(
    'V01',
    ['<|im_start|>', '<|system|>', '[system]', '### system', 'new system prompt', '<<sys>>', '[inst]'],
    /<\|(?:im_start|system)\|>|<<SYS>>|\[INST\]|^\[SYSTEM\]|^### (?:System|SYSTEM):|\b(?:new|NEW|New) (?:system prompt|SYSTEM PROMPT|System Prompt)\s*:/gm,
    'This imitates the marks of a system prompt.',
  ),

  {
    ...command(
      'V05',
      [
        'webhook.site',
        'requestbin',
        'pipedream.net',
        'ngrok',
        'burpcollaborator',
        'interact.sh',
        'oast.',
        'transfer.sh',
        'file.io',
        'beeceptor',
        'requestcatcher',
        'dnslog',
        'serveo.net',
        'trycloudflare',
        'api/webhooks',
        'api.telegram.org',
      ],
      /\b(?:https?:\/\/)?(?:[\w-]{1,63}\.){0,4}(?:webhook\.site|requestbin\.(?:com|net)|(?:m\.)?pipedream\.net|ngrok(?:-free)?\.(?:io|app|dev)|burpcollaborator\.net|interact\.sh|oast\.(?:fun|live|me|online|pro|site)|transfer\.sh|file\.io|beeceptor\.com|requestcatcher\.com|dnslog\.cn|serveo\.net|trycloudflare\.com)\b(?:\/[^\s"'`)>]{0,80})?|\bdiscord(?:app)?\.com\/api\/webhooks\/\d[^\s"'`)>]{0,120}|\bapi\.telegram\.org\/bot\d[^\s"'`)>]{0,80}/gi,
      drop,
    ),
    graveBehind:
      /\b(?:curl|wget|fetch|post|put|send|upload|transmit|forward|report|submit|exfiltrate|requests?|axios|httpx|Invoke-\w+|nc)\b[^\n]{0,100}$/i,
  },
  command(
    'V05',
    ['curl', 'wget', 'invoke-webrequest', 'invoke-restmethod'],
    /\b(?:curl|wget|Invoke-WebRequest|Invoke-RestMethod)\b[^\n|;]{0,160}(?:\$\((?:cat|env|printenv|base64|tar)\b|`(?:cat|env|printenv)\b|(?:-d|-F|-T|--data(?:-binary|-raw|-urlencode)?|--form|--upload-file|--post-file|--post-data)[ =]["']?(?:[\w.]{1,30}=)?@?(?:~|\$HOME)?\/?(?:\.ssh|\.aws|\.env\b|\.netrc|\.config|\.claude|etc\/passwd))/gi,
    collects,
  ),
  command(
    'V05',
    ['env |', 'printenv', '/etc/passwd', 'tar ', 'cat '],
    /\b(?:env|printenv|(?:cat|tar|base64)\s[^\n|;]{0,80})\s*\|\s*(?:base64[^\n|;]{0,20}\|\s*)?(?:curl|nc|ncat|netcat|wget|openssl\s+s_client)\b[^\n]{0,80}/gi,
    collects,
  ),
  command(
    'V05',
    ['requests.post', 'fetch(', 'axios.post', 'urlopen', 'http.client', 'httpx.post'],
    /\b(?:requests\.post|httpx\.post|axios\.post|fetch|urlopen)\s*\([^\n]{0,160}(?:os\.environ(?!\s*(?:\[|\.get))|process\.env(?![.[])|\.ssh\/|\.aws\/credentials|open\(\s*["'][^"'\n]{0,60}\.env["'])/gi,
    collects,
  ),
  command(
    'V05',
    ['!['],
    /!\[[^\]\n]{0,60}\]\(\s*https?:\/\/(?!img\.shields\.io\/|badgen?\.)[^\s)?]{1,120}\?[^\s)]{0,80}[=&](?:\{\{?|\$\{|<)[^\s)]{1,60}\)/gi,
    'An image whose address is filled in sends what it is filled with to that host when it is shown.',
  ),

  command(
    'V06',
    [
      '.ssh',
      '.aws',
      '.netrc',
      '.git-credentials',
      '.docker/config',
      '.kube',
      'gcloud',
      '.npmrc',
      '.pypirc',
      '.gnupg',
      'hosts.yml',
      '/etc/shadow',
      'keychain',
      'login data',
      'cookies.sqlite',
      'wallet.dat',
      '.credentials.json',
      'auth.json',
    ],
    new RegExp(
      `${String.raw`(?:^|[\s"'(`}\`${String.raw`;&|])(?:cat|less|head|tail|cp|scp|rsync|tar|zip|base64|xxd|strings|grep|open\(|readFile(?:Sync)?\(|read_text\(|Get-Content)\s*[^\n;|&]{0,80}`}${credentialFile}`,
      'gi',
    ),
    secretsRead,
  ),
  command(
    'V06',
    ['find-generic-password', 'find-internet-password'],
    /\bsecurity\s+find-(?:generic|internet)-password\b/gi,
    secretsRead,
    'information',
  ),
  command(
    'V06',
    ['dump-keychain', 'mimikatz', 'procdump', 'secretsdump', 'credential-manager get'],
    /\bsecurity\s+dump-keychain\b|\bmimikatz(?:\.exe\b|\s+["']?(?:privilege|sekurlsa|lsadump)::)|\bsecretsdump\.py\s+\S{1,60}|\bprocdump(?:64)?(?:\.exe)?\s[^\n]{0,40}lsass\b/gi,
    secretsRead,
  ),
  command(
    'V06',
    ['os.environ', 'process.env', 'printenv', 'env >', 'env|', 'set >'],
    /\b(?:json\.dumps|dict|str|print)\(\s*(?:dict\(\s*)?os\.environ\s*\)|\bJSON\.stringify\(\s*process\.env\s*[),]|\bObject\.(?:entries|keys|values)\(\s*process\.env\s*\)|\b(?:printenv|env)\s*>{1,2}\s*[^\s&|]{1,80}/gi,
    'This collects all environment variables, tokens among them.',
  ),
  command(
    'V06',
    ['os.environ'],
    /\bfor\s+\w+\s*,\s*\w+\s+in\s+os\.environ\.items\(\)/gi,
    'This looks at all environment variables, tokens among them.',
    'information',
  ),

  {
    ...command(
      'V07',
      ['curl', 'wget', 'fetch ', 'http '],
      /\b(?:curl|wget|fetch)\b[^\n|;]{0,200}\|\s*(?:sudo\s+(?:-\w+\s+)?)?(?:env\s+\S{1,40}\s+)?(?:ba|z|da|k|fi)?sh\b|\b(?:curl|wget)\b[^\n|;]{0,200}\|\s*(?:sudo\s+)?(?:(?:python3?|node|perl|ruby|php)\b(?!\s+(?:-[a-zA-Z]*[cemnpr]|-?\s*<<|["']?[\w$./{}-]+\.(?:py|m?js|pl|rb|php)\b))|iex\b)/gi,
      remote,
    ),
    names: /^(?:curl|wget|fetch)\s*\|/i,
  },
  command(
    'V07',
    ['<(curl', '<(wget', '$(curl', '$(wget', '< <(curl', '`curl'],
    /(?:\b(?:bash|sh|zsh|source|eval)|(?<![^\s;&|(])\.)\s+(?:-c\s+)?["']?(?:<\s*)?(?:<\(|\$\(|`)\s*(?:curl|wget)\b[^\n)`]{0,200}/gi,
    remote,
  ),
  command(
    'V07',
    ['iex', 'invoke-expression', 'downloadstring'],
    /\b(?:iex|Invoke-Expression)\b[^\n]{0,20}(?:irm|iwr|Invoke-(?:WebRequest|RestMethod)|New-Object\s+Net\.WebClient|DownloadString)[^\n]{0,120}|\b(?:irm|iwr)\s[^\n|]{1,120}\|\s*iex\b/gi,
    remote,
  ),
  command(
    'V07',
    ['base64', 'xxd -r', 'frombase64string', 'b64decode', 'atob('],
    /\bbase64\s+(?:-d|-D|--decode)\b[^\n|;]{0,60}\|\s*(?:sudo\s+)?(?:(?:ba|z)?sh|python3?|node|perl)\b|\b(?:exec|eval)\s*\(\s*(?:\w+\.){0,2}(?:b64decode|atob)\s*\(|\b(?:exec|eval)\s*\(\s*(?:zlib|marshal|codecs)\.\w+\(/gi,
    'This runs code that is written so that nobody can read it.',
  ),
  command(
    'V07',
    ['nc ', 'ncat', 'netcat', '/dev/tcp', 'pty.spawn'],
    /\b(?:nc|ncat|netcat)\s+(?:-\w+\s+){0,4}-[a-z]*e[a-z]*\s+\S{1,60}|\bbash\s+-i\s*>&\s*\/dev\/tcp\/[^\s"']{1,80}|\/dev\/tcp\/\d{1,3}(?:\.\d{1,3}){3}\/\d{1,5}|\bpty\.spawn\(/gi,
    'This gives a shell on this machine to another one.',
  ),

  {
    ...command(
      'V08',
      ['crontab', 'launchctl', 'launchagents', 'schtasks', 'currentversion\\run', 'rc.local', 'update-rc.d'],
      /\bcrontab\s+(?:<\s*\S{1,60}|[\w./][\w./-]{0,60}$)|\|\s*crontab\s+-(?=\s|$)|\blaunchctl\s+(?:load|bootstrap|submit)\b[^\n]{0,60}|Library\/LaunchAgents\/[^\s"'`]{1,80}|\bschtasks(?:\.exe)?\s+\/create\b[^\n]{0,60}|\b(?:reg(?:\.exe)?\s+add|(?:Set|New)-ItemProperty)\b[^\n]{0,80}CurrentVersion\\+Run\b|\/etc\/rc\.local\b|\bupdate-rc\.d\s+\S{1,40}/gim,
      persists,
    ),
    mildInText: true,
  },
  command(
    'V08',
    ['authorized_keys', 'sudoers'],
    /(?:>>?|\btee\s+(?:-a\s+)?)\s*["']?(?:~|\$\{?HOME\}?|\/root|\/home\/[\w.-]{1,32}|\/Users\/[\w.-]{1,32})?\/?(?:\.ssh\/authorized_keys|etc\/sudoers(?:\.d)?\b)[^\s"']{0,40}/gi,
    persists,
  ),
  command(
    'V08',
    ['.bashrc', '.zshrc', '.bash_profile', '.zprofile', '.profile', '.zshenv'],
    /(?:>>?|\btee\s+(?:-a\s+)?)\s*["']?(?:~|\$\{?HOME\}?|\/root|\/home\/[\w.-]{1,32}|\/Users\/[\w.-]{1,32})\/\.(?:bashrc|zshrc|zshenv|bash_profile|zprofile|profile)\b/gi,
    persists,
    'information',
  ),
  command('V08', ['systemctl'], /\bsystemctl\s+(?:--user\s+)?enable\b[^\n]{0,60}/gi, persists, 'information'),
  command(
    'V08',
    ['.claude', '.codex', '.cursor', 'claude.md', 'agents.md', 'memory.md', '.gemini'],
    /(?:(?<=[\w"')`][ \t]{1,4})>>?|\btee\s+(?:-a\s+)?|\bsed\s+-i\b[^\n|;]{0,80})\s*["']?(?:[~.]|\$\{?HOME\}?)?\/?(?:\.claude\/(?:settings(?:\.local)?\.json|CLAUDE\.md|hooks\b)|\.codex\/(?:config\.toml|AGENTS\.md)|\.cursor\/(?:mcp\.json|rules\b)|\.gemini\/settings\.json|CLAUDE\.md|AGENTS\.md|MEMORY\.md)[^\s"']{0,40}/gi,
    rewrites,
  ),
  command(
    'V08',
    ['sudo'],
    /(?:^|[`;&|(]\s*|\$\s+|\brun\s+`?)sudo\s+(?!-v\b)[a-z][\w.-]{0,30}[^\n`]{0,40}/gim,
    'This runs with the rights of the administrator.',
    'information',
  ),

  command(
    'V09',
    ['rm -', 'rm --'],
    /\brm\s+(?:-{1,2}[\w-]{1,30}\s+){1,4}(?:--\s+)?["']?(?:\/(?:\*|["'\s;&|)`]|$)|~\/?(?:\*|["'\s;&|)`]|$)|\$\{?HOME\}?\/?(?:\*|["'\s;&|)`]|$)|\/(?:etc|usr|var|home|Users|bin|boot|lib|opt|System|root)\/?(?:\*|["'\s;&|)`]|$))|\brm\s+[^\n;|&]{0,60}--no-preserve-root\b/gim,
    destroys,
  ),
  command(
    'V09',
    [
      'mkfs',
      'dd if',
      'dd of',
      ':(){',
      'shred ',
      'wipefs',
      'diskpart',
      'format c:',
      '/dev/sd',
      '/dev/nvme',
      'cipher /w',
    ],
    /\bmkfs(?:\.\w{1,8})?\s+[^\n]{0,40}\/dev\/\w{1,20}|\bdd\s+[^\n]{0,60}of=\/dev\/(?:sd|nvme|hd|disk|mmcblk)\w{0,10}|:\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:|\bshred\s+[^\n]{0,30}(?<!>\s?)\/dev\/\w{1,20}|\bwipefs\s+-a\b[^\n]{0,30}|>\s*\/dev\/(?:sd[a-z]|nvme\d)\w{0,6}|\bformat\s+c:/gi,
    destroys,
  ),
  command(
    'V09',
    ['chmod', 'chown'],
    /\bch(?:mod|own)\s+(?:-R\s+)?(?:777|a\+rwx|\w{1,20}:\w{1,20})\s+(?:-R\s+)?(?:\/(?:\s|$)|~\/?(?:\s|$)|\/(?:etc|usr|var|home)\b)[^\n]{0,20}/gim,
    destroys,
  ),
  command(
    'V09',
    ['rmtree', 'rmsync', 'rimraf', 'remove-item'],
    /\bshutil\.rmtree\(\s*(?:["'](?:\/|~|\/home|C:\\+)["']|os\.path\.expanduser\(\s*["']~\/?["']\s*\)|Path\.home\(\))|\brm(?:Sync)?\(\s*(?:["']\/["']|os\.homedir\(\)|homedir\(\))|\bRemove-Item\b[^\n]{0,40}(?:C:\\+(?:\*|["'\s]|$)|\$HOME\b|\$env:USERPROFILE\b)/gi,
    destroys,
  ),
  command(
    'V09',
    [
      'git push',
      'git reset',
      'git clean',
      'drop database',
      'drop table',
      'truncate table',
      'terraform destroy',
      'kubectl delete',
      'force-push',
    ],
    /\bgit\s+push\s+(?:[^\n;|&`]{0,60}\s)?(?:--force(?!-with-lease)|-f)\b|\bgit\s+clean\s+-[a-z]*f[a-z]*d[a-z]*x?|\bDROP\s+DATABASE\s+\w{1,40}|\bterraform\s+destroy\b[^\n]{0,30}-auto-approve|\bkubectl\s+delete\s+(?:ns|namespace)\s+\S{1,40}|\bkubectl\s+delete\s+[^\n]{0,30}--all\b/gi,
    'This cannot be undone.',
    'information',
  ),

  command(
    'V10',
    [
      'dangerously-skip-permissions',
      '--yolo',
      'dangerously-bypass',
      'bypasspermissions',
      'danger-full-access',
      'allow-all-tools',
      'skip-permissions',
      'approval-mode',
      '--trust-all-tools',
    ],
    /--dangerously-skip-permissions\b|--allow-dangerously-skip-permissions\b|--yolo\b|--dangerously-bypass-approvals-and-sandbox\b|--sandbox[ =]danger-full-access\b|--allow-all-tools\b|--approval-mode[ =]yolo\b|--trust-all-tools\b|--permission-mode[ =]bypassPermissions\b|"?defaultMode"?\s*:\s*"bypassPermissions"/gi,
    'This starts an agent that asks for nothing.',
  ),
  command(
    'V10',
    ['"allow"'],
    /"allow"\s*:\s*\[[^\]\n]{0,80}"(?:\*|Bash|Bash\(\*\)|Bash\(:\*\))"/g,
    'This allows every command.',
  ),
  command(
    'V10',
    ['bash(*)', 'bash(:*)', 'mcp__*', 'shell(*)'],
    /\b(?:Bash|PowerShell|shell)\((?:\*|:\*|\*:\*)\)|\bmcp__\*/g,
    'This allows every command.',
    'information',
  ),

  speech(
    'V12',
    ['tell', 'inform', 'notify', 'alert', 'let the user', 'let them'],
    /\b(?:do\s+not|don['’]t|never|must\s+not|should\s+not|avoid)\s+(?:ever\s+)?(?:(?:tell|inform|notify|alert|warn)(?:ing)?\s+(?:the\s+)?(?:user|human|operator|developer|owner|anyone|them)(?:\s+(?:about\s+(?:this|these|it|the\s+(?:upload|transfer|download|request|command|change|file|data))|of\s+(?:this|it)|that\s+(?:you|this|it|data|files?|the\s+(?:file|data))|what\s+you)\b|\s*(?:[.!;]|$))|let\s+(?:the\s+)?(?:user|human|them)\s+(?:know|see|notice|find\s+out)(?:\s+(?:about\s+(?:this|it)|that\s+(?:you|this|it)|what\s+you)\b|\s*(?:[.!;]|$)))/gim,
    conceals,
  ),
  speech(
    'V12',
    ['reveal', 'disclose', 'mention', 'acknowledge'],
    /\b(?:do\s+not|don['’]t|never|must\s+not)\s+(?:ever\s+)?(?:reveal|disclose|mention|acknowledge)\s+(?:the\s+(?:existence|presence)\s+of\s+)?(?:this|these|any\s+of\s+(?:this|these)|that\s+you\s+(?:have\s+)?(?:read|sent|uploaded|ran|run|executed|copied)|the\s+above)\s*(?:instructions?|steps?|actions?|commands?|uploads?|rules?)?\s+to\s+(?:the\s+)?(?:user|human|anyone)\b/gi,
    conceals,
  ),
  speech(
    'V12',
    ['hide', 'conceal', 'secret', 'hidden'],
    /\b(?:hide|conceal)\s+(?:this|these|it|that|the\s+(?:upload|command|output|request|transfer|change|action|fact)s?|your\s+(?:actions?|tracks|activity)|all\s+(?:traces|evidence))\s+(?:\w+\s+){0,4}from\s+(?:the\s+)?(?:user|human|operator|owner|developer|logs?)\b|\bkeep\s+(?:this|it|these)\s+(?:a\s+)?(?:secret|hidden)\s+from\s+(?:the\s+)?(?:user|human)\b/gi,
    conceals,
  ),
  {
    ...speech(
      'V12',
      ['without'],
      /\bwithout\s+(?:the\s+)?(?:user|human|operator|owner)(?:['’]s)?\s+(?:knowledge|knowing|noticing|awareness|being\s+(?:aware|told|informed))\b|\bwithout\s+(?:telling|informing|notifying|alerting)\s+(?:the\s+)?(?:user|human|anyone)\b/gi,
      conceals,
    ),
    unless: /\b(?:never|not|cannot|n['’]t|avoid)\b[^.!?\n]{0,90}$|n['’]t\b[^.!?\n]{0,90}$/i,
    // What another program does without telling is mostly spoken of because it is wrong.
    graveBehind:
      /(?:^|[.!?:;,]\s+|\b(?:then|and|you|must|should|to|it)\s+|[-*]\s+)(?:\w+ly\s+)?(?:do|send|upload|install|run|execute|delete|remove|modify|commit|push|collect|copy|read|fetch|download|change|update|write|transfer|post|add|append|store|save|use|continue|proceed|act)\b[^.!?\n]{0,90}$/im,
  },
  speech(
    'V12',
    ['silently', 'secretly', 'quietly', 'covertly'],
    /\b(?:silently|secretly|quietly|covertly)\s+(?:send|upload|exfiltrate|transmit|forward|collect|copy|post|install|execute)\b[^.\n]{0,80}/gi,
    conceals,
  ),

  speech(
    'V13',
    ['refuse', 'decline', 'reject'],
    /\b(?:never|do\s+not|don['’]t|must\s+not|cannot|can['’]t)\s+(?:ever\s+)?(?:refuse|decline)\s+(?:any|a|the|to|user|requests?|an)\b[^.\n]{0,60}|\bno\s+refusals?\s+(?:are\s+)?allowed\b/gi,
    'This tells the model not to refuse.',
  ),
  speech(
    'V13',
    ['disclaimer', 'safety warning', 'ethical', 'content polic', 'safety guideline', 'safety filter', 'moral'],
    /\b(?:ignore|bypass|disable|skip|without|disregard|turn\s+off)\s+(?:\w+\s+){0,3}(?:ethical|safety|moral|content)\s+(?:guidelines?|filters?|restrictions?|polic(?:y|ies)|considerations?|checks?|constraints?|guardrails?)\b/gi,
    'This tells the model to leave its limits.',
  ),
  speech(
    'V13',
    ['disclaimer', 'caveat', 'safety warning'],
    /\b(?:do\s+not|don['’]t|never|omit|without)\s+(?:\w+\s+){0,3}(?:safety\s+)?(?:disclaimers?|safety\s+warnings?)\b/gi,
    'This tells the model to leave out warnings.',
    'information',
  ),

  speech(
    'V16',
    ['seed phrase', 'private key', 'mnemonic', 'recovery phrase'],
    /\b(?:enter|paste|provide|send|share|ask\s+(?:the\s+user\s+)?for|export|import)\s+(?:\w+\s+){0,4}(?:seed\s+phrase|recovery\s+phrase|mnemonic(?:\s+phrase)?|wallet(?:['’]s)?\s+private\s+key)\b/gi,
    'Who has these words has the wallet.',
  ),
  speech(
    'V16',
    ['transfer', 'send', 'withdraw', 'swap', 'purchase', 'buy', 'sell', 'pay', 'place', 'payout', 'refund'],
    /\b(?:transfer|send|withdraw|swap)\s+(?:\w+\s+){0,3}(?:funds|money|ETH|BTC|SOL|USDC|USDT|crypto(?:currency)?|tokens\s+to\s+(?:the\s+)?(?:address|wallet))\b|\b(?:place|submit|execute)\s+(?:an?\s+|the\s+)?(?:\w+\s+)?(?:buy|sell|market|limit)\s+orders?\b|\b(?:make|issue|send|initiate)\s+(?:an?\s+|the\s+)?(?:wire\s+transfer|payment|payout|refund)s?\b/gi,
    'This moves money.',
    'information',
  ),
]

/** Installers that many documentations give in this form; they are told as information. */
export const knownInstallers =
  /\b(?:https?:\/\/)?(?:astral\.sh|sh\.rustup\.rs|get\.docker\.com|bun\.sh|bun\.com|deno\.land|raw\.githubusercontent\.com\/(?:nvm-sh|Homebrew|pyenv|ohmyzsh)\/|get\.sdkman\.io|claude\.ai|install\.python-poetry\.org|mise\.run|fnm\.vercel\.app|get\.pnpm\.io|foundry\.paradigm\.xyz|install\.determinate\.systems|nixos\.org|deb\.nodesource\.com|cli\.github\.com|fly\.io|ollama\.com|cursor\.com|opencode\.ai|get\.helm\.sh|starship\.rs|run\.linkerd\.io|fluxcd\.io|app\.factory\.ai|aspire\.dev|aka\.ms|gh\.io|get\.chezmoi\.io|cli\.doppler\.com|moonrepo\.dev|sdk\.cloud\.google\.com|pixi\.sh|volta\.sh|get\.volta\.sh)/i
