"""The system calls that Python has no function for, by ctypes; x86_64 and aarch64."""

from __future__ import annotations

import ctypes
import os
import platform

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

MACHINE = platform.machine()
"""``x86_64`` or ``aarch64``; on others ``NUMBERS`` is empty and nothing can be isolated."""

_COLUMN = {"x86_64": 0, "aarch64": 1}.get(MACHINE)

_TABLE: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67),
    "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70), "close": (3, 57),
    "close_range": (436, 436), "fstat": (5, 80), "newfstatat": (262, 79), "stat": (4, None),
    "lstat": (6, None), "statx": (332, 291), "lseek": (8, 62), "mmap": (9, 222), "mprotect": (10, 226),
    "munmap": (11, 215), "mremap": (25, 216), "madvise": (28, 233), "brk": (12, 214), "msync": (26, 227),
    "mincore": (27, 232), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "rt_sigsuspend": (130, 133), "rt_sigtimedwait": (128, 137), "rt_sigpending": (127, 136),
    "sigaltstack": (131, 132), "ioctl": (16, 29), "access": (21, None), "faccessat": (269, 48),
    "faccessat2": (439, 439), "pipe": (22, None), "pipe2": (293, 59), "select": (23, None),
    "pselect6": (270, 72), "poll": (7, None), "ppoll": (271, 73), "epoll_create1": (291, 20),
    "epoll_create": (213, None), "epoll_ctl": (233, 21), "epoll_wait": (232, None),
    "epoll_pwait": (281, 22), "eventfd2": (290, 19), "timerfd_create": (283, 85),
    "timerfd_settime": (286, 86), "timerfd_gettime": (287, 87), "dup": (32, 23), "dup2": (33, None),
    "dup3": (292, 24), "fcntl": (72, 25), "flock": (73, 32), "fsync": (74, 82), "fdatasync": (75, 83),
    "ftruncate": (77, 46), "truncate": (76, 45), "fallocate": (285, 47), "getdents64": (217, 61),
    "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "openat": (257, 56), "rename": (82, None),
    "renameat": (264, 38), "renameat2": (316, 276), "mkdir": (83, None), "mkdirat": (258, 34),
    "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35), "link": (86, None),
    "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36), "readlink": (89, None),
    "readlinkat": (267, 78), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53),
    "umask": (95, 166), "utimensat": (280, 88), "gettimeofday": (96, 169), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "time": (201, None),
    "times": (100, 153), "getrusage": (98, 165), "sysinfo": (99, 179), "uname": (63, 160),
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177),
    "getresuid": (118, 148), "getresgid": (120, 150), "getgroups": (115, 158), "getpid": (39, 172),
    "gettid": (186, 178), "getppid": (110, 173), "getpgrp": (111, None), "getpgid": (121, 155),
    "getsid": (124, 156), "setsid": (112, 157), "setuid": (105, 146), "setgid": (106, 144), "setresuid": (117, 147),
    "set_tid_address": (218, 96), "set_robust_list": (273, 99), "futex": (202, 98),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "sched_getscheduler": (145, 120),
    "sched_getparam": (143, 121), "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126), "getpriority": (140, 141), "getcpu": (309, 168),
    "getrandom": (318, 278), "arch_prctl": (158, None), "prctl": (157, 167), "rseq": (334, 293),
    "membarrier": (324, 283), "exit": (60, 93), "exit_group": (231, 94), "wait4": (61, 260),
    "waitid": (247, 95), "kill": (62, 129), "tgkill": (234, 131), "alarm": (37, None),
    "setitimer": (38, 103), "getitimer": (36, 102), "timer_create": (222, 107), "timer_settime": (223, 110),
    "timer_gettime": (224, 108), "timer_getoverrun": (225, 109), "timer_delete": (226, 111),
    "pause": (34, None), "restart_syscall": (219, 128), "clone": (56, 220), "clone3": (435, 435),
    "copy_file_range": (326, 285), "sendfile": (40, 71), "statfs": (137, 43), "fstatfs": (138, 44),
    "getxattr": (191, 8), "lgetxattr": (192, 9), "fgetxattr": (193, 10), "listxattr": (194, 11),
    "llistxattr": (195, 12), "flistxattr": (196, 13), "fadvise64": (221, 223), "socketpair": (53, 199),
    "shutdown": (48, 210), "sendto": (44, 206), "recvfrom": (45, 207), "sendmsg": (46, 211),
    "recvmsg": (47, 212), "getsockname": (51, 204), "getpeername": (52, 205), "getsockopt": (55, 209),
    "setsockopt": (54, 208), "prlimit64": (302, 261), "getrlimit": (97, 163), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "seccomp": (317, 277), "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445), "landlock_restrict_self": (446, 446), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "mount_setattr": (442, 442), "capset": (126, 91),
    "capget": (125, 90), "unshare": (272, 97), "setns": (308, 268), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "openat2": (437, 437), "execve": (59, 221),
}

NUMBERS: dict[str, int] = (
    {} if _COLUMN is None else {name: row[_COLUMN] for name, row in _TABLE.items() if row[_COLUMN] is not None}  # type: ignore[misc]
)
"""The number of every system call that a policy names, on this machine (from the kernel's unistd.h)."""

_libc = ctypes.CDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long


def call(name: str, *arguments: object) -> int:
    """Make the system call ``name``; numbers are passed as longs.

    Raises:
        OSError: what the kernel answered, or ENOSYS when this machine has no such call.
    """
    number = NUMBERS.get(name)
    if number is None:
        raise OSError(38, f"{name}: no such system call on {MACHINE}")
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(_syscall(ctypes.c_long(number), *words))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def prctl(option: int, argument: int = 0) -> int:
    """``prctl(2)`` with one argument."""
    return call("prctl", option, argument, 0, 0, 0)


def unshare(flags: int) -> None:
    """Leave the namespaces that ``flags`` (CLONE_NEW*) name."""
    call("unshare", flags)


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """``mount(2)``."""
    call(
        "mount",
        os.fsencode(source),
        os.fsencode(target),
        None if kind is None else kind.encode(),
        flags,
        options.encode() or None,
    )


def unmount(target: str, flags: int = MNT_DETACH) -> None:
    """``umount2(2)``."""
    call("umount2", os.fsencode(target), flags)


def pivot_root(new: str, old: str) -> None:
    """``pivot_root(2)``."""
    call("pivot_root", os.fsencode(new), os.fsencode(old))


class _MountAttr(ctypes.Structure):
    _fields_ = [
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns", ctypes.c_uint64),
    ]


def make_read_only(path: str) -> None:
    """Make the mount at ``path``, and all below it, read-only, without set-user-id and devices kept out of it."""
    attributes = _MountAttr(set=MS_RDONLY | MS_NOSUID)
    recursive, at_cwd = 0x8000, -100
    call(
        "mount_setattr",
        at_cwd,
        os.fsencode(path),
        recursive,
        ctypes.byref(attributes),
        ctypes.sizeof(attributes),
    )


def drop_bounding_set() -> None:
    """Give up for ever every capability that a program file could hand back."""
    for capability in range(64):
        try:
            held = prctl(PR_CAPBSET_READ, capability)
        except OSError:
            return
        if held:
            prctl(PR_CAPBSET_DROP, capability)


def drop_capabilities() -> None:
    """Empty this process's permitted, effective and inheritable capabilities."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, ourselves
    call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
