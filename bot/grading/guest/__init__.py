"""Code that runs inside the sandbox: standard library only, importing nothing of ours but its neighbours.

Modules here import each other relatively (``from . import kernel``): inside the sandbox the
package is called ``_warmup.guest``, so that no name of ours can hide a file of the member's.
"""
