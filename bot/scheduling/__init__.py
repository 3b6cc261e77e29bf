"""When something happens, never what: steady ticks that call async functions handed in."""

from bot.scheduling.ticker import Tick, Ticker

__all__ = ["Tick", "Ticker"]
