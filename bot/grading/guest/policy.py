"""Which system calls a job may make."""

from __future__ import annotations

import errno
import os
import signal
import sys
from functools import cache

from .seccomp import ABSENT, ALLOW, NOTIFY, REFUSE, Clause, Rule, Word, assemble, fail


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_HARMLESS = _names(
    """
    read write readv writev pread64 pwrite64 preadv pwritev close close_range lseek fstat newfstatat
    stat lstat statx access faccessat faccessat2 readlink readlinkat statfs fstatfs mmap mprotect munmap
    mremap madvise brk msync mincore rt_sigaction rt_sigprocmask rt_sigreturn rt_sigsuspend
    rt_sigtimedwait rt_sigpending sigaltstack pipe pipe2 select pselect6 poll ppoll epoll_create
    epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2 timerfd_create timerfd_settime
    timerfd_gettime dup dup2 dup3 flock fsync fdatasync ftruncate fallocate fadvise64 copy_file_range
    sendfile getdents64 getcwd chdir fchdir rename renameat renameat2 mkdir mkdirat rmdir unlink
    unlinkat symlink symlinkat umask gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep
    time times getrusage sysinfo uname getuid geteuid getgid getegid getresuid getresgid getgroups
    getpid gettid getppid getpgrp getpgid getsid set_tid_address set_robust_list rseq membarrier futex
    sched_yield sched_getaffinity sched_getscheduler sched_getparam sched_get_priority_max
    sched_get_priority_min getpriority getcpu getrandom getrlimit exit exit_group wait4 waitid alarm
    setitimer getitimer pause restart_syscall getxattr lgetxattr fgetxattr listxattr llistxattr
    flistxattr shutdown recvfrom sendmsg recvmsg getsockname getpeername getsockopt
    """
)

_OWN_TREE = ["truncate", "link", "linkat", "chmod", "fchmod", "fchmodat", "utimensat"]
"""Change a file known by its path or inode: only where every visible writable file is the job's own."""

_THREAD_FLAGS = (0x3D0F00, 0x7D0F00)
"""How glibc and musl start a thread; a process, a namespace or anything else is not among them."""
_FORK_FLAGS = 0x01200011
"""How glibc forks: CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID and SIGCHLD."""
_FORK_FLAGS_MUSL = 0x11

_IOCTLS = {
    "TCGETS": 0x5401,
    "TIOCGWINSZ": 0x5413,
    "FIONREAD": 0x541B,
    "FIONBIO": 0x5421,
    "FIONCLEX": 0x5450,
    "FIOCLEX": 0x5451,
}
_FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032, 1034)
"""F_DUPFD to F_SETLKW, the OFD locks, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_GET_SEALS; no signals to others."""
_NAMING = (15, 16)
"""PR_SET_NAME, PR_GET_NAME."""
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_SOCKET_OPTIONS = (7, 8, 20, 21)
"""SO_SNDBUF, SO_RCVBUF, SO_RCVTIMEO, SO_SNDTIMEO."""
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE_MASK, _SOL_SOCKET = 1, 1, 0xF, 1
_O_TMPFILE = 0o20000000
_SOME_PID = 0x7A57E9B5
"""Stands for the job's process id, which no filter knows until the job is there."""


def _either(index: int, values: tuple[int, ...]) -> tuple[Clause, ...]:
    return tuple(Clause((Word(index, value),)) for value in values)


def _guarded(pid: int) -> list[Rule]:
    myself = Clause((Word(0, pid),))
    return [
        Rule("kill", REFUSE, (myself,)),
        Rule("tgkill", REFUSE, (myself,)),
        Rule("prlimit64", REFUSE, (Clause((Word(0, 0),)), myself)),
        Rule("ioctl", REFUSE, _either(1, tuple(_IOCTLS.values()))),
        Rule("fcntl", REFUSE, _either(1, _FCNTLS)),
        Rule("prctl", REFUSE, _either(0, _NAMING)),
        # A datagram socket could be told to send to any address, and a pair is the only socket there is.
        Rule(
            "socketpair",
            REFUSE,
            (Clause((Word(0, _AF_UNIX), Word(1, _SOCK_STREAM, _SOCK_TYPE_MASK))),),
        ),
        Rule("sendto", REFUSE, (Clause((Word(4, 0), Word(4, 0, high=True))),)),
        Rule(
            "setsockopt",
            REFUSE,
            tuple(Clause((Word(1, _SOL_SOCKET), Word(2, option))) for option in _SOCKET_OPTIONS),
        ),
        Rule("clone3", ABSENT),
        Rule("openat2", ABSENT),
    ]


def job(pid: int, *, own_tree: bool) -> bytes:
    """The allow-list of a job whose process id, as it sees it, is ``pid``.

    ``own_tree`` says that a mount namespace shows it no writable file but its own.
    """
    return _job_with(own_tree).replace(_SOME_PID.to_bytes(4, sys.byteorder), pid.to_bytes(4, sys.byteorder))


@cache
def _job_with(own_tree: bool) -> bytes:
    pid = _SOME_PID
    rules = [Rule(name) for name in _HARMLESS]
    rules += _guarded(pid)
    rules.append(Rule("clone", REFUSE, _either(0, _THREAD_FLAGS)))
    if own_tree:
        rules += [Rule(name) for name in _OWN_TREE] + [Rule("openat")]
    else:
        truncating_read = Clause((Word(2, os.O_TRUNC, os.O_TRUNC | os.O_ACCMODE),), fail(errno.EACCES))
        unnamed = Clause((Word(2, _O_TMPFILE, _O_TMPFILE),), fail(errno.EOPNOTSUPP))
        rules.append(Rule("openat", ALLOW, (truncating_read, unnamed)))
    return assemble(rules, REFUSE)


def nursery() -> bytes:
    """The allow-list of a prepared sub-zygote: a job's, and what it takes to fork and confine jobs."""
    rules = [Rule(name) for name in _HARMLESS]
    rules += [r for r in _guarded(0) if r.name not in {"kill", "tgkill", "prlimit64", "prctl"}]
    rules += [Rule("openat"), *(Rule(name) for name in _OWN_TREE)]
    rules.append(Rule("clone", REFUSE, _either(0, (*_THREAD_FLAGS, _FORK_FLAGS, _FORK_FLAGS_MUSL))))
    confining = (
        "setsid pidfd_open prlimit64 seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self"
    )
    rules += [Rule(name) for name in confining.split()]
    die_with_parent = Clause((Word(0, _PR_SET_PDEATHSIG), Word(1, signal.SIGKILL)))
    rules.append(Rule("prctl", REFUSE, (die_with_parent, *_either(0, (*_NAMING, _PR_SET_NO_NEW_PRIVS)))))
    return assemble(rules, REFUSE)


@cache
def counted(*, files: bool) -> bytes:
    """The calls the host answers one by one: new threads and, with ``files``, whatever makes an inode."""
    rules = [Rule("clone", NOTIFY)]
    if files:
        rules += [Rule(name, NOTIFY) for name in ("mkdir", "mkdirat", "symlink", "symlinkat")]
        rules.append(Rule("openat", ALLOW, (Clause((Word(2, os.O_CREAT, os.O_CREAT),), NOTIFY),)))
    return assemble(rules, ALLOW)
