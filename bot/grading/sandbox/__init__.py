"""Isolation: limits, walls in tiers, and processes kept warm. See docs/sandbox.md."""

from bot.grading.sandbox.cell import Cell
from bot.grading.sandbox.environment import Environment, make_environment
from bot.grading.sandbox.errors import PreparationFailed, SandboxError, SandboxUnavailable
from bot.grading.sandbox.sandbox import Description, Sandbox, SandboxSettings
from bot.grading.sandbox.task import EXAMINER, GUEST, Flavour, Prepared, Task

__all__ = [
    "EXAMINER",
    "GUEST",
    "Cell",
    "Description",
    "Environment",
    "Flavour",
    "PreparationFailed",
    "Prepared",
    "Sandbox",
    "SandboxError",
    "SandboxSettings",
    "SandboxUnavailable",
    "Task",
    "make_environment",
]
