"""Slack: events in over Socket Mode or signed HTTP, cards out in Block Kit.

Slack's JSON never leaves this package. Whatever a payload holds becomes a request of the services, and what
they answer with becomes blocks; nothing here decides anything about a quiz.
"""
