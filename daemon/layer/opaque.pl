# Reads NUL-terminated jobs, a letter and a path relative to the directory that is open as
# descriptor 3, and does for each:
#   q  prints the path, NUL-terminated, where overlayfs marked it opaque
#   c  clears that mark
#   w  makes a whiteout there
# Perl, because it reaches the three system calls that Node has no words for.
use strict;
use warnings;
my %x64 = (get => 192, remove => 198, mknodat => 259);
my %generic = (get => 9, remove => 15, mknodat => 33);
my $machine = (POSIX::uname())[4];
my %call = $machine eq 'x86_64' ? %x64 : $machine =~ /^(aarch64|riscv64)$/ ? %generic : die "no system call numbers for $machine\n";
my $mark = 'user.overlay.opaque';
my $failed = 0;
chdir '/proc/self/fd/3' or die "no upper directory: $!\n";
binmode STDIN;
binmode STDOUT;
{
  local $/ = "\0";
  while (my $job = <STDIN>) {
    chomp $job;
    my $letter = substr $job, 0, 1;
    my $path = substr $job, 1;
    my $inside = "./$path";
    if ($letter eq 'q') {
      my $value = "\0" x 8;
      my $length = syscall $call{get}, $inside, $mark, $value, 8;
      print "$path\0" if $length == 1 && substr($value, 0, 1) eq 'y';
    } elsif ($letter eq 'c') {
      $failed = 1 if syscall($call{remove}, $inside, $mark) != 0;
    } elsif ($letter eq 'w') {
      $failed = 1 if syscall($call{mknodat}, -100, $inside, 0020000, 0) != 0;
    }
  }
}
exit $failed;
