"""The HTTP server: health, readiness, metrics, and whatever application is mounted beside them.

It knows no platform: what to mount, what to check and what to measure is handed in.
"""
