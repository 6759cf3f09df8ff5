import { type Act, act } from './reasons.ts'

/** What stands out in code of whatever language that is given on a command line. It can only add doubts. */
export function whyCodeMatters(code: string): Act[] {
  return patterns.filter(({ pattern }) => pattern.test(code)).map(({ why }) => why)
}

const patterns: readonly { pattern: RegExp; why: Act }[] = [
  {
    pattern:
      /\b(rmtree|rmSync|rmdirSync|unlinkSync|rmdir|unlink|rimraf|removeSync|emptyDirSync|remove_tree|removedirs|delete_tree|rm_rf|rm_r|remove_dir_all|remove_file|RemoveAll|deleteRecursively)\b|\bfs(\/promises|Promises|p)?['")]*\s*\.\s*(rm|truncate\w*)\b|\bpromises\s*\.\s*rm\b|\bos\s*\.\s*(remove|truncate)\b|(?<![\w.-])rm\s*\(|\bFileUtils\b|\bFile\s*\.\s*(delete|unlink)\b|\bdel\s*\(|\.unlink\(|Files\s*\.\s*delete/,
    why: act('deletes-unknown', 'Its code deletes files.'),
  },
  {
    pattern:
      /\b(os\s*\.\s*(system|popen|exec\w*|spawn\w*|posix_spawn\w*|fork)|subprocess|pty\s*\.\s*spawn|child_process|execSync|spawnSync|execFile\w*|popen|shell_exec|passthru|proc_open|pcntl_exec|getline)\b|\b(system|exec|spawn|eval|execve|execvp|qx|syscall|Function|compile|__import__|spawn_shell)\s*[([{'"/|]|\b(system|exec|qx)\s+['"$/@]|%x|`[^`]*`|Deno\s*\.\s*(Command|run)|Bun\s*\.\s*(\$|spawn\w*)|\bProcess\s*\.\s*(spawn|Start)|IO\s*\.\s*popen|Open3|Kernel\s*\.|importlib|ctypes|\bopen\s*\(?\s*[^,)]*,?\s*['"]\s*(-\||\||[^'"]*\|\s*['"])|process\s*\.\s*(binding|dlopen)|\bmarshal\b|\bpickle\b/,
    why: act('unseen-code', 'Its code starts programs or makes code of text.'),
  },
  {
    pattern:
      /\b(b64decode|fromhex|unhexlify|codecs\s*\.\s*decode|atob|unpack)\b|['"](base64|hex)['"]|\bchr\s*\(\s*\d+\s*\)|fromCharCode|pack\s*\(/,
    why: act('unseen-code', 'Its code takes apart text that cannot be read.'),
  },
  {
    pattern:
      /\b(getattr|globals|vars|locals|__builtins__|__globals__|__subclasses__|Reflect|constructor|send|public_send|instance_eval|class_eval|const_get)\b\s*[([.]/,
    why: act('unseen-code', 'Its code looks up what it calls by a name that it makes.'),
  },
  {
    pattern: /\brm\s+(-\w+\s+)*-\w*[rf]|\bgit['",\s]+push\b|\bgit['",\s]+(reset|clean)\b/,
    why: act('deletes-unknown', 'Its code holds commands that delete or push.'),
  },
  {
    pattern:
      /\b(urlopen|urlretrieve|requests\s*\.\s*(post|put|patch|delete)|http\s*\.\s*client|smtplib|ftplib|paramiko|socket\s*\.\s*(socket|create_connection)|(net|tls|dgram|https?)\b['")\s]*\.\s*(connect|createConnection|createSocket|Socket|request)|method['"]?\s*:\s*['"](POST|PUT|PATCH|DELETE))\b/i,
    why: act('sends-data', 'Its code may send data to another computer.'),
  },
]

/** What stands out in text that a database reads. */
export function whySqlMatters(sql: string): Act | undefined {
  const statement = sql
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .split(';')
    .find(
      (each) =>
        destructive.some((pattern) => pattern.test(each)) ||
        (changes.test(each) && !/\bwhere\b(?!\s+(1|true)\b)/i.test(each)),
    )
  return statement === undefined
    ? undefined
    : act('changes-database', `It removes or overwrites data in a database: ${statement.trim().slice(0, 100)}.`)
}

const destructive = [
  /\b(drop|truncate)\b/i,
  /\balter\b[\s\S]*\b(drop|rename)\b/i,
  /\b(flushall|flushdb|dropDatabase|deleteMany|remove|drop)\b/i,
  /\b(revoke|vacuum\s+into|shutdown|replace\s+into|copy\b[\s\S]*\bprogram|load_extension|writefile|into\s+(out|dump)file)\b/i,
]
const changes = /\b(delete\s+from|update\s+\S+\s+set)\b/i
