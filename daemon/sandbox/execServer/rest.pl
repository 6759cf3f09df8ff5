# The parts that a sandbox's first commands do without, as text until the first request for one of them comes: Perl takes as
# long for a few pages of program as for its whole start. Part of execServer.pl, after all that they see.
my $rest;

sub compileLater { ($rest) = @_ }

sub handlerOfRest {
  my ($letter) = @_;
  my $parts = $rest // return;
  undef $rest;
  eval "$parts\n1" or die $@;
  return $handler{$letter};
}
