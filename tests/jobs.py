"""Work of all kinds for the processes of ``flows.workers``: they are sent by name, so a test cannot define it."""

import os
import re
import signal
import time


def double(number: int) -> int:
    return 2 * number


def process() -> int:
    return os.getpid()


def fault() -> None:
    raise LookupError("no such thing")


def late() -> None:
    raise TimeoutError("a server did not answer")


def hang() -> None:
    while True:
        time.sleep(1)


def hang_in_c() -> bool:
    """Where Python looks at no signal."""
    return re.match(r"(a|aa)+$", "a" * 200 + "b") is not None


def swell() -> int:
    return len([bytes(1 << 20) for _ in range(1 << 14)])


def die(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(60)


def die_once(marker: str) -> str:
    """Dies the first time."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "done"
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"
