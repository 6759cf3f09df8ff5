# Commands, each from its start to its end with its output bounded. Part of execServer.pl.
BEGIN { constants(GRACE => 0.2, TIOCSCTTY => 0x540E, SIGXFSZ => 25, HIT_OUTPUT => 1, HIT_FILE => 2) }
# Of a command that is being ended; and where env_end stands in /proc/PID/stat (proc(5)), counted from its fifth field.
BEGIN { constants(MOST_LOOKS => 40, ENVIRONMENT_END => 44) }

# By request. What carries the mark PADDOCK_COMMAND=SERVER-ID belongs to it, and may outlive it. Other servers number their
# commands as well, and where /proc shows theirs, they are not ours to kill.
my (%run, %byPid, %removal);
my $serverMark = newMark();

sub newMark {
  my $bytes = '';
  if (sysopen my $random, '/dev/urandom', O_RDONLY) { sysread $random, $bytes, 8 }
  return unpack 'H*', $bytes;
}

# Q output limit for each stream, C has stdin, then as `begin` reads it
$handler{R} = sub {
  my ($id, $body) = @_;
  my ($limit, $hasInput) = unpack 'Q> C', $body;
  my (%near, %far);
  for my $name ('stdout', 'stderr', $hasInput ? 'stdin' : ()) {
    pipe(my $reading, my $writing) or return notStarted($id, $!);
    ($near{$name}, $far{$name}) = $name eq 'stdin' ? ($writing, $reading) : ($reading, $writing);
  }
  my $half = $limit >> 1;
  my $run = { id => $id, kept => $half, hit => 0 };
  my $why = begin($run, \%far, substr $body, 9);
  return notStarted($id, $why) if length $why;
  $run->{left} = ($option{outputMiB} // 0) << 20;
  for my $name (keys %near) {
    my $pipe = { run => $run, name => $name, handle => $near{$name}, room => $limit - $half, tail => '', past => 0 };
    nonBlocking($pipe->{handle});
    $run->{$name} = $pipe;
    onReadable(fileno $pipe->{handle}, sub { takeOutput($pipe) }) unless $name eq 'stdin';
  }
};

sub notStarted { my ($id, $why) = @_; answer('E', $id, pack 'C N C Q> N/a* Q> N/a* a*', 2, 0, 0, 0, '', 0, '', "$why") }

# Starts a program whose descriptors 0 to 2 are what %$far names, or the terminal there. Says why it did not, or nothing.
# In the request: directory, tag, number of arguments, arguments and environment (name, value, …).
sub begin {
  my ($run, $far, $request) = @_;
  my ($directory, $tag, $count, @strings) = unpack 'N/a* N/a* N (N/a*)*', $request;
  my @command = splice @strings, 0, $count;
  pipe(my $failing, $far->{exec}) or return "$!";
  # Before the server, where memory is short.
  scoreMemory(700);
  my $pid = fork;
  my $why = "$!";
  become($run->{id}, $far, $directory, \@command, \@strings) if defined $pid && $pid == 0;
  scoreMemory(500);
  return $why unless defined $pid;
  close $_ for grep { ref } values %$far;
  # Closed by the command's start.
  my $failure = '';
  for (my $got = 1; $got || $! == EINTR;) { $! = 0; $got = sysread $failing, $failure, 4096, length $failure }
  if (length $failure) {
    waitpid $pid, 0;
    return $failure;
  }
  @$run{qw(pid tag)} = ($pid, $tag);
  $run{ $run->{id} } = $byPid{$pid} = $run;
  rememberTag($run->{id}, $tag);
  return '';
}

# In the child: becomes the command, or says on the exec pipe why not.
sub become {
  my ($id, $far, $directory, $command, $environment) = @_;
  syscall $call{setsid};
  my $what = $far->{terminal};
  if (!$what || sysopen(my $terminal, $what, O_RDWR | O_NOCTTY)) {
    ioctl $terminal, TIOCSCTTY, 0 if $terminal;
    my ($in, $out, $err) = $terminal ? ($terminal) x 3 : @$far{qw(stdin stdout stderr)};
    duplicate($in // $null, 0);
    duplicate($out, 1);
    duplicate($err, 2);
    @SIG{qw(PIPE XFSZ)} = ('DEFAULT') x 2;
    maskChildren(SIG_UNBLOCK);
    limitOf(LIMIT_NOFILE, @openFiles);
    if (my $most = $option{memoryMiB}) { limitOf(LIMIT_DATA, ($most << 20) x 2) }
    %ENV = (@$environment, PADDOCK_COMMAND => "$serverMark-$id");
    $what = $directory;
    if (chdir $directory) {
      $what = $command->[0];
      local $^W = 0;
      exec { $what } @$command;
    }
  }
  syswrite $far->{exec}, "$what: $!";
  quit(127);
}

sub takeOutput {
  my ($pipe) = @_;
  my $got = sysread $pipe->{handle}, my $bytes, 65536;
  return $got if !defined $got && ($! == EAGAIN || $! == EINTR);
  unless ($got) { closePipe($pipe); return }
  # A process in the background may write on after its command has ended: read, so that it lives, and dropped.
  my $run = $pipe->{run} or return $got;
  limitHit($run, HIT_OUTPUT) if $run->{left} && ($run->{left} -= $got) <= 0;
  if ($pipe->{room}) {
    my $part = substr $bytes, 0, $pipe->{room}, '';
    $pipe->{room} -= length $part;
    answer($pipe->{name} eq 'stdout' ? 'o' : 'e', $run->{id}, $part);
  }
  $pipe->{past} += length $bytes;
  $pipe->{tail} .= $bytes;
  my $surplus = length($pipe->{tail}) - $run->{kept};
  substr $pipe->{tail}, 0, $surplus, '' if $surplus > 65536 + $run->{kept};
  return $got;
}

# It is killed at once: what floods does not tidy up.
sub limitHit {
  my ($run, $hit) = @_;
  $run->{hit} |= $hit;
  $run->{left} = 0;
  killTree($run);
}

sub closePipe {
  my ($pipe) = @_;
  unregister($pipe->{handle});
  close $pipe->{handle};
}

# Input of a command; none ends it.
$handler{I} = sub {
  my ($id, $bytes) = @_;
  my $pipe = $run{$id} && $run{$id}{stdin} or return;
  return unless defined fileno $pipe->{handle};
  $pipe->{tail} .= $bytes;
  $pipe->{ends} = 1 unless length $bytes;
  onWritable(fileno $pipe->{handle}, sub { feed($pipe) });
};

sub feed {
  my ($pipe) = @_;
  if (length $pipe->{tail}) {
    my $wrote = syswrite $pipe->{handle}, $pipe->{tail}, 65536;
    if ($wrote) { substr $pipe->{tail}, 0, $wrote, '' }
    elsif ($! != EAGAIN && $! != EINTR) { return closePipe($pipe) }
  }
  return if length $pipe->{tail};
  if ($pipe->{ends}) { closePipe($pipe) }
  else { onWritable(fileno $pipe->{handle}, undef) }
}

sub reap {
  my ($flags) = @_;
  while ((my $pid = waitpid -1, $flags) > 0) {
    my $status = $?;
    if (my $removal = delete $removal{$pid}) {
      my ($id, $path) = @$removal;
      $status == 0 || rmdir($path) || $! == ENOENT ? answer('D', $id, '') : fault($id, $! + 0);
    }
    my $run = delete $byPid{$pid} or next;
    $run->{status} = $status;
    my $signal = $status & 127;
    $run->{hit} |= HIT_FILE if $option{fileMiB} && ($signal == SIGXFSZ || $status >> 8 == 128 + SIGXFSZ);
    finish($run) unless $run->{deadline};
  }
}

sub finish {
  my ($run) = @_;
  delete $stopping{ $run->{id} };
  return finishProcess($run) if $run->{streams};
  my @kept;
  for my $name ('stdout', 'stderr') {
    my $pipe = $run->{$name};
    # What is in the pipe by now belongs to the command; a bound, since others may go on filling it.
    for (1 .. 32) { last unless defined fileno $pipe->{handle} && takeOutput($pipe) }
    my $tail = $run->{kept} < length $pipe->{tail} ? substr $pipe->{tail}, -$run->{kept}, $run->{kept} : $pipe->{tail};
    push @kept, $pipe->{past} - length $tail, $tail;
    @$pipe{qw(run tail)} = (undef, '');
  }
  my $input = $run->{stdin};
  closePipe($input) if $input && defined fileno $input->{handle};
  $input->{run} = undef if $input;
  delete $run{ $run->{id} };
  answer('E', $run->{id}, pack 'C N C Q> N/a* Q> N/a*', howEnded($run), $run->{hit}, @kept);
}

sub howEnded {
  my ($run) = @_;
  my $signal = $run->{status} & 127;
  return ($signal ? 1 : 0, $signal || $run->{status} >> 8);
}

# Ends a command: asks its group, and at the end of the grace kills the whole tree. E comes when that is gone.
$handler{K} = sub {
  my ($id) = @_;
  my $run = $run{$id} or return;
  return if $run->{deadline};
  $run->{deadline} = now() + GRACE;
  $stopping{$id} = $run;
  kill 'TERM', -$run->{pid};
};

sub killTree {
  my ($run) = @_;
  $run->{deadline} = now();
  $stopping{ $run->{id} } = $run;
}

sub stopFurther {
  my ($run) = @_;
  return if !defined $run->{status} && now() < $run->{deadline};
  kill 'KILL', -$run->{pid};
  my @left = treeOf($run);
  kill 'KILL', @left;
  # What becomes another program at this very moment shows no mark: nobody is left where two looks found nobody, and as
  # long as one is in that state, many looks.
  $run->{looks} = @left ? 0 : ($run->{looks} // 0) + 1;
  return if $run->{looks} < ($run->{unsure} ? MOST_LOOKS : 2) || !defined $run->{status};
  finish($run);
}

# The living processes of a command: its session, what descends from it, and what carries its mark. `unsure`: there may
# be one more.
sub treeOf {
  my ($run) = @_;
  my (%parent, %in);
  $run->{unsure} = 0;
  opendir(my $proc, '/proc') or return;
  for my $pid (grep { /^\d+$/ && $_ != $$ } readdir $proc) {
    my ($state, $parent, $group, $session, @more) = split ' ', (slurp("/proc/$pid/stat") =~ /.*\) (.*)/s)[0] // next;
    next if $state eq 'Z' || $state eq 'X';
    $parent{$pid} = $parent;
    my $environment = slurp("/proc/$pid/environ");
    # Without any, and without a place for one: between two programs. Of others' processes neither can be seen.
    $run->{unsure} = 1 if $$ == 1 && $environment eq '' && !$more[ENVIRONMENT_END];
    $in{$pid} = 1
      if $pid == $run->{pid} || $group == $run->{pid} || $session == $run->{pid}
      || "\0$environment" =~ /\0PADDOCK_COMMAND=$serverMark-$run->{id}\0/;
  }
  for (my $more = 1; $more;) {
    $more = 0;
    for (keys %parent) { $more = $in{$_} = 1 if !$in{$_} && $in{ $parent{$_} } }
  }
  return keys %in;
}

sub slurp {
  my ($path) = @_;
  sysopen(my $handle, $path, O_RDONLY) or return '';
  sysread($handle, my $text, 1 << 20) or return '';
  return $text;
}

# C: stops everything in here but the server where it is, or lets it go on.
$handler{f} = sub {
  my ($id, $body) = @_;
  return fault($id, EPERM) unless $$ == 1;
  kill unpack('C', $body) ? 'STOP' : 'CONT', -1;
  answer('D', $id, '');
};

# As process 1, everything that there is; on a machine, what descends from the server, which adopts what lost its parent.
sub killAll {
  return kill 'KILL', -1 if $$ == 1;
  for (1 .. 1000) {
    my @left = descendants() or last;
    kill 'KILL', @left;
    select undef, undef, undef, 0.002;
  }
}

# The living ones.
sub descendants {
  my (%parent, %in);
  opendir(my $proc, '/proc') or return;
  for my $pid (grep { /^\d+$/ } readdir $proc) {
    my ($state, $parent) = slurp("/proc/$pid/stat") =~ /.*\) (\S) (\d+) /s or next;
    $parent{$pid} = $parent if $state ne 'Z' && $state ne 'X';
  }
  $in{$$} = 1;
  for (my $more = 1; $more;) {
    $more = 0;
    for (keys %parent) { $more = $in{$_} = 1 if !$in{$_} && $in{ $parent{$_} } }
  }
  delete $in{$$};
  return keys %in;
}

# Kills everything in here but the server, at once, and answers when all of it is gone.
$handler{X} = sub {
  my ($id) = @_;
  killAll();
  # What may not be killed is not waited for.
  reap($$ == 1 ? 0 : WNOHANG);
  finish($_) for values %stopping;
  answer('D', $id, '');
};
