"""Fails when the wheel lacks a file of the packages, or holds one that is not theirs."""

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("attempts", "attempts_api")


def main(wheel: str) -> int:
    """Compare the wheel with the files of the packages in the work tree."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    for name in sorted(wanted - packed):
        print(f"missing from the wheel: {name}", file=sys.stderr)
    for name in sorted(packed - wanted):
        print(f"does not belong in the wheel: {name}", file=sys.stderr)
    return int(wanted != packed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
