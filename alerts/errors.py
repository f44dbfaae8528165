"""What can go wrong in `alerts`.

AlertError
├── RulesInvalid      rules.toml cannot be used; the message names the line
├── EndpointInvalid   the webhook address or secret cannot be used at all
│   └── HostUnknown   its name cannot be looked up now; it may be later
└── NoAnswer          a receiver did not answer, or may not be asked; it will be tried again
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alerts.rule_faults import Fault


class AlertError(Exception):
    """A sentence that says what is wrong with an alert, a rule or a delivery and what to do."""


class RulesInvalid(AlertError):
    """The rules file cannot be used as it is. `faults` are all that were found, each with its line."""

    faults: Sequence["Fault"] = ()

    @classmethod
    def of(cls, name: str, faults: Sequence["Fault"]) -> "RulesInvalid":
        """The first fault as a sentence, and how to see the others."""
        more = len(faults) - 1
        others = f" ({more} more: `tideline rules check` lists all)" if more else ""
        error = cls(f"{name}, {faults[0]}{others}")
        error.faults = faults
        return error


class EndpointInvalid(AlertError):
    """The webhook address or its secret cannot be used as it is."""


class HostUnknown(EndpointInvalid):
    """The name in the webhook address cannot be looked up, at least not now."""


class NoAnswer(AlertError):
    """The receiver did not answer, or was not asked because its address leads inward."""
