"""Postgres refuses to run as root, so root lets a system user of its own run it."""

import contextlib
import logging
import os
import pwd
import subprocess
from pathlib import Path

from stream.errors import ServiceFailed

USER = "tideline"
logger = logging.getLogger(__name__)


def stand_in() -> pwd.struct_passwd | None:
    """The user that runs Postgres for root, made when missing; None when we are not root anyway."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(USER)
    try:
        command = ["/usr/sbin/useradd", "--system", "--no-create-home", USER]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed words
        return pwd.getpwnam(USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise ServiceFailed(
            f"Postgres does not run as root and the system user {USER} could not be made ({error}): "
            "run this command as an ordinary user."
        ) from error


def own(path: Path) -> None:
    """Give a file or folder to the stand-in."""
    user = stand_in()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def let_through(*targets: Path) -> None:
    """Let the stand-in pass the folders above its data and its programs; it gets no right to list them."""
    if stand_in() is None:
        return
    for folder in {parent for target in targets for parent in target.parents}:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            logger.warning("Other users may now pass through %s: Postgres does not run as root.", folder)
            folder.chmod(mode | 0o001)
