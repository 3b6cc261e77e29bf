"""The assembler of system-call filters, tried on an interpreter of classic BPF."""

from __future__ import annotations

import errno
import os
import struct

import pytest

from bot.grading.guest import kernel, policy, seccomp
from bot.grading.guest.numbers import numbers
from bot.grading.guest.seccomp import ALLOW, KILL, NOTIFY, REFUSE, Clause, Rule, Word, assemble

ARCH = seccomp._AUDIT_ARCH[kernel.MACHINE]


def answer(program: bytes, name: str | int, *arguments: int, arch: int = ARCH) -> int:
    """What ``program`` says of a call, as the kernel would run it."""
    number = kernel.NUMBERS[name] if isinstance(name, str) else name
    words = [a & 0xFFFFFFFFFFFFFFFF for a in (*arguments, *[0] * (6 - len(arguments)))]
    data = struct.pack("=IIQ6Q", number, arch, 0, *words)
    code = list(struct.iter_unpack("<HBBI", program))
    register, at = 0, 0
    while True:
        operation, if_true, if_false, k = code[at]
        at += 1
        if operation == 0x20:
            (register,) = struct.unpack_from("=I", data, k)
        elif operation == 0x54:
            register &= k
        elif operation == 0x15:
            at += if_true if register == k else if_false
        elif operation == 0x35:
            at += if_true if register >= k else if_false
        else:
            assert operation == 0x06
            return k


def test_a_call_without_a_rule_gets_the_default() -> None:
    program = assemble([Rule("read")], REFUSE)
    assert answer(program, "read") == ALLOW
    assert answer(program, "write") == REFUSE


def test_another_machines_calls_kill() -> None:
    assert answer(assemble([Rule("read")], REFUSE), "read", arch=0x40000003) == KILL


def test_the_x32_table_is_refused() -> None:
    assert answer(assemble([Rule("read")], ALLOW), 0x40000000) == REFUSE


def test_clauses_are_tried_in_order() -> None:
    both = Clause((Word(0, 1), Word(1, 2)))
    second = Clause((Word(0, 1),), seccomp.ABSENT)
    program = assemble([Rule("kill", REFUSE, (both, second))], ALLOW)
    assert answer(program, "kill", 1, 2) == ALLOW
    assert answer(program, "kill", 1, 3) == seccomp.ABSENT
    assert answer(program, "kill", 2, 2) == REFUSE


def test_upper_halves_are_compared_when_asked() -> None:
    null = Clause((Word(4, 0), Word(4, 0, high=True)))
    program = assemble([Rule("sendto", REFUSE, (null,))], REFUSE)
    assert answer(program, "sendto", 0, 0, 0, 0, 0) == ALLOW
    assert answer(program, "sendto", 0, 0, 0, 0, 1 << 40) == REFUSE


def test_a_rule_too_long_to_jump_over_is_an_error() -> None:
    clauses = tuple(Clause((Word(0, n),)) for n in range(100))
    with pytest.raises(ValueError, match="too long"):
        assemble([Rule("kill", REFUSE, clauses)], REFUSE)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_calls_a_program_cannot_do_without_are_known(machine: str) -> None:
    known = numbers(machine)
    assert {"read", "openat", "mmap", "futex", "clone", "exit_group", "seccomp"} <= set(known)
    assert len(set(known.values())) == len(known)


def test_no_policy_names_a_call_that_no_machine_has() -> None:
    either = {**numbers("x86_64"), **numbers("aarch64")}
    assert {*policy._HARMLESS, *policy._OWN_TREE} <= set(either)


def test_other_machines_have_none() -> None:
    assert numbers("riscv64") == {}


@pytest.mark.parametrize("own_tree", [True, False])
def test_a_job_signals_nobody_but_itself(own_tree: bool) -> None:
    program = policy.job(4711, own_tree=own_tree)
    assert answer(program, "kill", 4711, 9) == ALLOW
    for other in (1, 0, -1, 4712, -4711):
        assert answer(program, "kill", other, 9) == REFUSE
    assert answer(program, "tgkill", 4711, 4711, 9) == ALLOW
    assert answer(program, "tgkill", 1, 1, 9) == REFUSE


@pytest.mark.parametrize("own_tree", [True, False])
def test_a_job_starts_threads_and_nothing_else(own_tree: bool) -> None:
    program = policy.job(7, own_tree=own_tree)
    assert answer(program, "clone", 0x3D0F00) == ALLOW
    for flags in (0x11, 0x01200011, 0x10000000, 0x3D0F00 | 0x10000000, 0x4111, 0):
        assert answer(program, "clone", flags) == REFUSE
    assert answer(program, "clone3") == seccomp.ABSENT
    assert answer(program, "execve") == REFUSE


def test_a_job_makes_stream_pairs_only() -> None:
    program = policy.job(7, own_tree=True)
    cloexec = 0o2000000
    assert answer(program, "socketpair", 1, 1 | cloexec) == ALLOW
    assert answer(program, "socketpair", 1, 2 | cloexec) == REFUSE
    assert answer(program, "socketpair", 2, 1) == REFUSE


def test_a_shared_tree_is_changed_through_open_files_only() -> None:
    program = policy.job(7, own_tree=False)
    for name in ("fchmod", "truncate", "linkat", "utimensat"):
        assert answer(program, name) == REFUSE
        assert answer(policy.job(7, own_tree=True), name) == ALLOW
    opened = [answer(program, "openat", 0, 0, flags) for flags in (os.O_RDONLY, os.O_WRONLY | os.O_TRUNC)]
    assert opened == [ALLOW, ALLOW]
    assert answer(program, "openat", 0, 0, os.O_RDONLY | os.O_TRUNC) == seccomp.fail(errno.EACCES)
    assert answer(program, "openat", 0, 0, os.O_TMPFILE | os.O_RDWR) == seccomp.fail(errno.EOPNOTSUPP)


def test_what_makes_files_is_counted_where_no_tmpfs_bounds_them() -> None:
    assert answer(policy.counted(files=True), "openat", 0, 0, os.O_CREAT | os.O_WRONLY) == NOTIFY
    assert answer(policy.counted(files=True), "openat", 0, 0, os.O_WRONLY) == ALLOW
    assert answer(policy.counted(files=True), "mkdirat") == NOTIFY
    assert answer(policy.counted(files=False), "mkdirat") == ALLOW
    assert answer(policy.counted(files=False), "clone", 0x3D0F00) == NOTIFY


def test_a_nursery_forks_but_makes_no_namespaces() -> None:
    program = policy.nursery()
    assert answer(program, "clone", 0x01200011) == ALLOW
    assert answer(program, "clone", 0x10000011) == REFUSE
    for name in ("execve", "unshare", "mount", "setns", "kill"):
        assert answer(program, name) == REFUSE
    assert answer(program, "prctl", 1, 9) == ALLOW
    assert answer(program, "prctl", 1, 0) == REFUSE
