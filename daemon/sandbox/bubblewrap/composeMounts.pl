# Lays out what a sandbox sees, in mount and network namespaces of its own, then becomes bubblewrap.
#
#   O_DIRECTORY O_NOFOLLOW  ROOT LOWER UPPER WORK  HOME STORED_HOME  STAGING IDENTITY  RESOLVER  COUNT TOOLCHAIN…  BWRAP ARGUMENT… -- COMMAND…
#
# The first two are the numbers of these flags here. At STAGING, a folder that bubblewrap covers, it finds `layer` and, where IDENTITY is not empty, `identity` to bind.
# At RESOLVER, if that is not empty, appears a resolv.conf that names the sandbox's own loopback. STORED_HOME appears at
# HOME, each TOOLCHAIN (a folder below the real HOME) read-only at its own place in there. The layer's place, ROOT, is
# made where it lies in HOME, and every folder on the way is a mount: from inside, none of them can be moved or replaced.
# Everything goes by file descriptors that were opened before anything was covered, and no step in a folder that an agent
# can write follows a link: what an agent left in STORED_HOME cannot lead a mount elsewhere.
# A first byte on descriptor 3 says that this process is where it belongs, and may start others; the rest is bubblewrap's.
# Trouble is one line on stderr, `compose STAGE ERRNO WORDS`, and exit 90.
# System calls that have the same number on every architecture.
BEGIN {
  constants(OPEN_TREE => 428, MOVE_MOUNT => 429, FSOPEN => 430, FSCONFIG => 431, FSMOUNT => 432, MOUNT_SETATTR => 442);
}
BEGIN { constants(O_PATH => 0x200000, AT_EMPTY_PATH => 0x1000, AT_RECURSIVE => 0x8000, CLONE => 1, CLOEXEC => 0x80000) }
BEGIN { constants(SET_FLAG => 0, SET_STRING => 1, CREATE => 6, NOSUID_NODEV => 6, RDONLY => 1) }
BEGIN { constants(FROM_FD => 0x4, TO_FD => 0x40) }
BEGIN { constants(O_WRONLY => 1, AF_INET => 2, SOCK_STREAM => 1, SIOCSIFFLAGS => 0x8914, UP => 0x1, RUNNING => 0x40) }

BEGIN { constants(O_DIRECTORY => 0 + shift @ARGV, O_NOFOLLOW => 0 + shift @ARGV) }

my ($root, $lower, $upper, $work, $home, $storedHome, $staging, $identity, $resolver, $count, @rest) = @ARGV;
my @toolchains = splice @rest, 0, $count;

sub fail {
  my ($stage, $words) = @_;
  my ($number, $text) = ($! + 0, "$!");
  print STDERR "compose $stage $number $words: $text\n";
  exit 90;
}

# A string argument must be a variable: Perl hands its buffer to the kernel.
sub call { my @arguments = @_; return syscall(shift @arguments, @arguments) }

sub folder {
  my ($path, $stage, $flags) = @_;
  sysopen(my $handle, $path, O_PATH | O_DIRECTORY | ($flags // 0)) or fail($stage, $path);
  return $handle;
}

sub copyOf {
  my ($source, $stage, $path) = @_;
  my $tree = call(OPEN_TREE, fileno $source, '', CLONE | CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
  fail($stage, $path) if $tree < 0;
  return $tree;
}

sub place {
  my ($mount, $target, $stage, $path) = @_;
  call(MOVE_MOUNT, $mount, '', fileno $target, '', FROM_FD | TO_FD) == 0 or fail($stage, $path);
}

sub makeReadOnly {
  my ($tree, $path) = @_;
  my $readOnly = pack 'Q4', RDONLY, 0, 0, 0;
  call(MOUNT_SETATTR, $tree, '', AT_EMPTY_PATH | AT_RECURSIVE, $readOnly, length $readOnly) == 0
    or fail('readOnly', $path);
  return $tree;
}

# Opens a folder below HOME, making what is missing; nothing where something else than a folder is in the way. With
# `pinned`, each folder on the way becomes a mount of itself.
sub folderInHome {
  my ($path, $pinned) = @_;
  chdir $home or fail('home', $home);
  my $handle;
  for my $name (split m{/}, substr $path, length($home) + 1) {
    mkdir $name, 0755;
    sysopen($handle, $name, O_PATH | O_DIRECTORY | O_NOFOLLOW) or return;
    if ($pinned) {
      place(copyOf($handle, 'home', $path), $handle, 'home', $path);
      sysopen($handle, $name, O_PATH | O_DIRECTORY | O_NOFOLLOW) or return;
    }
    chdir $handle or return;
  }
  return $handle;
}

sub scratch {
  my $context = call(FSOPEN, 'tmpfs', 1);
  fail('staging', $staging) if $context < 0 || call(FSCONFIG, $context, CREATE, 0, 0, 0) != 0;
  my $mount = call(FSMOUNT, $context, 1, NOSUID_NODEV);
  fail('staging', $staging) if $mount < 0;
  return $mount;
}

sub stage {
  my ($mount, $name) = @_;
  mkdir "$staging/$name", 0755 or fail('staging', $name);
  place($mount, folder("$staging/$name", 'staging'), 'staging', $name);
}

sub layer {
  my ($lowerAt, $upperAt, $workAt) = map { '/proc/self/fd/' . fileno $_ } @_;
  my $context = call(FSOPEN, 'overlay', 1);
  fail('overlay', $upper) if $context < 0;
  for (['source', 'paddock'], ['lowerdir', $lowerAt], ['upperdir', $upperAt], ['workdir', $workAt]) {
    call(FSCONFIG, $context, SET_STRING, @$_, 0) == 0 or fail('overlay', $upper);
  }
  call(FSCONFIG, $context, SET_FLAG, 'userxattr', 0, 0) == 0 or fail('overlay', $upper);
  call(FSCONFIG, $context, CREATE, 0, 0, 0) == 0 or fail('overlay', $upper);
  my $mount = call(FSMOUNT, $context, 1, NOSUID_NODEV);
  fail('overlay', $upper) if $mount < 0;
  return $mount;
}

# The network is a loopback and nothing else. It belongs to this user namespace, so that nobody in bubblewrap's, whatever
# they are there, has power over it.
sub network {
  socket(my $socket, AF_INET, SOCK_STREAM, 0) or fail('network', 'socket');
  my $request = pack 'a16 s x22', 'lo', UP | RUNNING;
  ioctl($socket, SIOCSIFFLAGS, $request) or fail('network', 'lo');
  # The server, which has no capabilities, answers at the ports of names and of the web. Without it there is the proxy.
  if (sysopen my $first, '/proc/sys/net/ipv4/ip_unprivileged_port_start', O_WRONLY) { syswrite $first, '0' }
}

network();
my ($lowerFolder, $upperFolder, $workFolder) = map { folder($_, 'layer') } $lower, $upper, $work;
my $layer = layer($lowerFolder, $upperFolder, $workFolder);

my $stored = copyOf(folder($storedHome, 'storedHome'), 'storedHome', $storedHome);
my $shown = length $identity ? copyOf(folder($identity, 'identity', O_NOFOLLOW), 'identity', $identity) : undef;
my %toolchain = map { $_ => makeReadOnly(copyOf(folder($_, 'toolchain', O_NOFOLLOW), 'toolchain', $_), $_) } @toolchains;

place(scratch(), folder($staging, 'staging'), 'staging', $staging);
stage($layer, 'layer');
stage($shown, 'identity') if defined $shown;

place($stored, folder($home, 'home'), 'home', $home);
for my $path (@toolchains) {
  my $target = folderInHome($path) or next;
  place($toolchain{$path}, $target, 'toolchain', $path);
}
if ("$root/" =~ m{^\Q$home\E/}) {
  # While the layer is mounted anew, nothing is written to what it covers.
  my $target = folderInHome($root, 1) or fail('blocked', $root);
  place(makeReadOnly(copyOf($target, 'root', $root), $root), $target, 'root', $root);
}

# Inherited by bubblewrap, which reads the file from there.
$^F = 1 << 20;
pipe(my $content, my $writing) or fail('resolver', $resolver);
syswrite $writing, "nameserver 127.0.0.1\noptions timeout:2 attempts:2\n";
close $writing;
if (length $resolver) {
  my ($end) = grep { $rest[$_] eq '--' } 0 .. $#rest;
  splice @rest, $end, 0, '--ro-bind-data', fileno $content, $resolver;
}

open my $gate, '<&=', 3 or fail('gate', 'descriptor 3');
sysread($gate, my $go, 1) or fail('gate', 'the daemon');

chdir '/';
exec { $rest[0] } @rest or fail('bubblewrap', $rest[0]);
