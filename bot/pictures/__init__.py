"""Leaderboards and streak calendars as PNG pictures, each with a text that says the same."""

from bot.pictures.painter import Painter

__all__ = ["Painter"]
