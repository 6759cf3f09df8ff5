# The way out, in a network that leads nowhere: the address of a proxy, and addresses that stand for the names which
# programs ask for (names.pl). Who connects to either gets a channel to the daemon, which decides, looks up and dials.
# Nothing listens before the daemon says so. Part of execServer.pl.
BEGIN { constants(AF_INET => 2, SOCK_STREAM => 1, SOCK_DGRAM => 2, SOL_SOCKET => 1, SO_REUSEADDR => 2) }
BEGIN { constants(LOOPBACK => "\x7F\0\0\1", PROXY_PORT => 3128, NAME_PORT => 53, BACKLOG => 1024, AT_ONCE => 16) }
BEGIN { constants(PROXIED => 0, CAPTURED => 1, MOST_CONNECTIONS => 512, MOST_NAMES => 4096, MOST_LISTENED => 64) }

# Ports that programs which know of no proxy are caught at.
BEGIN { constants(CAPTURED_PORTS => [80, 443, 22, 9418]) }
my @capturedPorts = @{ +CAPTURED_PORTS };
# By name, and by the number that their address ends in; those of them that are listened at.
my (%standIn, %standInAt, %listened, $spare);
my ($lastStandIn, $uses) = (0, 0);
# What is listened at beside those.
my @doors;

# Opens it. D: the ports of those above, of the proxy and of names that could not be listened at.
$handler{n} = sub {
  my ($id) = @_;
  sysopen $spare, '/dev/null', O_RDONLY;
  my @refused;
  my $proxy = listenAt(LOOPBACK, PROXY_PORT);
  push @doors, $proxy if $proxy;
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
