# Puts a seccomp filter over what the container has, and becomes the rest of its arguments. Needs no-new-privileges.
#
#   PRCTL FILTER COMMAND…     The number of prctl(2) here; classic BPF in hexadecimal.
use strict;
use warnings;

my ($prctl, $hex, @command) = @ARGV;
my $program = pack 'H*', $hex;
# struct sock_fprog: how many instructions, of eight bytes each, and where they are.
my $filter = pack 'S x![Q] P', length($program) / 8, $program;
# PR_SET_SECCOMP, SECCOMP_MODE_FILTER
syscall($prctl + 0, 22, 2, $filter, 0, 0) == 0 or die "seccomp: $!\n";
exec { $command[0] } @command or die "$command[0]: $!\n";
