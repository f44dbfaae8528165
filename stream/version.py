"""The version of this code, written beside everything it sets aside."""

from importlib.metadata import PackageNotFoundError, version


def code_version() -> str:
    try:
        return version("tideline")
    except PackageNotFoundError:
        return "unknown"
