"""Files to questions and back: formats, their schema, and the checks before anything is trusted."""
