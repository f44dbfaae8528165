"""What can go wrong in `stream`.

StreamError
├── SettingsInvalid    a setting is missing, weak or out of range
├── FileUnreadable     a file is missing or cannot be read
│   └── LayoutUnknown  none of its columns is plainly the text
├── BrokerOutage       the broker is away for now: the same work may succeed later
├── ServiceFailed      an embedded service did not start or stop
├── TooSlow            a challenger was not ready in time: the batch went on without it
├── TooManyDeadLetters so much was set aside that the producer must be broken
└── InvalidPost        this one post can never be used: it is set aside
"""


class StreamError(Exception):
    """A sentence that says what is wrong and what to do."""


class SettingsInvalid(StreamError):
    """Tideline cannot start with these settings."""


class FileUnreadable(StreamError):
    """A file to replay cannot be read as posts."""


class BrokerOutage(StreamError):
    """The Kafka broker cannot be reached; nothing was lost."""


class LayoutUnknown(FileUnreadable):
    """No column, or not the one asked for, is the text; `columns` are those that there are."""

    def __init__(self, sentence: str, columns: str) -> None:
        super().__init__(sentence)
        self.columns = columns


class ServiceFailed(StreamError):
    """An embedded service did not do as it was told."""


class TooSlow(StreamError):
    """A call took longer than anybody wants to wait for it."""


class TooManyDeadLetters(StreamError):
    """The limit on posts set aside was passed; somebody must look at the producer."""

    exit_code = 3


class InvalidPost(StreamError):
    """A post that can never be used. `reason` is a short fixed word, safe to count and to log."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"{reason}: {advice}")
        self.reason = reason
