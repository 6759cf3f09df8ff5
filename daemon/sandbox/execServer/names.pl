# The name server of the loopback: whether a name exists is asked of the daemon, and its address only stands for it
# (network.pl). Nothing of a query goes further. Part of execServer.pl.
BEGIN { constants(MOST_NAME_STREAMS => 16) }
# Seconds that an address stands for a name at least; what a query's answer can be; kinds of records.
BEGIN { constants(NAME_LIFE => 10, NO_ERROR => 0, MALFORMED => 1, FAILED => 2, NO_SUCH_NAME => 3, REFUSED => 5) }
BEGIN { constants(RECORD_A => 1, RECORD_AAAA => 28, CLASS_IN => 1, IS_ANSWER => 0x8000, OPERATION => 0x7800, RECURSION => 0x0180) }

my @nameStreams;
my $ownName = lc(slurp('/proc/sys/kernel/hostname') =~ s/\n\z//r);

sub openNames {
  socket(my $datagrams, AF_INET, SOCK_DGRAM, 0) or return;
  bind $datagrams, socketAddress(LOOPBACK, NAME_PORT) or return;
  nonBlocking($datagrams);
  my $streams = listenAt(LOOPBACK, NAME_PORT) or return;
  push @doors, $datagrams, $streams;
  onReadable(
    fileno $datagrams,
    sub {
      for (1 .. AT_ONCE) {
        my $peer = recv($datagrams, my $query, 1500, 0);
        last unless $peer;
        answerName($query, 'udp', $peer, sub { send $datagrams, $_[0], 0, $peer });
      }
    }
  );
  acceptOn($streams, sub { takeNameStream(@_) });
  return 1;
}

# Queries one after the other, each with its length before it, as are the answers.
sub takeNameStream {
  my ($socket, $peer) = @_;
  nonBlocking($socket);
  push @nameStreams, $socket;
  closeNameStream($nameStreams[0]) if @nameStreams > MOST_NAME_STREAMS;
  my ($buffer, $unanswered, $ended) = ('', 0, 0);
  my $reply = sub {
    return unless defined fileno $socket;
    my $answer = pack 'n/a*', $_[0];
    $unanswered--;
    my $isLast = $ended && !$unanswered;
    closeNameStream($socket) if (syswrite($socket, $answer) // 0) < length $answer || $isLast;
  };
  my $take = sub {
    my $got = sysread $socket, $buffer, 4096, length $buffer;
    return if !defined $got && ($! == EAGAIN || $! == EINTR);
    unless ($got) {
      $ended = 1;
      return $unanswered ? onReadable(fileno $socket, undef) : closeNameStream($socket);
    }
    while (length $buffer >= 2 && length $buffer >= 2 + unpack 'n', $buffer) {
      my $query = unpack 'n/a*', $buffer;
      substr $buffer, 0, 2 + length $query, '';
      $unanswered++;
      answerName($query, 'tcp', $peer, $reply) or $unanswered--;
      return unless defined fileno $socket;
    }
  };
  onReadable(fileno $socket, $take);
}

sub closeNameStream {
  my ($socket) = @_;
  @nameStreams = grep { $_ != $socket } @nameStreams;
  unregister($socket);
  close $socket;
}

# Calls $reply with the answer to a query, now or when the daemon has said its word. False for what has no answer.
sub answerName {
  my ($query, $protocol, $peer, $reply) = @_;
  return 0 if length $query < 12;
  my ($id, $flags, $questions, $answers) = unpack 'n4', $query;
  return 0 if $flags & IS_ANSWER;
  my ($name, $kind, $class, $question) = readQuestion($query);
  my $say = sub {
    my ($code, $record) = @_;
    my $head = IS_ANSWER | $flags & OPERATION | RECURSION | $code;
    my @counts = (defined $question ? 1 : 0, $record ? 1 : 0, 0, 0);
    $reply->(pack('n6', $id, $head, @counts) . ($question // '') . ($record // ''));
    return 1;
  };
  return $say->(MALFORMED) if $flags & OPERATION || $questions != 1 || $answers || !defined $question;
  return $say->(NO_SUCH_NAME) unless defined $name;
  return $say->(REFUSED) unless $class == CLASS_IN && ($kind == RECORD_A || $kind == RECORD_AAAA);
  my $sayAddress = sub {
    my ($address) = @_;
    # There is nothing but the old protocol in here.
    return $say->(NO_ERROR) if $kind == RECORD_AAAA;
    $say->(NO_ERROR, pack 'n3 N n a4', 0xC00C, RECORD_A, CLASS_IN, NAME_LIFE, 4, $address);
  };
  return $sayAddress->(LOOPBACK) if $name =~ /(^|\.)localhost$/ || $name eq $ownName;
  my $tag = tagBehind($protocol, $peer, socketAddress(LOOPBACK, NAME_PORT));
  ask(pack('N/a* a*', $tag, $name), sub {
    my ($allowed) = @_;
    if (ord $allowed) { $sayAddress->(standInFor($name)) }
    else { $say->(NO_SUCH_NAME) }
  }) || $say->(FAILED);
}

# Name, kind, class and the question's own bytes. No name where that is none that a host can have; nothing at all where
# the query is malformed.
sub readQuestion {
  my ($query) = @_;
  my ($at, @labels) = (12);
  while (1) {
    return if $at >= length $query;
    my $length = ord substr $query, $at++, 1;
    last unless $length;
    return if $length > 63 || $at + $length > length $query || $at > 12 + 255;
    push @labels, lc substr $query, $at, $length;
    $at += $length;
  }
  return if $at + 4 > length $query;
  my ($kind, $class) = unpack 'n2', substr $query, $at, 4;
  my $name = join '.', @labels;
  my $usable = @labels && length $name <= 253 && !grep { !/^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\z/ } @labels;
  # What ends like a number is an address in disguise.
  undef $name if !$usable || $labels[-1] =~ /^(?:\d+|0x[0-9a-f]*)\z/;
  return ($name, $kind, $class, substr $query, 12, $at + 4 - 12);
}
