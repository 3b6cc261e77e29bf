"""Panels of the services on Slack: drawn in Block Kit, opened by a line of text, pressed, filled in."""
