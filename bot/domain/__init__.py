"""Pure decisions: no await, no I/O, nothing of the outside world."""
