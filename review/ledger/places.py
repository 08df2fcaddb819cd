"""Where a ledger may be kept: refuses network and syncing drives, where SQLite's write-ahead log loses facts.

What cannot be recognised (an unknown file system, a syncing client without a known folder name) is let through; the docs say so.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from review.errors import StoreRefused

OVERRIDE = "REVIEW_ALLOW_SHARED_DRIVE"
MOUNTS = Path("/proc/mounts")

# file systems that reach over a network, or into the host of a virtual machine, where shared memory and locks are not dependable
_NETWORK_TYPES = frozenset({
    "9p", "afs", "afpfs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
    "nfs3", "nfs4", "ocfs2", "orangefs", "prl_fs", "smb", "smb2", "smb3", "smbfs", "vboxsf", "vmhgfs", "webdav",
})  # fmt: skip
_NETWORK_FUSE = re.compile(
    r"fuse\.(sshfs|rclone|davfs2?|gvfsd-fuse|s3fs|gcsfuse|glusterfs|vmhgfs-fuse|goofys|google-drive-ocamlfuse|onedriver|pcloud|mergerfs)"
)
_SYNCING_FOLDER = re.compile(
    r"(dropbox|onedrive|google ?drive|my drive|icloud ?drive|icloud~.*|mobile documents|cloudstorage|nextcloud|owncloud|pcloud ?drive"
    r"|box sync|megasync|seafile|syncthing|yandex\.disk|tresorit)(\s[-(].*)?",
    re.IGNORECASE,
)
_SYNCING_MARKS = (".dropbox", ".stfolder", ".nextcloudsync.log", ".owncloudsync.log", ".seafile-data")


def check_place(file: Path) -> None:
    """Raises StoreRefused, with the next step, where a database file would not be safe.

    file: the database file, present or not. REVIEW_ALLOW_SHARED_DRIVE=1 lets every place through.
    """
    if os.environ.get(OVERRIDE) == "1":
        return
    place = file.absolute()
    found = _network_mount(place) or _syncing_folder(place)
    if found:
        raise StoreRefused(
            f"the ledger would stand on {found}, where two writers can lose each other's facts",
            where=str(file),
            expected="a folder on a disk of this machine",
            next_step="move the project to a local folder and exchange it by `review export` and `review merge`, or set REVIEW_DATABASE "
            f"to a PostgreSQL address; {OVERRIDE}=1 lifts this at your own risk",
        )


def _network_mount(place: Path) -> str:
    if str(place).startswith(("\\\\", "//")):
        return "a network share"
    try:
        table = MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    best, kind = "", ""
    real = str(Path(os.path.realpath(place)))
    for line in table.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal.group(1), 8)), parts[1])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, parts[2]
    # a root that is itself such a file system is a machine's only disk, not a share
    if best != "/" and (kind in _NETWORK_TYPES or _NETWORK_FUSE.fullmatch(kind)):
        return f"a network drive ({kind}, mounted at {best})"
    return ""


def _syncing_folder(place: Path) -> str:
    for folder in place.parents:
        if _SYNCING_FOLDER.fullmatch(folder.name):
            return f"a syncing drive (the folder {folder.name!r})"
        if any((folder / mark).exists() for mark in _SYNCING_MARKS):
            return f"a syncing drive (the folder {folder.name!r} is kept in step by a client)"
    return ""
