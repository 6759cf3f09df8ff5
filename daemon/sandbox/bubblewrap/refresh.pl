# Mounts a sandbox's layer anew, from outside: the user's files that were replaced since then show.
#
#   O_DIRECTORY O_NOFOLLOW  PRCTL SETNS UNSHARE UMOUNT2  DAEMON HOLDER SERVER  ROOT LOWER UPPER WORK  STAGING
#
# The first two are the numbers of these flags here, the next four those of system calls; then processes: who started this,
# bubblewrap, as composeMounts.pl left it, and process 1 inside. The old mount is gone before the new one is made, since two over one UPPER are undefined.
# Exit 0: done. 3: something inside uses the layer, and only what nothing uses of it is looked up anew. Anything else: there
# may be no layer any more.
BEGIN { constants(EBUSY => 16, EINVAL => 22, MOVE_MOUNT => 429, FSOPEN => 430, FSCONFIG => 431, FSMOUNT => 432, FSPICK => 433) }
BEGIN { constants(O_PATH => 0x200000, SET_FLAG => 0, SET_STRING => 1, CREATE => 6, RECONFIGURE => 7, NOSUID_NODEV => 6) }
BEGIN { constants(AT_FDCWD => -100, PICK_NOFOLLOW => 2) }
BEGIN { constants(FROM_FD => 0x4, TO_FD => 0x40, NEWNS => 0x20000, NEWUSER => 0x10000000, NOFOLLOW => 8, PDEATHSIG => 1) }

BEGIN { constants(O_DIRECTORY => 0 + shift @ARGV, O_NOFOLLOW => 0 + shift @ARGV) }

my ($prctl, $setns, $unshare, $umount2, $daemon, $holder, $server, $root, $lower, $upper, $work, $staging) = @ARGV;

sub fail {
  my ($words) = @_;
  print STDERR "refresh $words: $!\n";
  exit 1;
}

# A string argument must be a variable: Perl hands its buffer to the kernel.
sub call { my @arguments = @_; return syscall(shift(@arguments) + 0, @arguments) }

sub namespace {
  my ($process, $kind) = @_;
  open(my $handle, '<', "/proc/$process/ns/$kind") or fail("$kind namespace of $process");
  return $handle;
}

sub enter {
  my ($namespace, $kind) = @_;
  call($setns, fileno $namespace, $kind) == 0 or fail('namespace');
}

sub slurp {
  my ($path) = @_;
  open(my $handle, '<', $path) or return '';
  local $/;
  return <$handle> // '';
}

sub folder {
  my ($path) = @_;
  sysopen(my $handle, $path, O_PATH | O_DIRECTORY | O_NOFOLLOW) or fail($path);
  return $handle;
}

# Whether it is gone now; not if something uses it.
sub unmount {
  my ($path) = @_;
  return 1 if call($umount2, $path, NOFOLLOW) == 0 || $! == EINVAL;
  return 0 if $! == EBUSY;
  fail("umount $path");
}

sub layer {
  my ($lowerAt, $upperAt, $workAt) = map { '/proc/self/fd/' . fileno $_ } @_;
  my $context = call(FSOPEN, 'overlay', 1);
  fail('overlay') if $context < 0;
  for (['source', 'paddock'], ['lowerdir', $lowerAt], ['upperdir', $upperAt], ['workdir', $workAt]) {
    call(FSCONFIG, $context, SET_STRING, @$_, 0) == 0 or fail('overlay');
  }
  call(FSCONFIG, $context, SET_FLAG, 'userxattr', 0, 0) == 0 or fail('overlay');
  call(FSCONFIG, $context, CREATE, 0, 0, 0) == 0 or fail('overlay');
  my $mount = call(FSMOUNT, $context, 1, NOSUID_NODEV);
  fail('overlay') if $mount < 0;
  return $mount;
}

# Whoever sets a file system's options, were it none, makes the kernel forget every name in it that nothing uses. Until then a
# folder that the user removed or replaced is the dead one to all inside: nothing can be made in it, and it cannot be removed.
sub busy {
  my ($namespace) = @_;
  enter($namespace, NEWNS);
  my $context = call(FSPICK, AT_FDCWD, $root, PICK_NOFOLLOW);
  call(FSCONFIG, $context, RECONFIGURE, 0, 0, 0) if $context >= 0;
  exit 3;
}

my $user = namespace($holder, 'user');
my $outer = namespace($holder, 'mnt');
enter($user, NEWUSER);
# Ends with the daemon; entering a namespace has undone what was set before.
call($prctl, PDEATHSIG, 9, 0, 0, 0);
exit 1 if getppid != $daemon;
# The server cannot be looked into but from a user namespace above its own.
my $inner = namespace($server, 'mnt');
call($unshare, NEWNS) == 0 or fail('unshare');
my $own = namespace('self', 'mnt');
my @parts = map { folder($_) } $lower, $upper, $work;

# Meanwhile it starts no commands; what it is asked waits.
kill 'STOP', $server or fail('stop');
END { kill 'CONT', $server if $server }
for (my $tries = 0; slurp("/proc/$server/stat") !~ /\) [Tt] /; $tries++) {
  exit 3 if $tries > 1000;
  select undef, undef, undef, 0.001;
}
# A command that it has just forked uses the layer in a moment: until it is another program, it is called as the server is.
my $name = slurp("/proc/$server/cmdline");
for my $child (split / /, slurp("/proc/$server/task/$server/children")) {
  busy($inner) if slurp("/proc/$child/cmdline") eq $name;
}

enter($outer, NEWNS);
unmount("$staging/layer") or busy($inner);
enter($inner, NEWNS);
unmount($root) or busy($inner);
enter($own, NEWNS);
my $layer = layer(@parts);
enter($inner, NEWNS);
call(MOVE_MOUNT, $layer, '', fileno folder($root), '', FROM_FD | TO_FD) == 0 or fail($root);
