"""What can go wrong in `alerts`.

AlertError
├── RulesInvalid      rules.toml cannot be used; the message names the line
├── EndpointInvalid   the webhook address or secret cannot be used at all
└── DeliveryFailed    a receiver did not take a webhook; it will be tried again
"""


class AlertError(Exception):
    """A sentence that says what is wrong with an alert, a rule or a delivery and what to do."""


class RulesInvalid(AlertError):
    """The rules file cannot be used as it is."""


class EndpointInvalid(AlertError):
    """The webhook address or its secret cannot be used as it is."""


class DeliveryFailed(AlertError):
    """One attempt to deliver one webhook did not succeed. `status` is None when nothing was answered.

    `retry_after` is for how many seconds the receiver asked to be left alone; `gone`: it wants no more.
    """

    def __init__(
        self, message: str, status: int | None = None, retry_after: float | None = None, gone: bool = False
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.gone = gone
