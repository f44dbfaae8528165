"""What people's closed hours add to what is known of everybody, gathered before it is written."""

from dataclasses import dataclass, field
from datetime import UTC

from sqlalchemy import Connection

from storage.community import HourKey, VoiceSum, add_voices
from storage.day_tests import DayKey, add_tests
from stream.hours import Heard


@dataclass(slots=True)
class Gathered:
    """Voices by hour, log partition and circle, and the largest statistics by day, rule and person."""

    voices: dict[HourKey, VoiceSum] = field(default_factory=dict)
    tests: dict[DayKey, float] = field(default_factory=dict)

    def add(self, person: str, heard: Heard | None) -> None:
        if heard is None:
            return
        key = (heard.hour, heard.partition, heard.circle)
        self.voices.setdefault(key, VoiceSum()).add(heard.voice, newcomer=heard.newcomer)
        for rule, statistic in heard.tests:
            test = DayKey(heard.hour.astimezone(UTC).date(), rule, person)
            self.tests[test] = max(statistic, self.tests.get(test, 0.0))

    def save(self, connection: Connection) -> None:
        """Add it to what is stored, and begin anew."""
        add_voices(connection, self.voices)
        add_tests(connection, self.tests)
        self.voices.clear()
        self.tests.clear()
