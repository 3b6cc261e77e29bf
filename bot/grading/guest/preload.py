"""What is imported before the first fork, and the small run that warms it."""

from __future__ import annotations

import _sitebuiltins
import builtins
import importlib
import os
import sys
import threading
import types
from typing import Any

from .offers import Offers


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STANDARD = _names(
    """
    abc argparse array ast asyncio atexit base64 bisect builtins calendar cmath codecs collections
    collections.abc concurrent.futures concurrent.futures.thread contextlib contextvars copy csv ctypes
    dataclasses datetime decimal difflib dis encodings.idna enum errno fractions functools gc glob
    hashlib heapq html importlib importlib.metadata importlib.resources inspect io itertools json
    keyword linecache locale logging math numbers operator os pathlib pickle pprint queue random re
    reprlib resource secrets select shutil signal socket sqlite3 statistics string struct subprocess
    tempfile textwrap threading time token tokenize traceback types typing unittest unittest.mock
    urllib.parse uuid warnings weakref zlib zoneinfo
    """
)

_THREAD_STACK = 2 << 20
"""Bytes; pthread's usual 8 MiB would let a thread or two eat up the address space that a job may use."""

_PLAIN = """
def _f(n):
    return [str(i) for i in range(n)]
class _C:
    def __init__(self, x): self.x = x
    def __repr__(self): return f"_C({self.x!r})"
try:
    raise ValueError(_C(1))
except ValueError as e:
    repr(e)
_d = {k: v for k, v in zip(_f(50), range(50))}
"""

_TIMES = 10
"""From the eighth time on the interpreter runs a function in the form that it has specialised."""

# Text, because only the sandbox's environment has the package.
_SQLALCHEMY = """
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

class Base(DeclarativeBase):
    pass

class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    children: Mapped[list["Child"]] = relationship(back_populates="parent", cascade="all, delete-orphan")

class Child(Base):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent] = relationship(back_populates="children")

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Parent(name="a", children=[Child(), Child()]))
    session.commit()
    session.scalars(select(Parent).where(Parent.name == "a")).one().children[0].parent
    session.scalar(select(func.count(Child.id)).join(Parent).where(Parent.name == "a"))
    session.add(Parent(name="a"))
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
    session.delete(session.scalars(select(Parent)).one())
    session.commit()
engine.dispose()
Base.registry.dispose()
"""


def load(what: dict[str, Any]) -> None:
    """Import the standard modules, then the packages named in ``what`` (``sandbox.recipes`` writes it)."""
    threading.stack_size(_THREAD_STACK)
    for name in ("PYTHONUTF8", "PYTHONHASHSEED", "MALLOC_ARENA_MAX"):  # heeded when the interpreter started
        os.environ.pop(name, None)
    for name in STANDARD:
        importlib.import_module(name)
    site = what["site"]
    if what["whole_site"]:
        sys.path.append(site)
    else:
        sys.meta_path.append(Offers(what["declared"], what["importable"], site))
    builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D")  # what the site module does, which is not run
    builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D")
    builtins.help = _sitebuiltins._Helper()
    for name in what["modules"]:
        importlib.import_module(name)
    root = __package__.rpartition(".")[0]
    for name in what["ours"]:
        importlib.import_module(f"{root}.{name}")
    if "sqlalchemy" in sys.modules:
        program = compile(_SQLALCHEMY, "<warm>", "exec")
        for _ in range(_TIMES):
            _map_something(program)
    warm()


def _map_something(program: types.CodeType) -> None:
    sys.modules["_warm"] = module = types.ModuleType("_warm")  # where SQLAlchemy looks annotations up
    try:
        exec(program, module.__dict__)  # noqa: S102 - our own text
    finally:
        del sys.modules["_warm"]
        module.__dict__.clear()


def warm() -> None:
    """Run the interpreter's common paths once, so that their pages and caches are there."""
    names: dict[str, Any] = {"__name__": "_warm"}
    exec(compile(_PLAIN, "<warm>", "exec"), names)  # noqa: S102 - our own text
    os.stat(".")
