/**
 * Why it matters that a line sets this variable: it makes programs run something, load something or look elsewhere for
 * what they do. Null is a value that is only known when it runs.
 */
export function whyVariableMatters(name: string, value: string | null): string | undefined {
  const rule = rules.find(({ names }) => names.test(name))
  if (!rule || (value !== null && rule.harmless?.test(value))) return undefined
  return `It sets ${name}, which ${rule.what}.`
}

interface Rule {
  readonly names: RegExp
  readonly what: string
  /** Values that do none of it. */
  readonly harmless?: RegExp
}

const viewers = /^(|cat|less|more|true|:|\/bin\/cat|\/bin\/true)$/

const rules: readonly Rule[] = [
  { names: /^(GIT_AUTHOR|GIT_COMMITTER)_(NAME|EMAIL|DATE)$/, what: '', harmless: /[\s\S]*/ },
  {
    names:
      /^GIT_(TERMINAL_PROMPT|OPTIONAL_LOCKS|MERGE_AUTOEDIT|TRACE\w*|LFS_SKIP_SMUDGE|CURL_VERBOSE|FLUSH|ADVICE|DISCOVERY_ACROSS_FILESYSTEM)$/,
    what: 'may name a file that Git writes',
    harmless: /^(\d|true|false|yes|no|)$/,
  },
  {
    names: /^(\w*PAGER|(GIT_)?(SEQUENCE_)?EDITOR|VISUAL|BROWSER|\w+_EDITOR|\w+_ASKPASS)$/,
    what: 'names a program to run',
    harmless: viewers,
  },
  { names: /^GIT_/, what: 'changes what Git runs, or where' },
  {
    names: /^NODE_OPTIONS$/,
    what: 'makes every Node run or load something',
    harmless:
      /^\s*(--(max[-_]old[-_]space[-_]size=\d+|experimental-[\w-]+|no-[\w-]+|trace-[\w-]+|enable-source-maps|unhandled-rejections=\w+|openssl-legacy-provider|stack-trace-limit=\d+)(\s+|$))*$/,
  },
  {
    names: /^(JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)$/,
    what: 'makes every Java load something',
    harmless: /^\s*(-X(m[sx]|ss)\w+(\s+|$))*$/,
  },
  { names: /^(LD|DYLD)_/, what: 'makes every program load something' },
  {
    names:
      /^(BASH_\w*|ENV|SHELLOPTS|BASHOPTS|PROMPT_COMMAND|PS[0-4]|IFS|CDPATH|SHELL|POSIXLY_CORRECT|EXECIGNORE|FUNCNEST)$/,
    what: 'changes what a shell does',
  },
  {
    names: /^(PATH|HOME|PWD|OLDPWD|XDG_CONFIG_HOME|XDG_CONFIG_DIRS|ZDOTDIR)$/,
    what: 'changes which programs or settings are found',
  },
  { names: /^PYTHONPATH$/, what: 'changes which code Python loads', harmless: /^(?!\/)[\w./:@-]*$/ },
  {
    names: /^PYTHON(STARTUP|HOME|INSPECT|BREAKPOINT|USERBASE|PLATLIBDIR|EXECUTABLE|WARNINGS)$/,
    what: 'makes Python run something',
    harmless: /^(0|1|ignore|default|error|)$/,
  },
  {
    names:
      /^(PERL5OPT|PERL5LIB|PERLLIB|PERL5DB|RUBYOPT|RUBYLIB|PHP_INI_SCAN_DIR|PHPRC|LUA_INIT\w*|R_PROFILE\w*|R_ENVIRON\w*|JULIA_LOAD_PATH|GEM_PATH|CLASSPATH)$/,
    what: 'makes a language load something',
  },
  {
    names:
      /^(LESSOPEN|LESSCLOSE|LESSKEY|LESS|MANOPT|VIMINIT|EXINIT|MYVIMRC|FZF_\w+|RIPGREP_CONFIG_PATH|TAR_OPTIONS|GREP_OPTIONS|ZIPOPT|UNZIP|AWKPATH|AWKLIBPATH|INPUTRC|CURL_HOME|WGETRC|TERMINFO)$/,
    what: 'makes a program run something',
  },
  {
    names:
      /^(npm_config|NPM_CONFIG|YARN|PNPM|npm_package)_?\w*(script_shell|SCRIPT_SHELL|node_options|NODE_OPTIONS|registry|REGISTRY|userconfig|USERCONFIG|globalconfig|prefix|PREFIX|git|GIT|shell|YARN_PATH|RC_FILENAME|ignore_path)\w*$/,
    what: 'changes what npm runs, or from where',
  },
  { names: /^(https?|HTTPS?|all|ALL|no|NO|ftp|FTP)_(proxy|PROXY)$/, what: 'changes the way out' },
  {
    names:
      /^(SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_\w+|PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|CONFIG_FILE)|UV_(INDEX\w*|DEFAULT_INDEX)|CARGO_(HOME|REGISTR\w+)|GOPROXY|GOSUMDB|GONOSUM\w+|GOINSECURE|GOENV|GOTOOLCHAIN)$/,
    what: 'changes whom downloads are believed',
    harmless: /^(local|off|auto|direct|)$/,
  },
  {
    names:
      /^(RUSTC_WRAPPER|RUSTC_WORKSPACE_WRAPPER|RUSTC|RUSTDOC|CARGO_TARGET_\w+_(RUNNER|LINKER)|CARGO_BUILD_\w+|CARGO_ALIAS_\w+)$/,
    what: 'names a program to run',
    harmless: /^(|sccache|\d+)$/,
  },
  {
    names:
      /^(DOCKER_HOST|DOCKER_CONTEXT|DOCKER_CONFIG|KUBECONFIG|AWS_\w+|GOOGLE_APPLICATION_CREDENTIALS|CLOUDSDK_\w+|ARM_\w+|SSH_AUTH_SOCK|XDG_RUNTIME_DIR|DBUS_\w+)$/,
    what: 'changes which machine or account is used',
    harmless: /^(us|eu|ap)-\w+-\d$/,
  },
]
