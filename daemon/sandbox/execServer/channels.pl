# Channels: bytes both ways beside the requests, each with its own credit, so that none holds up another. Part of
# execServer.pl. A channel is over once each side has said Z; after that its number means nothing, and may come again.
BEGIN { constants(WINDOW => 256 << 10, PIECE => 64 << 10, FIRST_OWN => 2**31, MOST_CHANNELS => 1024, MOST_QUESTIONS => 256) }

my (%channel, %question);
my ($lastOwn, $lastQuestion) = (FIRST_OWN - 1, 0);

# A channel under the daemon's number. `reading`: the handle whose bytes go out; `writing`: the one that takes what comes
# in. Either may be absent, and for a socket or a terminal they are the same one. From now on they are the channel's.
#   terminal  its input is not closed but told that it ends
#   onEnd     called when `reading` has ended or was given up
sub openChannel {
  my ($id, %with) = @_;
  my $channel = $channel{$id} = { id => $id, credit => WINDOW, granted => WINDOW, taken => 0, buffer => '', %with };
  nonBlocking($_) for grep { $_ } @$channel{qw(reading writing)};
  resume($channel);
  return $channel;
}

# A channel that this side opens, for a connection: the first thing that the daemon hears is $payload. Nothing where
# there are too many.
sub openOwnChannel {
  my ($socket, $payload) = @_;
  return if keys %channel >= MOST_CHANNELS;
  do { $lastOwn = $lastOwn == 2**32 - 1 ? FIRST_OWN : $lastOwn + 1 } while $channel{$lastOwn};
  answer('N', $lastOwn, $payload);
  return openChannel($lastOwn, reading => $socket, writing => $socket);
}

# Asks the daemon something small. $then is called with its answer. False where too much is asked already.
sub ask {
  my ($payload, $then) = @_;
  return 0 if keys %question >= MOST_QUESTIONS;
  do { $lastQuestion = ($lastQuestion + 1) & 0xFFFFFFFF } while $question{$lastQuestion};
  $question{$lastQuestion} = $then;
  answer('q', $lastQuestion, $payload);
  return 1;
}

$handler{a} = sub {
  my ($id, $answer) = @_;
  my $then = delete $question{$id} or leave();
  $then->($answer);
};

sub resume {
  my ($channel) = @_;
  my $reading = $channel->{reading} or return;
  onReadable(fileno $reading, $channel->{credit} ? sub { sendOn($channel) } : undef);
}

# Some of what is there goes out, as far as the credit goes. Returns how much, 0 at the end, nothing while there is none.
sub sendOn {
  my ($channel) = @_;
  my $most = $channel->{credit} < PIECE ? $channel->{credit} : PIECE;
  my $got = sysread($channel->{reading}, my $bytes, $most);
  if ($got) {
    $channel->{credit} -= $got;
    answer('c', $channel->{id}, $bytes);
    resume($channel) unless $channel->{credit};
    return $got;
  }
  return if !defined $got && ($! == EAGAIN || $! == EINTR);
  # A terminal ends with EIO.
  if (defined $got || $! == EIO) { endReading($channel) }
  else { giveUp($channel) }
  return 0;
}

sub endReading {
  my ($channel) = @_;
  my $handle = delete $channel->{reading};
  onReadable(fileno $handle, undef);
  close $handle unless $channel->{writing} && $channel->{writing} == $handle;
  answer('z', $channel->{id}, '');
  my $onEnd = delete $channel->{onEnd};
  giveUp($channel) unless $channel->{writing};
  $onEnd->() if $onEnd;
}

$handler{c} = sub {
  my ($id, $bytes) = @_;
  my $channel = $channel{$id} or leave();
  return if $channel->{gone};
  $channel->{granted} -= length $bytes;
  leave() if $channel->{granted} < 0 || $channel->{ending};
  $channel->{buffer} .= $bytes;
  feedOn($channel);
};

# Writes what came in. Where nobody reads any more it is dropped, as a pipe's last bytes are.
sub feedOn {
  my ($channel) = @_;
  my $writing = $channel->{writing};
  while (length $channel->{buffer}) {
    my $wrote = $writing ? syswrite $writing, $channel->{buffer}, PIECE : length $channel->{buffer};
    if ($wrote) {
      substr $channel->{buffer}, 0, $wrote, '';
      $channel->{taken} += $wrote;
    }
    elsif ($! == EAGAIN) { last }
    elsif ($! != EINTR) { $writing = endWriting($channel) }
  }
  return if $channel->{gone};
  if ($channel->{taken} >= WINDOW / 2) {
    answer('g', $channel->{id}, pack 'N', $channel->{taken});
    $channel->{granted} += $channel->{taken};
    $channel->{taken} = 0;
  }
  return unless $writing;
  if (length $channel->{buffer}) { onWritable(fileno $writing, sub { feedOn($channel) }) }
  else {
    onWritable(fileno $writing, undef);
    endWriting($channel) if $channel->{ending};
  }
}

# Nothing more is written. Returns nothing.
sub endWriting {
  my ($channel) = @_;
  my $handle = $channel->{writing} or return;
  onWritable(fileno $handle, undef);
  if ($channel->{terminal}) {
    syswrite $handle, "\4";
    return;
  }
  delete $channel->{writing};
  if (!$channel->{reading}) {
    close $handle;
    giveUp($channel);
  }
  elsif ($channel->{reading} == $handle) { shutdown $handle, 1 }
  else { close $handle }
  return;
}

$handler{z} = sub {
  my ($id) = @_;
  my $channel = $channel{$id} or leave();
  return if $channel->{gone};
  leave() if $channel->{ending};
  $channel->{ending} = 1;
  feedOn($channel);
};

$handler{g} = sub {
  my ($id, $more) = ($_[0], unpack 'N', $_[1]);
  my $channel = $channel{$id} or leave();
  return if $channel->{gone};
  $channel->{credit} += $more;
  leave() if $channel->{credit} > WINDOW;
  resume($channel);
  $channel->{onCredit}->() if $channel->{onCredit};
};

# The daemon's last word, and ours if it was not said.
$handler{Z} = sub {
  my ($id) = @_;
  my $channel = $channel{$id} or leave();
  giveUp($channel) unless $channel->{gone};
  delete $channel{$id};
};

# Closes both directions at once and says so.
sub giveUp {
  my ($channel) = @_;
  return if $channel->{gone};
  $channel->{gone} = 1;
  my ($reading, $writing) = delete @$channel{qw(reading writing)};
  for my $handle (grep { $_ } $reading, $writing) {
    next unless defined fileno $handle;
    unregister($handle);
    close $handle;
  }
  $channel->{buffer} = '';
  answer('Z', $channel->{id}, '');
  my ($onEnd) = delete @$channel{qw(onEnd onCredit)};
  $onEnd->() if $onEnd;
}
