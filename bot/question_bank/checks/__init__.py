"""The publish gate: everything that claims to be right is checked, and where possible run."""
