"""File access by path, taken away for good: the kernel's Landlock."""

from __future__ import annotations

import ctypes
import os
import stat

from . import kernel

_READ = 0b1100  # READ_FILE, READ_DIR
_EXECUTE = 0b1
_FILE_ONLY = 0b111 | 1 << 14 | 1 << 15  # what may be granted on something that is no folder
# WRITE_FILE, REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG, MAKE_SYM, REFER, TRUNCATE; nothing special.
_OWN = _READ | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 13 | 1 << 14

# How many rights each version knows (the kernel's Documentation/userspace-api/landlock.rst).
_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def version() -> int:
    """The kernel's version of the interface; 0 where it is absent or switched off."""
    try:
        return kernel.call("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def confine(readable: list[int], owned: list[int], writable_devices: list[int]) -> None:
    """Leave this process nothing but reading below ``readable`` and everything below ``owned``.

    All three hold O_PATH descriptors. TCP, abstract sockets and signals to outside go too,
    where the kernel knows how. ``no_new_privs`` must be set.

    Raises:
        OSError: Landlock is not to be had.
    """
    abi = version()
    known = (1 << _RIGHTS_BY_ABI.get(abi, 16)) - 1
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    attributes = _Ruleset(known, 0b11 if abi >= 4 else 0, 0b11 if abi >= 6 else 0)
    ruleset = kernel.call("landlock_create_ruleset", ctypes.byref(attributes), size, 0)
    try:
        for rights, folders in (
            (_READ | _EXECUTE, readable),
            (_OWN, owned),
            (0b110 | 1 << 14, writable_devices),
        ):
            for folder in folders:
                allowed = rights & known
                if not stat.S_ISDIR(os.fstat(folder).st_mode):
                    allowed &= _FILE_ONLY
                rule = _PathBeneath(allowed, folder)
                kernel.call("landlock_add_rule", ruleset, 1, ctypes.byref(rule), 0)
        kernel.call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)
