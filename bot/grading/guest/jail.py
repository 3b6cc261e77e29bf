"""The two walls: one around a zygote, and inside it one around each job.

``Outer`` is entered once, before anything is loaded. In the namespace tier it leaves the process
in a file system of its own that shows the interpreter, the packages and nothing else. ``confine``
is called in each forked job; what it cannot put in place raises, and the job never starts.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
from dataclasses import dataclass, field

from . import kernel, landlock, policy, seccomp

NAMESPACES = "namespaces"
"""The tier with user (unless root), PID, mount, network, IPC, UTS and cgroup namespaces."""
LANDLOCK = "landlock"
"""The tier that needs no namespaces: Landlock guards the files, seccomp everything else."""

HOME = "/tmp"  # noqa: S108 - inside the jail: a fresh tmpfs of the job's own
INNER_USER = 1000
"""Who a job is inside a user namespace."""
THREADS = 64
OPEN_FILES = 64
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


@dataclass(frozen=True, slots=True)
class Wall:
    """How this zygote and its jobs are isolated, as the host decided.

    ``readable`` are absolute paths of the interpreter, its libraries, the packages and our own code;
    ``hidden`` are folders below them to cover. ``moved`` are pairs of a folder and where it appears
    instead, where there are namespaces: what surrounds it outside is nobody's business inside.
    ``first_user`` is the first of the user ids that jobs get, one each, or None when the zygote is
    not root. ``landlock`` says whether the kernel has it.
    """

    tier: str
    readable: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    first_user: int | None = None
    landlock: bool = True
    moved: tuple[tuple[str, str], ...] = ()

    def place(self, path: str) -> str:
        """Where ``path`` is found inside."""
        if self.tier == NAMESPACES:
            for folder, inside in self.moved:
                if path == folder or path.startswith(f"{folder}/"):
                    return inside + path[len(folder) :]
        return path


@dataclass(slots=True)
class Folders:
    """O_PATH descriptors for Landlock, opened while paths can still be looked up."""

    readable: list[int] = field(default_factory=list)
    devices: list[int] = field(default_factory=list)

    @classmethod
    def open(cls, paths: tuple[str, ...]) -> Folders:
        """Open those of ``paths`` that exist, and the harmless devices."""

        def handles(names: tuple[str, ...]) -> list[int]:
            return [os.open(n, os.O_PATH | os.O_CLOEXEC) for n in names if os.path.exists(n)]

        return cls(handles(paths), handles(DEVICES))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent dies; leave at once if it already has."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def enter_namespaces(wall: Wall) -> None:
    """Move into new namespaces with a file system that holds ``wall.readable`` alone, read-only.

    The process id namespace begins with the next fork.
    """
    flags = (
        kernel.CLONE_NEWNS
        | kernel.CLONE_NEWPID
        | kernel.CLONE_NEWNET
        | kernel.CLONE_NEWIPC
        | kernel.CLONE_NEWUTS
        | kernel.CLONE_NEWCGROUP
    )
    if wall.first_user is None:
        user, group = os.geteuid(), os.getegid()
        kernel.unshare(kernel.CLONE_NEWUSER | flags)
        for name, line in (
            ("setgroups", "deny"),
            ("gid_map", f"{INNER_USER} {group} 1"),
            ("uid_map", f"{INNER_USER} {user} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as mapping:
                mapping.write(line)
    else:
        kernel.unshare(flags)
    socket.sethostname("sandbox")
    _build_root(wall)


def _build_root(wall: Wall) -> None:
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    # Any folder that is not among the sources will do to build on; every machine has this one.
    base = "/proc"
    kernel.mount(
        "sandbox", base, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,nr_inodes=4096,mode=755"
    )
    for path in wall.readable:
        if os.path.exists(path):
            if (inside := wall.place(path)) != path:
                os.makedirs(os.path.dirname(base + inside), exist_ok=True)
                _bind(path, base + inside)
            else:
                _show(base, path)
    for path in wall.hidden:
        if os.path.isdir(base + path):
            kernel.mount("none", base + path, "tmpfs", kernel.MS_NOSUID, "size=4k,nr_inodes=2,mode=755")
    for folder in ("/dev", HOME):
        os.makedirs(base + folder, exist_ok=True)
    for device in DEVICES:
        _bind(device, base + device)
    os.symlink(HOME, base + "/dev/shm")  # noqa: S108 - a name inside the jail
    kernel.make_read_only(base)
    os.chdir(base)
    kernel.pivot_root(".", ".")
    kernel.unmount(".")
    os.chdir("/")


def _show(base: str, path: str) -> None:
    """Make ``path`` of the old root appear under ``base``, with the symbolic links on the way to it."""
    done = ""
    for part in path.strip("/").split("/")[:-1]:
        step = f"{done}/{part}"
        if os.path.islink(step):
            if not os.path.lexists(base + step):
                os.symlink(os.readlink(step), base + step)
            _show(base, os.path.realpath(path))
            return
        if not os.path.lexists(base + step):
            os.mkdir(base + step, 0o755)
        done = step
    if os.path.islink(path):
        if not os.path.lexists(base + path):
            os.symlink(os.readlink(path), base + path)
        _show(base, os.path.realpath(path))
        return
    _bind(path, base + path)


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.lexists(target):
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    kernel.mount(source, target, None, kernel.MS_BIND | kernel.MS_REC)


@dataclass(frozen=True, slots=True)
class Cage:
    """What one job may use from the start.

    ``slot`` chooses its user id. ``folder`` is its own, where it gets no tmpfs. ``nursery`` says
    that it is a prepared sub-zygote, which may fork; ``inherits`` that a nursery forked it, which
    has given up user and capabilities already.
    """

    slot: int
    disk_mb: int
    files: int
    folder: str = ""
    nursery: bool = False
    inherits: bool = False


def confine(wall: Wall, folders: Folders, cage: Cage, parent: int) -> int | None:
    """Put this freshly forked process behind its wall, for good.

    Returns the descriptor on which the host answers the calls it counts, or None for a nursery.

    Raises:
        OSError: some layer did not come up; the process must not go on.
    """
    os.setsid()
    home = cage.folder or HOME
    user = INNER_USER if wall.first_user is None else wall.first_user + cage.slot
    if wall.tier == NAMESPACES and not cage.inherits:
        kernel.unshare(kernel.CLONE_NEWNS)
        owner = f"uid={user},gid={user}"
        room = f"size={cage.disk_mb}m,nr_inodes={cage.files + 2},mode=700"
        kernel.mount("job", HOME, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, f"{room},{owner}")
    os.chdir(home)
    _limit(cage, own_user=wall.first_user is not None)
    if not cage.inherits:
        if wall.first_user is not None:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        kernel.drop_capabilities()
    die_with_parent(parent)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if wall.landlock:
        own = os.open(home, os.O_PATH | os.O_CLOEXEC)
        landlock.confine(folders.readable, [own], folders.devices)
        os.close(own)
    if cage.nursery:
        seccomp.install(policy.nursery())
        return None
    counted, allowed = _filters(wall)
    listener = seccomp.install(counted, listener=True)
    seccomp.install(allowed)
    return listener


def rehearse(wall: Wall) -> None:
    """Put together once what every job will need, so that they inherit it."""
    _filters(wall)


def _filters(wall: Wall) -> tuple[bytes, bytes]:
    own_tree = wall.tier == NAMESPACES
    return policy.counted(files=not own_tree), policy.job(os.getpid(), own_tree=own_tree)


def _limit(cage: Cage, *, own_user: bool) -> None:
    disk = cage.disk_mb << 20
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: disk,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if own_user:
        limits[resource.RLIMIT_NPROC] = 4 * THREADS
    for what, value in limits.items():
        resource.setrlimit(what, (value, value))
