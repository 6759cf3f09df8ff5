# Files, for the daemon's tools. Part of execServer.pl.
BEGIN { constants(S_IFMT => 0170000, S_IFDIR => 0040000, S_IFREG => 0100000, S_IFLNK => 0120000) }

my %write;
my $serial = 0;

sub isOfKind { my ($mode, $kind) = @_; return ($mode & S_IFMT) == $kind }

# Q offset, Q limit, path. Data in b frames, then D: size, mode.
$handler{r} = sub {
  my ($id, $body) = @_;
  my ($offset, $limit, $path) = unpack 'Q> Q> a*', $body;
  my @stat = stat $path or return fault($id, $! + 0);
  return fault($id, EISDIR) unless isOfKind($stat[2], S_IFREG);
  sysopen(my $handle, $path, O_RDONLY | O_NONBLOCK | O_NOCTTY) or return fault($id, $! + 0);
  @stat = stat $handle;
  return fault($id, EISDIR) unless isOfKind($stat[2], S_IFREG);
  sysseek($handle, $offset, 0) or return fault($id, $! + 0) if $offset;
  while ($limit > 0) {
    my $got = sysread $handle, my $bytes, $limit < CHUNK ? $limit : CHUNK;
    return fault($id, $! + 0) unless defined $got;
    last unless $got;
    $limit -= $got;
    answer('b', $id, $bytes);
  }
  answer('D', $id, pack 'Q> N', $stat[7], $stat[2] & 07777);
};

# N mode or 0xFFFFFFFF, C last part, path, bytes. More bytes in d frames: C last part, bytes.
$handler{w} = sub {
  my ($id, $body) = @_;
  my ($mode, $last, $path, $bytes) = unpack 'N C N/a* a*', $body;
  my $target = behindLinks($path);
  return fault($id, ELOOP) unless defined $target;
  my @stat = lstat $target;
  return fault($id, EISDIR) if @stat && !isOfKind($stat[2], S_IFREG);
  makeParents($target);
  my $temporary = temporaryFor($target);
  sysopen(my $handle, $temporary, O_WRONLY | O_CREAT | O_EXCL, 0600) or return fault($id, $! + 0);
  $mode = @stat ? $stat[2] & 0777 : 0644 if $mode == 0xFFFFFFFF;
  $write{$id} = { handle => $handle, temporary => $temporary, target => $target, mode => $mode & 0777 };
  writeOn($id, $last, $bytes);
};

$handler{d} = sub {
  my ($id, $body) = @_;
  my ($last, $bytes) = unpack 'C a*', $body;
  writeOn($id, $last, $bytes) if $write{$id};
};

sub writeOn {
  my ($id, $last, $bytes) = @_;
  my $write = $write{$id};
  while (length $bytes) {
    my $wrote = syswrite $write->{handle}, $bytes;
    return unwrite($id) unless defined $wrote || $! == EINTR;
    substr $bytes, 0, $wrote // 0, '';
  }
  return unless $last;
  chmod($write->{mode}, $write->{handle}) && close($write->{handle}) && rename($write->{temporary}, $write->{target})
    or return unwrite($id);
  delete $write{$id};
  answer('D', $id, '');
}

sub unwrite {
  my ($id) = @_;
  my $errno = $! + 0;
  unlink delete($write{$id})->{temporary};
  fault($id, $errno);
}

# The path that a write lands on: links at its end are followed by hand, so that the link itself is not replaced.
sub behindLinks {
  my ($path) = @_;
  for (1 .. 40) {
    my $target = readlink $path;
    return $path unless defined $target;
    $path = $target =~ m{^/} ? $target : folderOf($path) . "/$target";
  }
  return;
}

sub folderOf { my ($path) = @_; return $path =~ m{^(.*)/[^/]+/*$}s && length $1 ? $1 : '/' }

sub makeParents {
  my ($path) = @_;
  my $folder = folderOf($path);
  return if $folder eq '/' || -d $folder;
  makeParents($folder);
  mkdir $folder, 0755;
}

# On the file system of the path, and where the next server finds it should this one be killed before it is renamed.
sub temporaryFor {
  my ($path) = @_;
  my $folder = folderOf($path);
  my ($device) = stat $folder;
  for my $root (@roots) {
    my ($own) = lstat $root;
    next unless defined $device && defined $own && $own == $device && "$folder/" =~ m{^\Q$root\E/} && -w $root;
    $folder = $root;
    last;
  }
  return sprintf '%s/.paddock-%d-%08x', $folder, ++$serial, int rand 0xFFFFFFFF;
}

# What a killed server was writing. The first root is this server's alone; in others, others may be at it.
sub removeTemporaries {
  for my $index (0 .. $#roots) {
    opendir my $folder, $roots[$index] or next;
    for my $name (grep { /^\.paddock-\d+-[0-9a-f]{8}\z/ } readdir $folder) {
      my @stat = lstat "$roots[$index]/$name" or next;
      unlink "$roots[$index]/$name" if !isOfKind($stat[2], S_IFDIR) && ($index == 0 || $stat[9] < time - 600);
    }
  }
}

# N path length and path, target
$handler{l} = sub {
  my ($id, $body) = @_;
  my ($path, $target) = unpack 'N/a* a*', $body;
  my @stat = lstat $path;
  return fault($id, EISDIR) if @stat && isOfKind($stat[2], S_IFDIR);
  makeParents($path);
  my $temporary = temporaryFor($path);
  symlink $target, $temporary or return fault($id, $! + 0);
  return answer('D', $id, '') if rename $temporary, $path;
  my $errno = $! + 0;
  unlink $temporary;
  fault($id, $errno);
};

# Looked up each time: a layer may have been mounted anew.
sub isRoot {
  my ($device, $inode) = @_;
  for ('/', @roots) {
    my @stat = lstat $_ or next;
    return 1 if $stat[0] == $device && $stat[1] == $inode;
  }
  return 0;
}

$handler{u} = sub {
  my ($id, $path) = @_;
  my @stat = lstat $path;
  return $! == ENOENT ? answer('D', $id, '') : fault($id, $! + 0) unless @stat;
  return fault($id, EBUSY) if isRoot(@stat);
  unless (isOfKind($stat[2], S_IFDIR)) {
    return unlink($path) ? answer('D', $id, '') : fault($id, $! + 0);
  }
  # A folder may be large: another process does it, and the server goes on serving.
  my $pid = fork;
  return fault($id, $! + 0) unless defined $pid;
  if ($pid == 0) {
    duplicate($null, $_) for 0, 1, 2;
    %ENV = ();
    local $^W = 0;
    exec { '/bin/rm' } 'rm', '-rf', '--', $path or quit(127);
  }
  $removal{$pid} = [$id, $path];
};

$handler{m} = sub {
  my ($id, $body) = @_;
  my ($mode, $path) = unpack 'N a*', $body;
  my @stat = lstat $path or return fault($id, $! + 0);
  return fault($id, EINVAL) unless isOfKind($stat[2], S_IFREG) || isOfKind($stat[2], S_IFDIR);
  chmod($mode & 0777, $path) ? answer('D', $id, '') : fault($id, $! + 0);
};

# N limit, path. In b frames for each entry N mode, Q size, N name length and name; then D: C more.
$handler{L} = sub {
  my ($id, $body) = @_;
  my ($limit, $path) = unpack 'N a*', $body;
  opendir(my $folder, $path) or return fault($id, $! + 0);
  my ($more, @names) = (0);
  while (defined(my $name = readdir $folder)) {
    next if $name eq '.' || $name eq '..';
    push @names, $name;
    next if @names < 2 * $limit + 1000;
    @names = sort @names;
    ($more, $#names) = (1, $limit - 1);
  }
  @names = sort @names;
  ($more, $#names) = (1, $limit - 1) if @names > $limit;
  my $entries = '';
  for my $name (@names) {
    my @stat = lstat "$path/$name" or next;
    $entries .= pack 'N Q> N/a*', $stat[2], $stat[7], $name;
    ($entries) = ('', answer('b', $id, $entries)) if length $entries > CHUNK;
  }
  answer('b', $id, $entries) if length $entries;
  answer('D', $id, pack 'C', $more);
};

# D: N mode, Q size, link target
$handler{S} = sub {
  my ($id, $path) = @_;
  my @stat = lstat $path or return fault($id, $! + 0);
  answer('D', $id, pack 'N Q> a*', $stat[2], $stat[7], isOfKind($stat[2], S_IFLNK) ? readlink($path) // '' : '');
};
