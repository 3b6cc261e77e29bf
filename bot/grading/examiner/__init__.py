"""Runs in the sandbox, on the trusted side: stock pytest over an author's tests. Standard library and
pytest only.
"""
