# The way out, in a network that leads nowhere: the address of a proxy, and a name server whose addresses only stand for
# names. Who connects to either gets a channel to the daemon, which decides, looks up and dials. Nothing listens before
# the daemon says so. Part of execServer.pl.
use constant { AF_INET => 2, SOCK_STREAM => 1, SOCK_DGRAM => 2, SOL_SOCKET => 1, SO_REUSEADDR => 2 };
use constant { LOOPBACK => "\x7F\0\0\1", PROXY_PORT => 3128, NAME_PORT => 53, BACKLOG => 1024, AT_ONCE => 16 };
use constant { MOST_CONNECTIONS => 512, MOST_NAMES => 4096, MOST_LISTENED => 64, MOST_NAME_STREAMS => 16, MOST_TAGS => 4096 };
# Seconds that an address stands for a name at least; what a query's answer can be; kinds of records.
use constant { NAME_LIFE => 10, NO_ERROR => 0, MALFORMED => 1, FAILED => 2, NO_SUCH_NAME => 3, REFUSED => 5 };
use constant { RECORD_A => 1, RECORD_AAAA => 28, CLASS_IN => 1, IS_ANSWER => 0x8000, OPERATION => 0x7800, RECURSION => 0x0180 };
use constant { PROXIED => 0, CAPTURED => 1, LOOKING => 0.2 * POSIX::sysconf(POSIX::_SC_CLK_TCK()), MOST_DESCRIPTORS => 20_000 };

# Ports that programs which know of no proxy are caught at.
my @capturedPorts = (80, 443, 22, 9418);
my (%standIn, %standInAt, %listened, @nameStreams, %tag, $spare);
my ($lastStandIn, $uses, $lookingLeft, $lookedWhen) = (0, 0, LOOKING, now());
my $ownName = lc((POSIX::uname())[1]);

# Opens it. D: the ports of those above, of the proxy and of names that could not be listened at.
$handler{n} = sub {
  my ($id) = @_;
  open $spare, '<', '/dev/null';
  my @refused;
  my $proxy = listenAt(LOOPBACK, PROXY_PORT);
  if ($proxy) { acceptOn($proxy, sub { leadOut($_[0], $_[1], PROXIED, PROXY_PORT, '') }) }
  else { push @refused, PROXY_PORT }
  openNames() or push @refused, NAME_PORT;
  my %canBe = map { $_ => defined listenAt("\x7F\1\xFF\xFF", $_) } @capturedPorts;
  push @refused, grep { !$canBe{$_} } @capturedPorts;
  @capturedPorts = grep { $canBe{$_} } @capturedPorts;
  answer('D', $id, pack 'N*', @refused);
};

sub socketAddress { my ($address, $port) = @_; return pack 'S n a4 x8', AF_INET, $port, $address }

sub listenAt {
  my ($address, $port) = @_;
  socket(my $socket, AF_INET, SOCK_STREAM, 0) or return;
  setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1;
  bind($socket, socketAddress($address, $port)) && listen($socket, BACKLOG) or return;
  nonBlocking($socket);
  return $socket;
}

# $then is called with each new connection and the address of its other side.
sub acceptOn {
  my ($listener, $then) = @_;
  onReadable(
    fileno $listener,
    sub {
      for (1 .. AT_ONCE) {
        my $peer = accept(my $socket, $listener);
        if ($peer) { $then->($socket, $peer) }
        elsif ($! == EMFILE && $spare) {
          # Taken and dropped, so that it does not knock for ever.
          close $spare;
          accept($socket, $listener) and close $socket;
          open $spare, '<', '/dev/null';
        }
        else { last }
      }
    }
  );
}

# Payload: C how, N port, tag of the command that it belongs to or nothing, host.
sub leadOut {
  my ($socket, $peer, $how, $port, $host) = @_;
  return if (grep { $_ >= FIRST_OWN } keys %channel) >= MOST_CONNECTIONS;
  my $tag = tagBehind('tcp', $peer, getsockname $socket);
  openOwnChannel($socket, pack 'C N N/a* a*', $how, $port, $tag, $host);
}

# --- names ---

sub openNames {
  socket(my $datagrams, AF_INET, SOCK_DGRAM, 0) or return;
  bind $datagrams, socketAddress(LOOPBACK, NAME_PORT) or return;
  nonBlocking($datagrams);
  my $streams = listenAt(LOOPBACK, NAME_PORT) or return;
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

# The address, 127.1.x.y, that stands for a name from now on.
sub standInFor {
  my ($name) = @_;
  my $standIn = $standIn{$name};
  if (!$standIn) {
    dropNames() if keys %standIn >= MOST_NAMES;
    # An address comes again as late as can be: a program may remember whom it stood for.
    do { $lastStandIn = $lastStandIn % 0xFFFE + 1 } while $standInAt{$lastStandIn};
    my $address = pack 'C2 n', 127, 1, $lastStandIn;
    $standIn = { name => $name, number => $lastStandIn, address => $address };
    $standIn{$name} = $standInAt{$lastStandIn} = $standIn;
  }
  $standIn->{used} = ++$uses;
  capture($standIn) unless $listened{$name};
  return $standIn->{address};
}

sub capture {
  my ($standIn) = @_;
  if (keys %listened >= MOST_LISTENED) {
    my ($oldest) = sort { $a->{used} <=> $b->{used} } values %listened;
    stopCapture($oldest);
  }
  $listened{ $standIn->{name} } = $standIn;
  for my $port (@capturedPorts) {
    my $listener = listenAt($standIn->{address}, $port) or next;
    push @{ $standIn->{listeners} }, $listener;
    acceptOn($listener, sub {
      $standIn->{used} = ++$uses;
      leadOut($_[0], $_[1], CAPTURED, $port, $standIn->{name});
    });
  }
}

sub stopCapture {
  my ($standIn) = @_;
  delete $listened{ $standIn->{name} };
  for my $listener (@{ delete $standIn->{listeners} // [] }) {
    unregister($listener);
    close $listener;
  }
}

sub dropNames {
  my @oldest = (sort { $a->{used} <=> $b->{used} } values %standIn)[0 .. MOST_NAMES / 4 - 1];
  for my $standIn (@oldest) {
    stopCapture($standIn);
    delete $standIn{ $standIn->{name} };
    delete $standInAt{ $standIn->{number} };
  }
}

# --- whose it is ---

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

# Clock ticks that this process has run.
sub processorTime { my (undef, $user, $system) = POSIX::times(); return $user + $system }

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
  return "\0" . slurp("/proc/$pid/environ") =~ /\0PADDOCK_COMMAND=(\d{1,10})\0/ ? $tag{$1} // '' : '';
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
