"""Warmup: daily interview questions and code challenges for Discord and Slack, judged in a sandbox."""

__version__ = "0.1.0"
