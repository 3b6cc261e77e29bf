"""Stand-in modules: what the tests get when they import the member's code or a declared package.

While a challenge is being prepared there is no guest yet, so names imported from a stand-in are placeholders,
which are replaced once a guest is there. Tests that use such a name while they are being imported (to
parametrise over it, to derive a class from it) cannot be prepared, and are imported anew for every
submission.
"""

from __future__ import annotations

import importlib.machinery
import sys
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bridge import Examiner

_REMOTE_DUNDERS = frozenset({"__all__", "__version__", "__doc__", "__file__", "__author__"})

_ASKED_BY_PYTEST = frozenset({"_mock_name", "_pytestfixturefunction", "pytestmark", "pytest_plugins"})


class Touched(Exception):
    """The tests used the member's code while being imported."""


class Placeholder:
    """A name of a stand-in module before there is a guest. Using it in any way raises ``Touched``."""

    __slots__ = ("_module", "_name", "_registry")

    def __init__(self, registry: Standins, module: str, name: str) -> None:
        for slot, value in (("_registry", registry), ("_module", module), ("_name", name)):
            object.__setattr__(self, slot, value)

    def __getattr__(self, name: str) -> Any:
        if name in _ASKED_BY_PYTEST or (name.startswith("__") and name != "__mro_entries__"):
            raise AttributeError(name)
        self._registry.touched = True
        raise Touched(f"{self._module}.{self._name} is used while the tests are imported")

    def _touch(self, *args: Any, **kw: Any) -> Any:
        self._registry.touched = True
        raise Touched(f"{self._module}.{self._name} is used while the tests are imported")

    __call__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = __iter__ = __len__ = _touch
    __getitem__ = __contains__ = __bool__ = __str__ = __format__ = __setattr__ = __mro_entries__ = _touch
    __or__ = __ror__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __enter__ = __get__ = _touch

    def __repr__(self) -> str:
        return f"<{self._module}.{self._name}>"


class StandIn:
    """A module of the guest: says that it is a module, and asks the guest for everything in it."""

    __slots__ = ("__weakref__", "_local", "_registry")

    def __init__(self, registry: Standins, name: str) -> None:
        object.__setattr__(self, "_registry", registry)
        object.__setattr__(self, "_local", {"__name__": name, "__path__": []})

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return types.ModuleType

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return _Names(self)

    def __getattr__(self, name: str) -> Any:
        local: dict[str, Any] = object.__getattribute__(self, "_local")
        if name in local:
            return local[name]
        registry: Standins = object.__getattribute__(self, "_registry")
        if name in _ASKED_BY_PYTEST or (name.startswith("__") and name not in _REMOTE_DUNDERS):
            raise AttributeError(f"module {local['__name__']!r} has no attribute {name!r}")
        if registry.peer is None:
            return registry.placeholder(local["__name__"], name)
        handle = registry.load(self)
        if name == "__all__":
            return registry.peer.ask("exports", handle)
        return registry.peer.ask("get", handle, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if type(value) is StandIn or (name.startswith("__") and name != "__all__"):
            self._local[name] = value
            return
        if self._registry.peer is None:
            self._registry.touched = True
            raise Touched(f"{self.__name__}.{name} is set while the tests are imported")
        self._registry.peer.ask("set", self._registry.load(self), name, value)

    def __delattr__(self, name: str) -> None:
        if name in self._local:
            del self._local[name]
        elif self._registry.peer is not None:
            self._registry.peer.ask("del", self._registry.load(self), name)

    def __dir__(self) -> list[str]:
        return self._registry.peer.ask("names", self._registry.load(self)) if self._registry.peer else []

    def __repr__(self) -> str:
        return f"<module {self.__name__!r}>"


class _Names(Mapping[str, Any]):
    """A stand-in module's ``__dict__``."""

    def __init__(self, module: StandIn) -> None:
        self._module = module

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self._module, name)
        except AttributeError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(dir(self._module))

    def __len__(self) -> int:
        return len(dir(self._module))


class Standins:
    """The finder (``sys.meta_path``) and loader of stand-in modules.

    ``modules`` are the dotted names of the member's modules, ``packages`` the top-level names of packages
    that stay with the guest.
    """

    def __init__(self, modules: Iterable[str], packages: Iterable[str]) -> None:
        self.modules = set(modules)
        for name in list(self.modules):
            while "." in name:
                name = name.rpartition(".")[0]
                self.modules.add(name)
        self.packages = set(packages)
        self.peer: Examiner | None = None
        self.touched = False
        self.placeholders: dict[tuple[str, str], Placeholder] = {}
        self._loaded: set[str] = set()

    def install(self) -> None:
        """Come before every other finder, and put away real modules of the same names."""
        sys.meta_path.insert(0, self)
        for name in list(sys.modules):
            if self.knows(name):
                del sys.modules[name]

    def knows(self, name: str) -> bool:
        """Whether a module stays with the guest."""
        return name in self.modules or name.partition(".")[0] in self.packages

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        """As for every finder on ``sys.meta_path``."""
        if not self.knows(name):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> StandIn:
        """As for every loader."""
        return StandIn(self, spec.name)

    def exec_module(self, module: StandIn) -> None:
        """Import (or reload) in the guest, if there is one yet."""
        if self.peer is None:
            return
        if module.__name__ in self._loaded:
            self.peer.ask("reload", module.__name__)
        self.load(module)

    def load(self, module: StandIn) -> StandIn:
        """Have the guest import the module; raises what importing raised there."""
        name = module.__name__
        if name not in self._loaded:
            assert self.peer is not None
            handle = self.peer.ask("import", name)
            oid = self.peer.ids.pop(id(handle), None)
            if oid is None:
                raise self.peer.fail("a module was expected")
            self.peer.objects[oid] = module
            self.peer.ids[id(module)] = oid
            self._loaded.add(name)
        return module

    def placeholder(self, module: str, name: str) -> Any:
        """What stands for a name until there is a guest."""
        if name == "__all__":
            self.touched = True
            raise Touched(f"everything of {module} is imported")
        if self.knows(f"{module}.{name}") and f"{module}.{name}" in self.modules:
            raise AttributeError(name)
        key = (module, name)
        if key not in self.placeholders:
            self.placeholders[key] = Placeholder(self, module, name)
        return self.placeholders[key]
