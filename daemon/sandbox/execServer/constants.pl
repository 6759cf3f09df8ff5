# Named constants: the first part of each program that starts with a sandbox. Perl's own modules for this (constant, Fcntl,
# Errno, POSIX) take several times as long to load as the rest of its start. The numbers are Linux's, and the same on every
# architecture that has sandboxes.
use strict;

BEGIN {

  sub constants {
    my %constant = @_;
    for my $name (keys %constant) {
      my $value = $constant{$name};
      no strict 'refs';
      *$name = sub () { $value };
    }
  }
}
