"""System-call filters, put together by a small assembler of classic BPF.

A filter is a list of rules. A rule names a call and what to answer; where the answer hangs on
arguments it has clauses, tried in order, each of which compares words of the arguments. Calls
that no rule names get the filter's default answer. All comparing is on registers, never on
memory that another thread could change meanwhile.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from dataclasses import dataclass

from . import kernel

ALLOW = 0x7FFF0000
NOTIFY = 0x7FC00000
KILL = 0x80000000


def fail(code: int) -> int:
    """The answer "this call fails with ``code``"."""
    return 0x00050000 | code


REFUSE = fail(errno.EPERM)
ABSENT = fail(errno.ENOSYS)

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000

_LOAD, _AND, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16


@dataclass(frozen=True, slots=True)
class Word:
    """One comparison: 32 bits of argument ``index``, and-ed with ``mask``, equal ``value``."""

    index: int
    value: int
    mask: int = 0xFFFFFFFF
    high: bool = False
    """Compare the upper half (for pointers)."""


@dataclass(frozen=True, slots=True)
class Clause:
    """When every word matches, answer ``answer``."""

    words: tuple[Word, ...]
    answer: int = ALLOW


@dataclass(frozen=True, slots=True)
class Rule:
    """What to answer to the call ``name``: the first clause that matches, else ``answer``."""

    name: str
    answer: int = ALLOW
    clauses: tuple[Clause, ...] = ()


def _instruction(code: int, k: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, k)


def _clause(clause: Clause) -> list[bytes]:
    tests: list[bytes] = []
    # Every test is three instructions; a mismatch jumps behind the clause's return.
    for position, word in enumerate(clause.words):
        behind = 3 * (len(clause.words) - position - 1) + 1
        tests += [
            _instruction(_LOAD, _ARGUMENTS_AT + 8 * word.index + (4 if word.high else 0)),
            _instruction(_AND, word.mask),
            _instruction(_JUMP_EQUAL, word.value & word.mask, 0, behind),
        ]
    return [*tests, _instruction(_RETURN, clause.answer)]


def assemble(rules: list[Rule], default: int) -> bytes:
    """The filter's program. Rules for calls this machine does not have are left out.

    Raises:
        ValueError: a rule too long for a conditional jump, or an unknown machine.
    """
    if kernel.MACHINE not in _AUDIT_ARCH:
        raise ValueError(f"no system-call numbers for {kernel.MACHINE}")
    program = [
        _instruction(_LOAD, _ARCH_AT),
        _instruction(_JUMP_EQUAL, _AUDIT_ARCH[kernel.MACHINE], 1, 0),
        _instruction(_RETURN, KILL),
        _instruction(_LOAD, _NUMBER_AT),
        _instruction(_JUMP_GREATER_EQUAL, _X32_BIT, 0, 1),
        _instruction(_RETURN, REFUSE),
    ]
    for rule in rules:
        number = kernel.NUMBERS.get(rule.name)
        if number is None:
            continue
        body = [i for clause in rule.clauses for i in _clause(clause)]
        body.append(_instruction(_RETURN, rule.answer))
        if len(body) > 255:
            raise ValueError(f"the rule for {rule.name} is too long")
        program += [_instruction(_JUMP_EQUAL, number, 0, len(body)), *body]
    program.append(_instruction(_RETURN, default))
    return b"".join(program)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install(program: bytes, *, listener: bool = False) -> int:
    """Put this process, and all it will fork, under ``program`` for good.

    With ``listener``, return the descriptor on which the calls answered NOTIFY arrive.

    Raises:
        OSError: the kernel, or whoever runs this container, does not allow it.
    """
    buffer = ctypes.create_string_buffer(program, len(program))
    header = _Program(len(program) // 8, ctypes.addressof(buffer))
    set_mode_filter, new_listener = 1, 8
    return kernel.call("seccomp", set_mode_filter, new_listener if listener else 0, ctypes.byref(header))
