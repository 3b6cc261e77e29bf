"""How code in one process uses objects of another, which it does not trust.

The examiner, with the author's tests, is at one end; the guest, with the member's code, is at the other.
``wire`` carries frames, ``packing`` and ``unpacking`` turn values into what a frame may hold and back,
``mirrors`` makes classes that stand for the other side's, and ``peer`` asks and answers through them;
``serve`` is the member's end.
"""
