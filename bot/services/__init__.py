"""Use cases: one transaction each, over the ports they need."""
