# Whose a connection is: the tag of the command that its process belongs to. Part of execServer.pl.
BEGIN { constants(LOOKING => 0.2, MOST_DESCRIPTORS => 20_000, MOST_TAGS => 4096) }

# By the command's number.
my %tag;
my ($lookingLeft, $lookedWhen) = (LOOKING, now());

# The tag of the command whose process has the socket at $peer that talks to $own; empty where that cannot be told. Looking
# takes a quarter of a processor at most, so that who connects without end does not hold up the rest.
sub tagBehind {
  my $now = now();
  $lookingLeft += ($now - $lookedWhen) / 4;
  $lookingLeft = LOOKING if $lookingLeft > LOOKING;
  $lookedWhen = $now;
  return '' if $lookingLeft <= 0;
  my $used = processorTime();
  my $inode = inodeOf(@_);
  my $pid = $inode && holderOf($inode);
  my $tag = $pid ? tagOf($pid) : '';
  $lookingLeft -= processorTime() - $used;
  return $tag;
}

# Seconds that this process has run.
sub processorTime { my ($user, $system) = times; return $user + $system }

# The process that has a socket. The newest first, and its newest descriptors: it is likely the one.
sub holderOf {
  my ($inode) = @_;
  my $looked = 0;
  opendir(my $proc, '/proc') or return 0;
  for my $pid (sort { $b <=> $a } grep { /^\d+$/ && $_ != $$ } readdir $proc) {
    opendir(my $open, "/proc/$pid/fd") or next;
    for my $descriptor (sort { $b <=> $a } grep { /^\d/ } readdir $open) {
      return 0 if ++$looked > MOST_DESCRIPTORS;
      return $pid if (readlink("/proc/$pid/fd/$descriptor") // '') eq "socket:[$inode]";
    }
  }
  return 0;
}

# The kernel's number of a socket. A program may talk IPv4 through a socket of IPv6, and need not bind that of datagrams.
sub inodeOf {
  my ($protocol, $peer, $own) = @_;
  my ($local, $remote) = map { sprintf '%08X:%04X', (unpack 'S n L', $_)[2, 1] } $peer, $own;
  my $mapped = '(?:0{16}FFFF0000)?';
  my $place = $protocol eq 'tcp' ? "$mapped$local $mapped$remote" : '[0-9A-F]+' . substr($local, 8) . ' \S+';
  for my $file ("/proc/net/$protocol", "/proc/net/${protocol}6") {
    sysopen(my $table, $file, O_RDONLY) or next;
    my ($text, $read) = ('', 0);
    # The kernel gives it page by page.
    while ($read < 1 << 20 && (my $got = sysread $table, $text, 65536, length $text)) {
      $read += $got;
      return $1 if $text =~ /: $place \S+ \S+ \S+ \S+ +\d+ +\d+ +(\d+)/;
      substr $text, 0, rindex($text, "\n") + 1, '';
    }
  }
  return;
}

# What cannot be forged goes before the mark.
sub tagOf {
  my ($pid) = @_;
  for (my ($at, $deep) = ($pid, 0); $at > 1 && $deep < 64; $deep++) {
    my ($parent, $group, $session) = slurp("/proc/$at/stat") =~ /.*\) \S (\d+) (\d+) (\d+)/s or last;
    for ($at, $group, $session) { return $byPid{$_}{tag} if $byPid{$_} }
    $at = $parent;
  }
  return ("\0" . slurp("/proc/$pid/environ")) =~ /\0PADDOCK_COMMAND=$serverMark-(\d{1,10})\0/ ? $tag{$1} // '' : '';
}

# A command's processes may outlive it.
sub rememberTag {
  my ($id, $tag) = @_;
  return unless length $tag;
  $tag{$id} = $tag;
  return if keys %tag <= MOST_TAGS;
  my @oldest = (sort { $a <=> $b } keys %tag)[0 .. MOST_TAGS / 4];
  delete @tag{@oldest};
}
