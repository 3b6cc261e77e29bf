"""Runs what members and authors wrote, and reports what happened. It never judges."""
