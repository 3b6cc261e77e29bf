"""How to run one language."""
