# The exec server: process 1 of a sandbox. Runs commands and touches files for the daemon, from within the boundary.
#
#   VERSION PRCTL PRLIMIT64 SIGNALFD4 ROOT…     The numbers of these system calls here. ROOT: folders never removed.
#
# Frames on stdin and stdout: length of the rest (N), letter (a), request number (N), body. Every request is answered by
# exactly one E (a command's end), D (done) or F (fault: errno, words); data (b, o, e) may come before that. Losing stdin
# ends the server and, as it is process 1, everything in here. The wire is described once more in wire.ts.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR EISDIR EINVAL ENOENT ELOOP EBUSY);
use Fcntl qw(:DEFAULT :mode);
use POSIX ();

use constant { WNOHANG => 1, CHILDREN => 1 << (17 - 1), NONBLOCK_CLOEXEC => 0x80800 };
use constant { FRAME_LIMIT => 4 << 20, CHUNK => 256 << 10 };
use constant GRACE => 0.2 * POSIX::sysconf(POSIX::_SC_CLK_TCK());

my ($version, $prctl, $prlimit, $signalfd, @roots) = @ARGV;
my ($requests, $watched, $fed) = ('', '', '');
my (%run, %byPid, %byDescriptor, %write, %removal);
my $serial = 0;

$0 = 'paddock';
umask 022;
chdir '/';
binmode STDIN;
binmode STDOUT;
$SIG{PIPE} = 'IGNORE';
# Ended children are told by a descriptor, so that no wake-up is lost between looking and waiting.
my $childSignal = POSIX::SigSet->new(POSIX::SIGCHLD());
POSIX::sigprocmask(POSIX::SIG_BLOCK(), $childSignal);
# What the daemon was started with is not ours to hand on.
if (opendir my $open, '/proc/self/fd') {
  for (grep { /^\d+$/ } readdir $open) { POSIX::close($_) if $_ > 2 && $_ != fileno $open }
}
my $mask = pack 'Q', CHILDREN;
my $ended = syscall $signalfd + 0, -1, $mask, 8, NONBLOCK_CLOEXEC;
leave() if $ended < 0;
# Everything in here is to be killed before the daemon when memory runs out, and leaves no core files.
if (open my $score, '>', '/proc/self/oom_score_adj') { print $score 500 }
my $noCore = pack 'Q2', 0, 0;
syscall($prlimit + 0, 0, 4, $noCore, 0);
# Not dumpable: processes in here cannot write the server's memory through /proc.
syscall($prctl + 0, 4, 0, 0, 0, 0);
my %root = map { my @stat = lstat $_; @stat ? ("$stat[0]:$stat[1]" => 1) : () } '/', @roots;

# --- the loop ---

my %handler;

sub serve {
  my ($readable, $writable) = ($watched, $fed);
  my $stopping = grep { $_->{deadline} } values %run;
  my $ready = select $readable, $writable, undef, $stopping ? 0.005 : undef;
  if ($ready > 0) {
    takeRequests() if vec $readable, 0, 1;
    POSIX::read($ended, my $signals, 4096) if vec $readable, $ended, 1;
    for my $descriptor (keys %byDescriptor) {
      my $pipe = $byDescriptor{$descriptor} or next;
      takeOutput($pipe) if $pipe->{name} ne 'stdin' && vec $readable, $descriptor, 1;
      feed($pipe) if $pipe->{name} eq 'stdin' && vec $writable, $descriptor, 1;
    }
  }
  reap(WNOHANG);
  $_->{deadline} and stopFurther($_) for values %run;
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
    my $handle = $handler{$letter} or leave();
    $handle->($id, $body);
  }
}

sub leave { kill 'KILL', -1; POSIX::_exit(0) }

# The daemon always reads, so a blocking write ends; and while it is slow, so are we, and so are the commands.
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

# --- commands ---

# Q output limit for each stream, C has stdin, directory, number of arguments, arguments and environment (name, value, …)
$handler{R} = sub {
  my ($id, $body) = @_;
  my ($limit, $hasInput, $directory, $count, @strings) = unpack 'Q> C N/a* N (N/a*)*', $body;
  my @command = splice @strings, 0, $count;
  my (%near, %far);
  for my $name ('stdout', 'stderr', 'exec', $hasInput ? 'stdin' : ()) {
    pipe(my $reading, my $writing) or return notStarted($id, $!);
    ($near{$name}, $far{$name}) = $name eq 'stdin' ? ($writing, $reading) : ($reading, $writing);
  }
  my $pid = fork;
  return notStarted($id, $!) unless defined $pid;
  become($id, \%far, $directory, \@command, \@strings) if $pid == 0;
  close $_ for values %far;
  # Closed by the command's start.
  my $failure = '';
  for (my $got = 1; $got || $! == EINTR;) { $! = 0; $got = sysread $near{exec}, $failure, 4096, length $failure }
  if (length $failure) {
    waitpid $pid, 0;
    return notStarted($id, $failure);
  }
  my $half = $limit >> 1;
  my $run = $run{$id} = $byPid{$pid} = { id => $id, pid => $pid, kept => $half };
  for my $name ('stdout', 'stderr', $hasInput ? 'stdin' : ()) {
    my $pipe = { run => $run, name => $name, handle => $near{$name}, room => $limit - $half, tail => '', past => 0 };
    my $flags = fcntl $pipe->{handle}, F_GETFL, 0;
    fcntl $pipe->{handle}, F_SETFL, $flags | O_NONBLOCK;
    $byDescriptor{ fileno $pipe->{handle} } = $run->{$name} = $pipe;
    vec($watched, fileno $pipe->{handle}, 1) = 1 unless $name eq 'stdin';
  }
};

# In the child: becomes the command, or says on the exec pipe why not.
sub become {
  my ($id, $pipes, $directory, $command, $environment) = @_;
  POSIX::setsid();
  if ($pipes->{stdin}) { POSIX::dup2(fileno $pipes->{stdin}, 0) }
  else { my $null = POSIX::open('/dev/null', O_RDONLY); POSIX::dup2($null, 0); POSIX::close($null) }
  POSIX::dup2(fileno $pipes->{stdout}, 1);
  POSIX::dup2(fileno $pipes->{stderr}, 2);
  $SIG{PIPE} = 'DEFAULT';
  POSIX::sigprocmask(POSIX::SIG_UNBLOCK(), $childSignal);
  %ENV = (@$environment, PADDOCK_COMMAND => $id);
  my $what = $directory;
  if (chdir $directory) {
    $what = $command->[0];
    no warnings 'exec';
    exec { $what } @$command;
  }
  syswrite $pipes->{exec}, "$what: $!";
  POSIX::_exit(127);
}

sub notStarted { my ($id, $why) = @_; answer('E', $id, pack 'C N Q> N/a* Q> N/a* a*', 2, 0, 0, '', 0, '', "$why") }

sub takeOutput {
  my ($pipe) = @_;
  my $got = sysread $pipe->{handle}, my $bytes, 65536;
  return $got if !defined $got && ($! == EAGAIN || $! == EINTR);
  unless ($got) { closePipe($pipe); return }
  # A process in the background may write on after its command has ended: read, so that it lives, and dropped.
  my $run = $pipe->{run} or return $got;
  if ($pipe->{room}) {
    my $part = substr $bytes, 0, $pipe->{room}, '';
    $pipe->{room} -= length $part;
    answer($pipe->{name} eq 'stdout' ? 'o' : 'e', $run->{id}, $part);
  }
  $pipe->{past} += length $bytes;
  $pipe->{tail} .= $bytes;
  my $surplus = length($pipe->{tail}) - $run->{kept};
  substr $pipe->{tail}, 0, $surplus, '' if $surplus > 65536 + $run->{kept};
  return $got;
}

sub closePipe {
  my ($pipe) = @_;
  my $descriptor = fileno $pipe->{handle};
  vec($watched, $descriptor, 1) = 0;
  vec($fed, $descriptor, 1) = 0;
  delete $byDescriptor{$descriptor};
  close $pipe->{handle};
}

# Input of a command; none ends it.
$handler{I} = sub {
  my ($id, $bytes) = @_;
  my $pipe = $run{$id} && $run{$id}{stdin} or return;
  return unless defined fileno $pipe->{handle};
  $pipe->{tail} .= $bytes;
  $pipe->{ends} = 1 unless length $bytes;
  vec($fed, fileno $pipe->{handle}, 1) = 1;
};

sub feed {
  my ($pipe) = @_;
  if (length $pipe->{tail}) {
    my $wrote = syswrite $pipe->{handle}, $pipe->{tail}, 65536;
    if ($wrote) { substr $pipe->{tail}, 0, $wrote, '' }
    elsif ($! != EAGAIN && $! != EINTR) { return closePipe($pipe) }
  }
  return if length $pipe->{tail};
  if ($pipe->{ends}) { closePipe($pipe) }
  else { vec($fed, fileno $pipe->{handle}, 1) = 0 }
}

sub reap {
  my ($flags) = @_;
  while ((my $pid = waitpid -1, $flags) > 0) {
    my $status = $?;
    if (my $removal = delete $removal{$pid}) {
      my ($id, $path) = @$removal;
      $status == 0 || rmdir($path) || $! == ENOENT ? answer('D', $id, '') : fault($id, $! + 0);
    }
    my $run = delete $byPid{$pid} or next;
    $run->{status} = $status;
    finish($run) unless $run->{deadline};
  }
}

sub finish {
  my ($run) = @_;
  my @kept;
  for my $name ('stdout', 'stderr') {
    my $pipe = $run->{$name};
    # What is in the pipe by now belongs to the command; a bound, since others may go on filling it.
    for (1 .. 32) { last unless defined fileno $pipe->{handle} && takeOutput($pipe) }
    my $tail = $run->{kept} < length $pipe->{tail} ? substr $pipe->{tail}, -$run->{kept}, $run->{kept} : $pipe->{tail};
    push @kept, $pipe->{past} - length $tail, $tail;
    @$pipe{qw(run tail)} = (undef, '');
  }
  my $input = $run->{stdin};
  closePipe($input) if $input && defined fileno $input->{handle};
  $input->{run} = undef if $input;
  delete $run{ $run->{id} };
  my $signal = $run->{status} & 127;
  answer('E', $run->{id}, pack 'C N Q> N/a* Q> N/a*', $signal ? 1 : 0, $signal || $run->{status} >> 8, @kept);
}

# Ends a command: asks its group, and at the end of the grace kills the whole tree. E comes when that is gone.
$handler{K} = sub {
  my ($id) = @_;
  my $run = $run{$id} or return;
  return if $run->{deadline};
  $run->{deadline} = now() + GRACE;
  kill 'TERM', -$run->{pid};
};

sub stopFurther {
  my ($run) = @_;
  return if !defined $run->{status} && now() < $run->{deadline};
  kill 'KILL', -$run->{pid};
  my @left = treeOf($run);
  kill 'KILL', @left;
  return if @left || !defined $run->{status};
  finish($run);
}

# Clock ticks of a clock that nobody sets.
sub now { return (POSIX::times())[0] }

# The living processes of a command: its session, what descends from it, and what carries its mark.
sub treeOf {
  my ($run) = @_;
  my (%parent, %in);
  opendir(my $proc, '/proc') or return;
  for my $pid (grep { /^\d+$/ && $_ != $$ } readdir $proc) {
    my ($state, $parent, $group, $session) = slurp("/proc/$pid/stat") =~ /.*\) (\S) (\d+) (\d+) (\d+)/s or next;
    next if $state eq 'Z' || $state eq 'X';
    $parent{$pid} = $parent;
    $in{$pid} = 1
      if $pid == $run->{pid} || $group == $run->{pid} || $session == $run->{pid}
      || "\0" . slurp("/proc/$pid/environ") =~ /\0PADDOCK_COMMAND=$run->{id}\0/;
  }
  for (my $more = 1; $more;) {
    $more = 0;
    for (keys %parent) { $more = $in{$_} = 1 if !$in{$_} && $in{ $parent{$_} } }
  }
  return keys %in;
}

sub slurp {
  my ($path) = @_;
  sysopen(my $handle, $path, O_RDONLY) or return '';
  sysread($handle, my $text, 1 << 20) or return '';
  return $text;
}

# Kills everything in here but the server, at once, and answers when all of it is gone.
$handler{X} = sub {
  my ($id) = @_;
  kill 'KILL', -1;
  reap(0);
  $_->{deadline} and finish($_) for values %run;
  answer('D', $id, '');
};

# --- files ---

# Q offset, Q limit, path. Data in b frames, then D: size, mode.
$handler{r} = sub {
  my ($id, $body) = @_;
  my ($offset, $limit, $path) = unpack 'Q> Q> a*', $body;
  my @stat = stat $path or return fault($id, $! + 0);
  return fault($id, EISDIR) unless S_ISREG($stat[2]);
  sysopen(my $handle, $path, O_RDONLY | O_NONBLOCK | O_NOCTTY) or return fault($id, $! + 0);
  @stat = stat $handle;
  return fault($id, EISDIR) unless S_ISREG($stat[2]);
  sysseek($handle, $offset, 0) or return fault($id, $! + 0) if $offset;
  while ($limit > 0) {
    my $got = sysread $handle, my $bytes, $limit < CHUNK ? $limit : CHUNK;
    return fault($id, $! + 0) unless defined $got;
    last unless $got;
    $limit -= $got;
    answer('b', $id, $bytes);
  }
  answer('D', $id, pack 'Q> N', $stat[7], S_IMODE($stat[2]));
};

# N mode or 0xFFFFFFFF, C last part, path, bytes. More bytes in d frames: C last part, bytes.
$handler{w} = sub {
  my ($id, $body) = @_;
  my ($mode, $last, $path, $bytes) = unpack 'N C N/a* a*', $body;
  my $target = behindLinks($path);
  return fault($id, ELOOP) unless defined $target;
  my @stat = lstat $target;
  return fault($id, EISDIR) if @stat && !S_ISREG($stat[2]);
  makeParents($target);
  my $temporary = temporaryBeside($target);
  sysopen(my $handle, $temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600) or return fault($id, $! + 0);
  $mode = @stat ? S_IMODE($stat[2]) & 0777 : 0644 if $mode == 0xFFFFFFFF;
  $write{$id} = { handle => $handle, temporary => $temporary, target => $target, mode => $mode & 0777 };
  writeOn($id, $last, $bytes);
};

$handler{d} = sub {
  my ($id, $body) = @_;
  my ($last, $bytes) = unpack 'C a*', $body;
  writeOn($id, $last, $bytes) if $write{$id};
};

sub writeOn {
  my ($id, $last, $bytes) = @_;
  my $write = $write{$id};
  while (length $bytes) {
    my $wrote = syswrite $write->{handle}, $bytes;
    return unwrite($id) unless defined $wrote || $! == EINTR;
    substr $bytes, 0, $wrote // 0, '';
  }
  return unless $last;
  chmod($write->{mode}, $write->{handle}) && close($write->{handle}) && rename($write->{temporary}, $write->{target})
    or return unwrite($id);
  delete $write{$id};
  answer('D', $id, '');
}

sub unwrite {
  my ($id) = @_;
  my $errno = $! + 0;
  unlink delete($write{$id})->{temporary};
  fault($id, $errno);
}

# The path that a write lands on: links at its end are followed by hand, so that the link itself is not replaced.
sub behindLinks {
  my ($path) = @_;
  for (1 .. 40) {
    my $target = readlink $path;
    return $path unless defined $target;
    $path = $target =~ m{^/} ? $target : folderOf($path) . "/$target";
  }
  return;
}

sub folderOf { my ($path) = @_; return $path =~ m{^(.*)/[^/]+/*$}s && length $1 ? $1 : '/' }

sub makeParents {
  my ($path) = @_;
  my $folder = folderOf($path);
  return if $folder eq '/' || -d $folder;
  makeParents($folder);
  mkdir $folder, 0755;
}

sub temporaryBeside {
  my ($path) = @_;
  return sprintf '%s/.paddock-%d-%08x', folderOf($path), ++$serial, int rand 0xFFFFFFFF;
}

# N path length and path, target
$handler{l} = sub {
  my ($id, $body) = @_;
  my ($path, $target) = unpack 'N/a* a*', $body;
  my @stat = lstat $path;
  return fault($id, EISDIR) if @stat && S_ISDIR($stat[2]);
  makeParents($path);
  my $temporary = temporaryBeside($path);
  symlink $target, $temporary or return fault($id, $! + 0);
  return answer('D', $id, '') if rename $temporary, $path;
  my $errno = $! + 0;
  unlink $temporary;
  fault($id, $errno);
};

$handler{u} = sub {
  my ($id, $path) = @_;
  my @stat = lstat $path;
  return $! == ENOENT ? answer('D', $id, '') : fault($id, $! + 0) unless @stat;
  return fault($id, EBUSY) if $root{"$stat[0]:$stat[1]"};
  unless (S_ISDIR($stat[2])) {
    return unlink($path) ? answer('D', $id, '') : fault($id, $! + 0);
  }
  # A folder may be large: another process does it, and the server goes on serving.
  my $pid = fork;
  return fault($id, $! + 0) unless defined $pid;
  if ($pid == 0) {
    POSIX::dup2(POSIX::open('/dev/null', O_RDWR), $_) for 0, 1, 2;
    %ENV = ();
    no warnings 'exec';
    exec { '/bin/rm' } 'rm', '-rf', '--', $path;
    POSIX::_exit(127);
  }
  $removal{$pid} = [$id, $path];
};

$handler{m} = sub {
  my ($id, $body) = @_;
  my ($mode, $path) = unpack 'N a*', $body;
  my @stat = lstat $path or return fault($id, $! + 0);
  return fault($id, EINVAL) unless S_ISREG($stat[2]) || S_ISDIR($stat[2]);
  chmod($mode & 0777, $path) ? answer('D', $id, '') : fault($id, $! + 0);
};

# N limit, path. In b frames for each entry N mode, Q size, N name length and name; then D: C more.
$handler{L} = sub {
  my ($id, $body) = @_;
  my ($limit, $path) = unpack 'N a*', $body;
  opendir(my $folder, $path) or return fault($id, $! + 0);
  my ($more, @names) = (0);
  while (defined(my $name = readdir $folder)) {
    next if $name eq '.' || $name eq '..';
    push @names, $name;
    next if @names < 2 * $limit + 1000;
    @names = sort @names;
    ($more, $#names) = (1, $limit - 1);
  }
  @names = sort @names;
  ($more, $#names) = (1, $limit - 1) if @names > $limit;
  my $entries = '';
  for my $name (@names) {
    my @stat = lstat "$path/$name" or next;
    $entries .= pack 'N Q> N/a*', $stat[2], $stat[7], $name;
    ($entries) = ('', answer('b', $id, $entries)) if length $entries > CHUNK;
  }
  answer('b', $id, $entries) if length $entries;
  answer('D', $id, pack 'C', $more);
};

# D: N mode, Q size, link target
$handler{S} = sub {
  my ($id, $path) = @_;
  my @stat = lstat $path or return fault($id, $! + 0);
  answer('D', $id, pack 'N Q> a*', $stat[2], $stat[7], S_ISLNK($stat[2]) ? readlink($path) // '' : '');
};

vec($watched, $_, 1) = 1 for 0, $ended;
answer('H', 0, pack 'N', $version);
serve() while 1;
