/**
 * The system's folders by links, in a folder of the one user's own. gVisor does not tell apart whether something is missing in
 * a folder or that folder may not be written to, as the root may not: dpkg takes this for the root there.
 */
export const linkedRoot = '/var/lib/paddock/root'

/**
 * Copies into the volume at /system, where that was not done before, the folders of an image that workspaces change; then
 * says the shell to use and the folders' names, a line each. OWNER (uid:gid) is who commands run as.
 */
export const prepareSystem = `
set -e
command -v perl >/dev/null && perl -MPOSIX -MFcntl -MErrno -e 1 || exit 41
cd /system
if [ ! -e .complete ]; then
  find . -mindepth 1 -delete 2>/dev/null || rm -rf ./*
  for name in usr etc var opt bin sbin lib lib32 lib64 libx32; do
    if [ -d "/$name" ] && [ ! -L "/$name" ]; then cp -a "/$name" ./; fi
  done
  # Docker lays its own over these.
  for name in resolv.conf hosts hostname; do rm -f "etc/$name"; : > "etc/$name"; done
  if [ "$OWNER" != 0:0 ]; then
    # Packages are installed by the one user that there is: no process in a sandbox is ever root.
    uid="\${OWNER%:*}"
    gid="\${OWNER#*:}"
    grep -q "^[^:]*:[^:]*:$uid:" etc/passwd || echo "user:x:$uid:$gid::/home/user:/bin/sh" >> etc/passwd
    grep -q "^[^:]*:[^:]*:$gid:" etc/group || echo "user:x:$gid:" >> etc/group
    if [ -d etc/dpkg ]; then mkdir -p etc/dpkg/dpkg.cfg.d; echo force-not-root > etc/dpkg/dpkg.cfg.d/paddock; fi
    if [ -d etc/apt ]; then
      mkdir -p etc/apt/apt.conf.d
      echo 'APT::Sandbox::User "root";' > etc/apt/apt.conf.d/90paddock
    fi
    mkdir -p .${linkedRoot}
    for name in *; do ln -s "/$name" ".${linkedRoot}/$name"; done
    for name in bin sbin lib lib32 lib64 libx32; do
      if [ -L "/$name" ]; then ln -s "/$name" ".${linkedRoot}/$name"; fi
    done
    chown -R -h "$OWNER" .
  fi
  sync
  : > .complete
fi
if [ -x /bin/bash ]; then echo /bin/bash; else echo /bin/sh; fi
for name in *; do echo "$name"; done
`
