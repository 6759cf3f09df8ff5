# The exec server: process 1 of a sandbox. Runs commands and touches files for the daemon, from within the boundary.
#
#   VERSION CALLS OPTIONS ROOT…     CALLS, numbers of system calls here, and OPTIONS: NAME=NUMBER,…
#                                   ROOT: folders never removed.
#
# Frames on stdin and stdout: length of the rest (N), letter (a), request number (N), body. Every request is answered by
# exactly one E (an end), D (done) or F (fault: errno, words); data (b, o, e) may come before that. Losing stdin ends the
# server and, as it is process 1, everything in here. The wire is described once more in wire.ts, and program.ts puts
# this file and its other parts together: what `my` declares here, they see.
BEGIN {
  constants(
    EPERM => 1, ENOENT => 2, EINTR => 4, EIO => 5, EAGAIN => 11, EBUSY => 16, EISDIR => 21, EINVAL => 22, EMFILE => 24,
    ELOOP => 40, EINPROGRESS => 115,
    O_RDONLY => 0, O_WRONLY => 1, O_RDWR => 2, O_CREAT => 0100, O_EXCL => 0200, O_NOCTTY => 0400, O_NONBLOCK => 04000,
    F_SETFL => 4, WNOHANG => 1, CLOCK_MONOTONIC => 1, PR_SET_DUMPABLE => 4, PR_SET_CHILD_SUBREAPER => 36,
    SIG_BLOCK => 0, SIG_UNBLOCK => 1, CHILDREN => 1 << (17 - 1), NONBLOCK_CLOEXEC => 0x80800,
  );
}
BEGIN { constants(FRAME_LIMIT => 4 << 20, CHUNK => 256 << 10) }
BEGIN { constants(LIMIT_FSIZE => 1, LIMIT_DATA => 2, LIMIT_CORE => 4, LIMIT_NPROC => 6, LIMIT_NOFILE => 7, OPEN_FILES => 8192) }

my ($version, $calls, $options, @roots) = @ARGV;
my (%call, %option);
numbersInto(\%call, $calls);
numbersInto(\%option, $options);
my ($requests, $watched, $fed) = ('', '', '');
my (%handler, %onReadable, %onWritable, %stopping);

$0 = 'paddock';
umask 022;
chdir '/';
binmode STDIN;
binmode STDOUT;
@SIG{qw(PIPE XFSZ)} = ('IGNORE') x 2;
# Ended children are told by a descriptor, so that no wake-up is lost between looking and waiting.
maskChildren(SIG_BLOCK);
# What the daemon was started with is not ours to hand on.
if (opendir my $open, '/proc/self/fd') {
  # Closed at the end of its scope.
  for (grep { /^\d+$/ && $_ > 2 && $_ != fileno $open } readdir $open) { open my $inherited, '<&=', $_ }
}
open(my $ended, '<&=', childrenDescriptor()) or leave();
sysopen(my $null, '/dev/null', O_RDWR) or leave();
# Everything in here is to be killed before the daemon when memory runs out, and leaves no core files.
sysopen my $score, '/proc/self/oom_score_adj', O_WRONLY;
scoreMemory(500);
limitOf(LIMIT_CORE, 0, 0);
if (my $size = $option{fileMiB}) { limitOf(LIMIT_FSIZE, $size << 20, $size << 20) }
if (my $most = $option{processes}) { limitOf(LIMIT_NPROC, $most, $most) }
# For connections. Commands get what they are allowed, or what there was.
my @openFiles = limitOf(LIMIT_NOFILE);
limitOf(LIMIT_NOFILE, $openFiles[1] < OPEN_FILES ? $openFiles[1] : OPEN_FILES, $openFiles[1]);
if (my $most = $option{openFiles}) { @openFiles = ($most < $openFiles[1] ? $most : $openFiles[1]) x 2 }
# Not dumpable: processes in here cannot write the server's memory through /proc.
syscall $call{prctl}, PR_SET_DUMPABLE, 0, 0, 0, 0;
# What loses its parent becomes a child of the server's, as it does where that is process 1.
syscall($call{prctl}, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) unless $$ == 1;

# --- what Perl has in modules only, which take long to load ---

sub numbersInto {
  my ($into, $pairs) = @_;
  for (split /,/, $pairs) { $into->{$1} = $2 + 0 if /^(\w+)=(\d+)\z/ }
}

# Whatever a system call is given must be a variable where it is bytes: Perl hands its buffer to the kernel.
sub childrenDescriptor { my $mask = pack 'Q', CHILDREN; return syscall $call{signalfd4}, -1, $mask, 8, NONBLOCK_CLOEXEC }

sub maskChildren { my ($how, $mask) = ($_[0], pack 'Q', CHILDREN); syscall $call{rt_sigprocmask}, $how, $mask, 0, 8 }

# $descriptor becomes what the handle is, for programs that are started.
sub duplicate { my ($handle, $descriptor) = @_; syscall $call{dup3}, fileno $handle, $descriptor, 0 }

# Ends this process at once.
sub quit { my ($code) = @_; syscall $call{exit_group}, $code }

# Seconds of a clock that nobody sets.
sub now {
  my $time = pack 'q2', 0, 0;
  syscall $call{clock_gettime}, CLOCK_MONOTONIC, $time;
  my ($seconds, $nanoseconds) = unpack 'q2', $time;
  return $seconds + $nanoseconds / 1e9;
}

# How soon the kernel ends this process, and those it starts from now on, when memory is short.
sub scoreMemory { my ($points) = @_; syswrite $score, $points if defined fileno $score }

# Sets a limit of this process, soft and hard, or says what it is.
sub limitOf {
  my ($which, @limit) = @_;
  my $both = pack 'Q2', @limit ? @limit : (0, 0);
  syscall $call{prlimit64}, 0, $which, @limit ? ($both, 0) : (0, $both);
  return unpack 'Q2', $both;
}

# --- the loop ---

# Calls when there is something to read, until told otherwise with no sub. What is registered must not block.
sub onReadable {
  my ($descriptor, $call) = @_;
  vec($watched, $descriptor, 1) = $call ? 1 : 0;
  if ($call) { $onReadable{$descriptor} = $call }
  else { delete $onReadable{$descriptor} }
}

sub onWritable {
  my ($descriptor, $call) = @_;
  vec($fed, $descriptor, 1) = $call ? 1 : 0;
  if ($call) { $onWritable{$descriptor} = $call }
  else { delete $onWritable{$descriptor} }
}

# Before a handle is closed.
sub unregister { my ($handle) = @_; $_->(fileno $handle, undef) for \&onReadable, \&onWritable }

sub nonBlocking { my ($handle) = @_; fcntl $handle, F_SETFL, O_NONBLOCK }

sub serve {
  my ($readable, $writable) = ($watched, $fed);
  my $ready = select $readable, $writable, undef, %stopping ? 0.005 : undef;
  if ($ready > 0) {
    takeRequests() if vec $readable, 0, 1;
    for my $descriptor (keys %onReadable) {
      next unless vec $readable, $descriptor, 1;
      my $call = $onReadable{$descriptor} or next;
      $call->();
    }
    for my $descriptor (keys %onWritable) {
      next unless vec $writable, $descriptor, 1;
      my $call = $onWritable{$descriptor} or next;
      $call->();
    }
  }
  reap(WNOHANG);
  stopFurther($_) for values %stopping;
}

sub takeRequests {
  my $got = sysread STDIN, $requests, 1 << 20, length $requests;
  return if !defined $got && ($! == EAGAIN || $! == EINTR);
  leave() unless $got;
  while (length $requests >= 4) {
    my $length = unpack 'N', $requests;
    leave() if $length > FRAME_LIMIT || $length < 5;
    last if length $requests < 4 + $length;
    my (undef, $letter, $id, $body) = unpack 'N a N a*', substr $requests, 0, 4 + $length, '';
    my $handle = $handler{$letter} // handlerOfRest($letter) // leave();
    $handle->($id, $body);
  }
}

sub leave { killAll(); quit(0) }

# The daemon always reads, so a blocking write ends; and while it is slow, so are we, and so are the commands. What its
# callers are slow to read is held back by the credit of a channel, and never comes here.
sub answer {
  my ($letter, $id, $body) = @_;
  my $frame = pack 'N a N', 5 + length $body, $letter, $id;
  $frame .= $body;
  my $offset = 0;
  while ($offset < length $frame) {
    my $wrote = syswrite STDOUT, $frame, length($frame) - $offset, $offset;
    if (defined $wrote) { $offset += $wrote }
    elsif ($! == EAGAIN) { my $out = "\2"; select undef, $out, undef, undef }
    elsif ($! != EINTR) { leave() }
  }
}

sub fault { my ($id, $errno) = @_; $! = $errno; answer('F', $id, pack 'N a*', $errno, "$!") }

sub start {
  vec($watched, 0, 1) = 1;
  removeTemporaries();
  onReadable(fileno $ended, sub { sysread $ended, my $signals, 4096 });
  answer('H', 0, pack 'N', $version);
  serve() while 1;
}
