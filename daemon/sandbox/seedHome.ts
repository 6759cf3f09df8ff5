import type { Sandbox } from './sandbox.ts'

/** What a new home begins with: what is installed for the user alone lands in it, and is found. */
const skeleton: Readonly<Record<string, string>> = {
  '.profile': `# Read by login shells.
case ":$PATH:" in *":$HOME/.local/bin:"*) ;; *) PATH="$HOME/.local/bin:$PATH" ;; esac
export PATH
[ -n "$BASH_VERSION" ] && [ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"
true
`,
  '.bashrc': `# Read by shells that a person talks to.
case ":$PATH:" in *":$HOME/.local/bin:"*) ;; *) export PATH="$HOME/.local/bin:$PATH" ;; esac
case $- in *i*) ;; *) return ;; esac
PS1='paddock:\\w\\$ '
HISTCONTROL=ignoreboth
`,
  '.npmrc': `prefix=\${HOME}/.local\n`,
  // The system's own packages are read-only or this sandbox's alone: there is nothing that pip could break.
  '.config/pip/pip.conf': '[global]\nbreak-system-packages = true\n',
}

/** Writes what is missing, from inside, so that links lead nowhere else. What is there stays as it is. */
export async function seedHome(sandbox: Sandbox): Promise<void> {
  for (const [name, text] of Object.entries(skeleton)) {
    const path = `${sandbox.home}/${name}`
    const found = await sandbox.stat(path)
    if (found.type === 'fault' && found.code === 'notFound') await sandbox.writeFile(path, Buffer.from(text))
  }
}
