# A server whose memory was saved goes on with another daemon, which knows nothing of what the last one asked for. Part of
# execServer.pl.

# H, as of a server that has just started: no request is open, no channel, no way out. Commands under way are killed, as
# nobody waits for them any more. Programs that were talked to go on with nobody at their other end: what they print is
# dropped, their input has ended, their terminal is hung up. What runs in the background goes on as it was.
$handler{A} = sub {
  closeNetwork();
  forgetChannels();
  for my $run (values %run) {
    forgetCommand($run) unless $run->{streams};
  }
  unlink $_->{temporary} for values %write;
  %$_ = () for \%run, \%byPid, \%stopping, \%removal, \%question, \%write, \%tag;
  # Requests are numbered from 1 again, and so are the marks of commands.
  $serverMark = newMark();
  answer('H', 0, pack 'N', $version);
};

# As before it was opened.
sub closeNetwork {
  closeNameStream($_) for @nameStreams;
  for (splice @doors) {
    unregister($_);
    close $_;
  }
  stopCapture($_) for values %listened;
  %$_ = () for \%standIn, \%standInAt;
  @capturedPorts = @{ +CAPTURED_PORTS };
}

sub forgetChannels {
  for my $channel (values %channel) {
    my $isPrinted = $channel->{reading} && $channel->{onEnd} && !$channel->{terminal};
    my ($reading, $writing) = delete @$channel{qw(reading writing onEnd onCredit)};
    $channel->{gone} = 1;
    for my $handle (grep { $_ && defined fileno $_ } $reading, $writing) {
      unregister($handle);
      if ($isPrinted && $handle == $reading) { drop($handle) }
      else { close $handle }
    }
  }
  %channel = ();
}

sub forgetCommand {
  my ($run) = @_;
  kill 'KILL', -$run->{pid}, treeOf($run);
  for my $pipe (grep { $_ } @$run{qw(stdin stdout stderr)}) {
    closePipe($pipe) if defined fileno $pipe->{handle};
    $pipe->{run} = undef;
  }
}
