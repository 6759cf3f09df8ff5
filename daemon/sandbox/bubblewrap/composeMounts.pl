# Lays out what a sandbox sees, in mount and network namespaces of its own, then becomes bubblewrap.
#
#   O_DIRECTORY O_NOFOLLOW  ROOT LOWER UPPER WORK  HOME STORED_HOME  STAGING IDENTITY MEMORY  RESOLVER  COUNT TOOLCHAIN…  COUNT STEP…  BWRAP ARGUMENT…
#
# The first two are the numbers of these flags here. At STAGING, a folder that bubblewrap covers, it finds what to
# bind: `layer`, `view`, the sandbox's whole root but devices and processes, and MEMORY, if not empty, as `memory`. There STEPs, three words each, put what
# `%step` says; IDENTITY, if not empty, is `/.paddock`, and at RESOLVER, if that is not empty, lies a resolv.conf that
# names the sandbox's own loopback. All mounts in the view are nosuid and nodev, and read-only but for HOME and scratch;
# bubblewrap's user namespace, which is below the one that they are made in, can neither take them away nor loosen them.
# STORED_HOME appears at HOME, each TOOLCHAIN (a folder below the real HOME) read-only at its own place in there. The layer's place, ROOT, is
# made where it lies in HOME, and every folder on the way is a mount: from inside, none of them can be moved or replaced.
# No step goes through a link: what an agent left in STORED_HOME cannot lead a mount elsewhere.
# Trouble is one line on stderr, `compose STAGE ERRNO WORDS`, and exit 90.
# System calls that have the same number on every architecture.
BEGIN {
  constants(OPEN_TREE => 428, MOVE_MOUNT => 429, FSOPEN => 430, FSCONFIG => 431, FSMOUNT => 432, OPENAT2 => 437, MOUNT_SETATTR => 442);
}
BEGIN { constants(O_PATH => 0x200000, AT_EMPTY_PATH => 0x1000, AT_RECURSIVE => 0x8000, CLONE => 1, CLOEXEC => 0x80000) }
BEGIN { constants(SET_FLAG => 0, SET_STRING => 1, CREATE => 6, NOSUID_NODEV => 6, RDONLY => 1) }
BEGIN { constants(FROM_FD => 0x4, TO_FD => 0x40, AT_FDCWD => -100, NO_LINKS => 0x04, BENEATH => 0x08, ENOENT => 2) }
BEGIN { constants(O_WRONLY => 1, O_CREAT_EXCL => 0300, AF_INET => 2, SOCK_STREAM => 1, SIOCSIFFLAGS => 0x8914, UP => 0x1, RUNNING => 0x40) }

BEGIN { constants(O_DIRECTORY => 0 + shift @ARGV, O_NOFOLLOW => 0 + shift @ARGV) }

my ($root, $lower, $upper, $work, $home, $storedHome, $staging, $identity, $memory, $resolver, @rest) = @ARGV;
my @toolchains = splice @rest, 0, shift @rest;
my @steps = splice @rest, 0, 3 * shift @rest;

sub fail {
  my ($stage, $words) = @_;
  my ($number, $text) = ($! + 0, "$!");
  print STDERR "compose $stage $number $words: $text\n";
  exit 90;
}

# A string argument must be a variable: Perl hands its buffer to the kernel.
sub call { my @arguments = @_; return syscall(shift @arguments, @arguments) }

# Descriptors are numbers, and end with this program.
sub opened {
  my ($base, $path, $flags, $resolve) = @_;
  my $how = pack 'Q3', O_PATH | CLOEXEC | $flags, 0, $resolve;
  return call(OPENAT2, $base, $path, $how, length $how);
}

sub folder {
  my ($path, $stage, $flags) = @_;
  my $folder = opened(AT_FDCWD, $path, O_DIRECTORY | ($flags // 0), 0);
  fail($stage, $path) if $folder < 0;
  return $folder;
}

sub copyOf {
  my ($source, $stage, $path) = @_;
  my $tree = call(OPEN_TREE, $source, '', CLONE | CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
  fail($stage, $path) if $tree < 0;
  return $tree;
}

sub place {
  my ($mount, $target, $stage, $path) = @_;
  call(MOVE_MOUNT, $mount, '', $target, '', FROM_FD | TO_FD) == 0 or fail($stage, $path);
}

# Of all mounts of a tree, or of the first alone.
sub restrict {
  my ($tree, $path, $attributes, $how) = @_;
  my $change = pack 'Q4', $attributes, 0, 0, 0;
  call(MOUNT_SETATTR, $tree, '', AT_EMPTY_PATH | ($how // AT_RECURSIVE), $change, length $change) == 0 or fail('readOnly', $path);
  return $tree;
}

sub readOnly { my ($tree, $path) = @_; return restrict($tree, $path, NOSUID_NODEV | RDONLY) }

# Opens a folder below HOME, making what is missing; nothing where something else than a folder is in the way. With
# `pinned`, each folder on the way becomes a mount of itself.
sub folderInHome {
  my ($at, $path, $pinned) = @_;
  for my $name (split m{/}, substr $path, length($home) + 1) {
    mkdir "/proc/self/fd/$at/$name", 0755;
    my $folder = opened($at, $name, O_DIRECTORY | O_NOFOLLOW, 0);
    return if $folder < 0;
    if ($pinned) {
      place(copyOf($folder, 'home', $path), $folder, 'home', $path);
      $folder = opened($at, $name, O_DIRECTORY | O_NOFOLLOW, 0);
      return if $folder < 0;
    }
    $at = $folder;
  }
  return $at;
}

sub fileSystem {
  my ($stage, $path, $type, $flag, @settings) = @_;
  my $context = call(FSOPEN, $type, 1);
  fail($stage, $path) if $context < 0;
  for (@settings) { call(FSCONFIG, $context, SET_STRING, @$_, 0) == 0 or fail($stage, $path) }
  call(FSCONFIG, $context, SET_FLAG, $flag, 0, 0) == 0 or fail($stage, $path) if length $flag;
  call(FSCONFIG, $context, CREATE, 0, 0, 0) == 0 or fail($stage, $path);
  my $mount = call(FSMOUNT, $context, 1, NOSUID_NODEV);
  fail($stage, $path) if $mount < 0;
  return $mount;
}

sub temporary { my ($path, @settings) = @_; return fileSystem('staging', $path, 'tmpfs', '', @settings) }

sub stage {
  my ($mount, $name) = @_;
  mkdir "$staging/$name", 0755 or fail('staging', $name);
  place($mount, folder("$staging/$name", 'staging'), 'staging', $name);
  return folder("$staging/$name", 'staging');
}

sub layer {
  my ($lowerAt, $upperAt, $workAt) = map { "/proc/self/fd/$_" } @_;
  return fileSystem('overlay', $upper, 'overlay', 'userxattr',
    ['source', 'paddock'], ['lowerdir', $lowerAt], ['upperdir', $upperAt], ['workdir', $workAt]);
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
my $layer = layer(map { folder($_, 'layer') } $lower, $upper, $work);
my $stored = restrict(copyOf(folder($storedHome, 'storedHome'), 'storedHome', $storedHome), $storedHome, NOSUID_NODEV);
my $saved = length $memory ? restrict(copyOf(folder($memory, 'memory', O_NOFOLLOW), 'memory', $memory), $memory, NOSUID_NODEV) : undef;
my %toolchain = map { $_ => readOnly(copyOf(folder($_, 'toolchain', O_NOFOLLOW), 'toolchain', $_), $_) } @toolchains;

place(temporary($staging), folder($staging, 'staging'), 'staging', $staging);
stage($layer, 'layer');
stage($saved, 'memory') if defined $saved;
my $view = stage(temporary('view', ['mode', '755']), 'view');
my $nothing = stage(readOnly(temporary('nothing', ['mode', '755']), 'nothing'), 'nothing');

# What lies there in the view, of that kind; made where nothing does.
sub inView {
  my ($path, $kind) = @_;
  my $relative = substr $path, 1;
  my $found = opened($view, $relative, $kind eq 'folder' ? O_DIRECTORY : 0, NO_LINKS | BENEATH);
  return $found if $found >= 0;
  fail('view', $path) if $! != ENOENT;
  my $parent = $path =~ m{^(/.+)/} ? inView($1, 'folder') : $view;
  my ($name) = $path =~ m{([^/]+)$};
  my $place = "/proc/self/fd/$parent/$name";
  my $made = $kind eq 'folder' ? mkdir $place, 0755 : sysopen my $file, $place, O_WRONLY | O_CREAT_EXCL, 0644;
  fail('view', $path) unless $made;
  return inView($path, $kind);
}

sub layHome {
  place($stored, inView($home, 'folder'), 'home', $home);
  my $there = inView($home, 'folder');
  for my $path (@toolchains) {
    my $target = folderInHome($there, $path) or next;
    place($toolchain{$path}, $target, 'toolchain', $path);
  }
  return if "$root/" !~ m{^\Q$home\E/};
  # While the layer is mounted anew, nothing is written to what it covers.
  my $target = folderInHome($there, $root, 1) or fail('blocked', $root);
  place(readOnly(copyOf($target, 'root', $root), $root), $target, 'root', $root);
}

my @rooms;
my %step = (
  # What the machine has there, with all that is mounted below it.
  show => sub {
    my ($path, $kind) = @_;
    my $source = opened(AT_FDCWD, $path, O_NOFOLLOW, 0);
    fail('view', $path) if $source < 0;
    place(readOnly(copyOf($source, 'view', $path), $path), inView($path, $kind), 'view', $path);
  },
  link => sub { my ($path, $target) = @_; symlink $target, "$staging/view$path" or fail('view', $path) },
  # An empty folder, or a file that cannot be opened.
  hide => sub {
    my ($path, $kind) = @_;
    my $source = $kind eq 'folder' ? $nothing : opened(AT_FDCWD, '/dev/null', 0, 0);
    fail('view', '/dev/null') if $source < 0;
    place(readOnly(copyOf($source, 'view', $path), $path), inView($path, $kind), 'view', $path);
  },
  # The same, where a later step puts something in there.
  room => sub { my ($path) = @_; place(temporary($path, ['mode', '755']), inView($path, 'folder'), 'view', $path); push @rooms, $path },
  # Empty, for everybody to write up to so many bytes.
  scratch => sub {
    my ($path, $size) = @_;
    place(temporary($path, ['mode', '1777'], ['size', $size]), inView($path, 'folder'), 'view', $path);
  },
  home => \&layHome,
  folder => sub { my ($path) = @_; inView($path, 'folder') },
);
for (my $i = 0; $i < @steps; $i += 3) { $step{$steps[$i]}->(@steps[$i + 1, $i + 2]) }

inView($_, 'folder') for '/dev', '/proc', '/.paddock';
if (length $identity) {
  my $shown = readOnly(copyOf(folder($identity, 'identity', O_NOFOLLOW), 'identity', $identity), $identity);
  place($shown, inView('/.paddock', 'folder'), 'identity', $identity);
}
if (length $resolver) {
  sysopen my $file, "$staging/resolver", O_WRONLY | O_CREAT_EXCL, 0444 or fail('resolver', $resolver);
  syswrite $file, "nameserver 127.0.0.1\noptions timeout:2 attempts:2\n";
  close $file;
  my $source = opened(AT_FDCWD, "$staging/resolver", 0, 0);
  place(readOnly(copyOf($source, 'resolver', $resolver), $resolver), inView($resolver, 'file'), 'resolver', $resolver);
}
restrict(inView($_, 'folder'), $_, RDONLY, 0) for @rooms;
restrict($view, '/', RDONLY, 0);

chdir '/';
exec { $rest[0] } @rest or fail('bubblewrap', $rest[0]);
