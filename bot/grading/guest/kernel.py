"""The system calls that Python has no function for, by ctypes; x86_64 and aarch64."""

from __future__ import annotations

import ctypes
import os
import platform

from .numbers import numbers

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

CAP_SYS_PTRACE = 19
_CAPABILITY_VERSION_3 = 0x20080522

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_MADV_POPULATE_WRITE = 23

MACHINE = platform.machine()
"""``x86_64`` or ``aarch64``; on others ``NUMBERS`` is empty and nothing can be isolated."""

NUMBERS = numbers(MACHINE)
"""The number of every system call that a policy names, on this machine."""


_libc = ctypes.CDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long
_madvise = _libc.madvise
_madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


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


def populate(address: int, size: int) -> bool:
    """Make pages this process's own, as writing to them would; False where the kernel cannot (before 5.14),
    or where nothing is mapped.
    """
    return not _madvise(address, size, _MADV_POPULATE_WRITE)


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
    """Make the mount at ``path``, and all below it, read-only and deaf to set-user-id bits."""
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


def has_capability(capability: int) -> bool:
    """Whether this process holds ``capability``, effectively."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()
    call("capget", ctypes.byref(header), ctypes.byref(sets))
    return bool(sets[3 * (capability // 32)] >> (capability % 32) & 1)


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
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
