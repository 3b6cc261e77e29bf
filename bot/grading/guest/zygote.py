"""A process that has imported everything, and forks isolated copies of itself on request.

It is started by the host with one socket, told on it how to wall itself in and what to load, and
then answers these messages:

- ``fork``: one descriptor, the end of a socket for the new process; ``cage`` as in ``jail.Cage``.
  The answer is ``forked`` with a pidfd. The new process goes on in ``job.live``.
- ``sprout``: the same, for a nursery: the process prepares itself and then answers ``fork`` too.
- ``footprint``: ``ranges``, what jobs write to (see ``job.FOOTPRINT``). There is no answer.
- ``exit`` is sent, unasked, when a forked process has ended: wait status, CPU time, peak memory.

It ends when the socket does, and with it everything it forked.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import shutil
import socket
import sys
import traceback
from typing import Any, NoReturn

from . import job, kernel, preload
from .channel import receive, send
from .jail import HOME, NAMESPACES, Cage, Folders, Wall, confine, die_with_parent, enter_namespaces, rehearse

_ROOM_FOR_JOBS = 4 << 30
"""Bytes: the largest memory limit a job of a nursery can have."""


class Zygote:
    """Forks and reaps. ``nursery`` says that this process is a job itself, and may fork jobs only."""

    def __init__(
        self, control: socket.socket, wall: Wall, folders: Folders, *, nursery: bool = False
    ) -> None:
        self.control = control
        self.wall = wall
        self.folders = folders
        self.nursery = nursery
        self.children: dict[int, tuple[int, str]] = {}
        self.poll = select.poll()
        self.pidfds: dict[int, int] = {}

    def serve(self) -> NoReturn:
        """Answer messages until the host is gone."""
        self.poll.register(self.control, select.POLLIN)
        while True:
            for descriptor, _ in self.poll.poll():
                if descriptor == self.control.fileno():
                    message, descriptors = receive(self.control)
                    if message is None:
                        os._exit(0)
                    if message["op"] == "footprint":
                        job.FOOTPRINT[:] = message["ranges"]
                    else:
                        self._fork(message, descriptors[0])
            self._reap()

    def _fork(self, message: dict[str, Any], end: int) -> None:
        cage = Cage(**message["cage"], inherits=self.nursery)
        number = int(message["id"])
        if self.nursery:
            os.mkdir(cage.folder)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become(cage, end, parent)
        os.close(end)
        pidfd = os.pidfd_open(pid)
        self.children[pid] = (number, cage.folder)
        self.pidfds[pid] = pidfd
        self.poll.register(pidfd, select.POLLIN)
        send(self.control, {"op": "forked", "id": number}, [pidfd])

    def _become(self, cage: Cage, end: int, parent: int) -> NoReturn:
        control = socket.socket(fileno=end)
        try:
            listener = confine(self.wall, self.folders, cage, parent)
            if cage.nursery:
                self._nurse(control)
            assert listener is not None
            job.live(control, listener, cage.folder or HOME)
        except BaseException:  # noqa: BLE001 - whatever it is, this process must not go on
            send(control, {"op": "broken", "why": traceback.format_exc()[-4000:]})
        finally:
            os._exit(1)

    def _nurse(self, control: socket.socket) -> NoReturn:
        for pidfd in (*self.pidfds.values(), self.control.fileno()):
            os.close(pidfd)
        message, descriptors = receive(control)
        if message is None:
            os._exit(0)
        # The hard limit is for the jobs to come, whose limits are counted from what this has loaded by then.
        memory = message["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory + _ROOM_FOR_JOBS))
        with os.fdopen(descriptors[0], "rb") as payload:
            job.entry(message["entry"])(payload.read())
        gc.collect()
        gc.freeze()
        send(control, {"op": "ready"})
        Zygote(control, self.wall, self.folders, nursery=True).serve()

    def _reap(self) -> None:
        while self.children:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid not in self.children:  # left behind by a nursery that died
                continue
            number, folder = self.children.pop(pid)
            pidfd = self.pidfds.pop(pid)
            self.poll.unregister(pidfd)
            os.close(pidfd)
            ended = {
                "op": "exit",
                "id": number,
                "status": status,
                "cpu": usage.ru_utime + usage.ru_stime,
                "peak_kb": usage.ru_maxrss,
            }
            send(self.control, ended)
            if self.nursery:
                shutil.rmtree(folder, ignore_errors=True)


def main(descriptor: int) -> NoReturn:
    """Run a zygote on the socket ``descriptor``."""
    control = socket.socket(fileno=descriptor)
    try:
        message, _ = receive(control)
        if message is None:
            os._exit(0)
        wall = Wall(**message["wall"])  # pairs arrive as lists, which serve as well
        host = int(message["host"])
        if wall.tier == NAMESPACES:
            enter_namespaces(wall)
            die_with_parent(host)
            _go_on_as_first_process(control)
        else:
            die_with_parent(host)
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        if wall.first_user is not None:
            kernel.drop_bounding_set()
        for package in (sys.modules[__package__.rpartition(".")[0]], sys.modules[__package__]):
            package.__path__ = [wall.place(path) for path in package.__path__]
        preload.load({**message["load"], "site": wall.place(message["load"]["site"])})
        folders = Folders.open(tuple(wall.place(path) for path in wall.readable))
        rehearse(wall)
        gc.collect()
        gc.freeze()
        send(control, {"op": "ready"})
    except BaseException:  # noqa: BLE001 - said to the host, then over
        send(control, {"op": "broken", "why": traceback.format_exc()[-4000:]})
        os._exit(1)
    Zygote(control, wall, folders).serve()


def _go_on_as_first_process(control: socket.socket) -> None:
    """Fork into the new process id namespace; the outer process only waits."""
    pid = os.fork()
    if pid:
        control.close()
        os.waitpid(pid, 0)
        os._exit(0)
    die_with_parent(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
