"""The project's own YAML format: files and folders to values, and values to files."""
