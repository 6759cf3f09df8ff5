# Programs that are talked to while they run, on pipes or on a terminal, and connections to ports. Part of execServer.pl.
BEGIN { constants(TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430, TIOCSWINSZ => 0x5414) }
BEGIN { constants(STDERR_CHANNEL => 2**30, LARGEST_PIPE => 1 << 20, INET => 2, INET6 => 10, STREAM => 1, SO_ERROR => 4) }
BEGIN { constants(MOST_LINES => 50_000, MOST_PORTS => 1_000) }

# C has a terminal, n columns, n rows, then as `begin` reads it. D says that it runs: its channel has this request's
# number, and its standard error's is STDERR_CHANNEL more.
$handler{P} = sub {
  my ($id, $body) = @_;
  my ($hasTerminal, $columns, $rows) = unpack 'C n n', $body;
  return fault($id, EMFILE) if keys %channel >= MOST_CHANNELS;
  my (%near, %far);
  if ($hasTerminal) {
    my $terminal = openTerminal(\%far) or return fault($id, $! + 0);
    @near{qw(stdin stdout)} = ($terminal) x 2;
    resize($terminal, $columns, $rows);
  }
  else {
    for my $name (qw(stdin stdout stderr)) {
      pipe(my $reading, my $writing) or return fault($id, $! + 0);
      ($near{$name}, $far{$name}) = $name eq 'stdin' ? ($writing, $reading) : ($reading, $writing);
    }
  }
  my $run = { id => $id, hit => 0, waiter => undef };
  my $why = begin($run, \%far, substr $body, 5);
  return answer('F', $id, pack 'N a*', EINVAL, $why) if length $why;
  answer('D', $id, '');
  my $onEnd = sub { finishProcess($run) if defined $run->{status} };
  my $main = openChannel($id, reading => $near{stdout}, writing => $near{stdin}, terminal => $hasTerminal, onEnd => $onEnd);
  $run->{streams} = [$main];
  push @{ $run->{streams} }, openChannel($id + STDERR_CHANNEL, reading => $near{stderr}, onEnd => $onEnd) if $near{stderr};
};

sub openTerminal {
  my ($far) = @_;
  sysopen(my $terminal, '/dev/ptmx', O_RDWR | O_NOCTTY) or return;
  my ($unlocked, $number) = (pack('i', 0), pack 'i', 0);
  ioctl($terminal, TIOCSPTLCK, $unlocked) && ioctl($terminal, TIOCGPTN, $number) or return;
  $far->{terminal} = '/dev/pts/' . unpack 'i', $number;
  return $terminal;
}

sub resize {
  my ($terminal, $columns, $rows) = @_;
  my $size = pack 'S4', $rows, $columns, 0, 0;
  ioctl $terminal, TIOCSWINSZ, $size;
}

# n columns, n rows
$handler{y} = sub {
  my ($id, $body) = @_;
  my $channel = $channel{$id} or return;
  resize($channel->{writing}, unpack 'n n', $body) if $channel->{terminal} && $channel->{writing};
};

# N signal, to the group; SIGKILL to the whole tree.
$handler{k} = sub {
  my ($id, $signal) = ($_[0], unpack 'N', $_[1]);
  my $run = $run{$id} or return;
  if ($signal == 9) { killTree($run) }
  elsif (!defined $run->{status} && $signal > 0 && $signal < 65) { kill $signal, -$run->{pid} }
};

# N the process's number. E, C how and N code, once it has ended and all its output was sent.
$handler{W} = sub {
  my ($id, $process) = ($_[0], unpack 'N', $_[1]);
  my $run = $run{$process} or return fault($id, ENOENT);
  return fault($id, EINVAL) if !$run->{streams} || defined $run->{waiter};
  $run->{waiter} = $id;
  tellEnd($run) if $run->{over};
};

sub tellEnd {
  my ($run) = @_;
  delete $run{ $run->{id} };
  answer('E', $run->{waiter}, pack 'C N', howEnded($run));
}

# What is in the pipes by now belongs to the program, and goes out as its readers let it. Then its streams are over.
sub finishProcess {
  my ($run) = @_;
  return if $run->{over} || $run->{finishing};
  local $run->{finishing} = 1;
  for my $channel (@{ $run->{streams} }) {
    # Others may go on filling a pipe; what the program itself left in there is no more than this.
    $channel->{left} //= LARGEST_PIPE;
    while ($channel->{reading} && $channel->{credit}) {
      my $got = $channel->{left} > 0 ? sendOn($channel) : undef;
      if (defined $got) { $channel->{left} -= $got }
      else { letGo($channel) }
    }
    $channel->{onCredit} = sub { finishProcess($run) } if $channel->{reading};
  }
  return if grep { $_->{reading} } @{ $run->{streams} };
  $run->{over} = 1;
  giveUp($_) for @{ $run->{streams} };
  tellEnd($run) if defined $run->{waiter};
}

# Ends what goes out. What others still write is read, so that they live, and dropped; a terminal is hung up later.
sub letGo {
  my ($channel) = @_;
  my $handle = delete $channel->{reading};
  answer('z', $channel->{id}, '');
  return onReadable(fileno $handle, undef) if $channel->{terminal};
  drop($handle);
}

sub drop {
  my ($handle) = @_;
  onReadable(fileno $handle, sub {
    my $got = sysread $handle, my $dropped, PIECE;
    return if $got || !defined $got && ($! == EAGAIN || $! == EINTR);
    onReadable(fileno $handle, undef);
    close $handle;
  });
}

# n port. D once connected: the channel has this request's number.
$handler{C} = sub {
  my ($id, $body) = @_;
  my $port = unpack 'n', $body;
  return fault($id, EMFILE) if keys %channel >= MOST_CHANNELS;
  connectTo($id, 0, [INET, pack 'S n a4 x8', INET, $port, "\x7f\0\0\1"], [INET6, pack 'S n N a16 N', INET6, $port, 0, "\0" x 15 . "\1", 0]);
};

sub connectTo {
  my ($id, $failed, @addresses) = @_;
  my ($family, $address) = @{ shift @addresses };
  my $done = sub {
    my ($socket, $errno) = @_;
    return connectTo($id, $errno, @addresses) if $errno && @addresses;
    return fault($id, $failed || $errno) if $errno;
    answer('D', $id, '');
    openChannel($id, reading => $socket, writing => $socket);
  };
  socket(my $socket, $family, STREAM, 0) or return $done->(undef, $! + 0);
  nonBlocking($socket);
  return $done->($socket, 0) if connect $socket, $address;
  return $done->($socket, $! + 0) if $! != EINPROGRESS;
  onWritable(fileno $socket, sub {
    onWritable(fileno $socket, undef);
    $done->($socket, unpack 'i', getsockopt $socket, 1, SO_ERROR);
  });
}

# D: n port, program's name, for each that programs in here listen on.
$handler{p} = sub {
  my ($id) = @_;
  my (%port, %inode);
  # Those of the server itself lead back to the daemon.
  my %own = map { ((stat "/proc/self/fd/$_")[1] // 0, 1) } keys %onReadable;
  for my $path ('/proc/self/net/tcp', '/proc/self/net/tcp6') {
    open(my $table, '<', $path) or next;
    my $looked = 0;
    while (defined(my $line = readline $table)) {
      last if ++$looked > MOST_LINES || keys %port >= MOST_PORTS;
      my (undef, $local, undef, $state, $inode) = (split ' ', $line)[0 .. 3, 9];
      next unless $state eq '0A' && $local =~ /:([0-9A-F]{4})$/;
      my $port = hex $1;
      next if $own{$inode};
      $port{$port} //= '';
      $inode{$inode} = $port;
    }
  }
  nameListeners(\%port, \%inode) if %inode;
  # On a machine, only those of its own programs.
  if ($$ != 1) { delete @port{ grep { !length $port{$_} } keys %port } }
  answer('D', $id, join '', map { pack 'n N/a*', $_, $port{$_} } sort { $a <=> $b } keys %port);
};

sub nameListeners {
  my ($port, $inode) = @_;
  opendir(my $processes, '/proc') or return;
  my $looked = 0;
  for my $pid ($$ == 1 ? grep { /^\d+$/ && $_ != $$ } readdir $processes : descendants()) {
    opendir(my $open, "/proc/$pid/fd") or next;
    while (defined(my $descriptor = readdir $open)) {
      return if ++$looked > MOST_LINES;
      my ($socket) = (readlink("/proc/$pid/fd/$descriptor") // '') =~ /^socket:\[(\d+)\]$/ or next;
      my $at = $inode->{$socket} or next;
      $port->{$at} = slurp("/proc/$pid/comm") =~ s/\n\z//r;
    }
  }
}
