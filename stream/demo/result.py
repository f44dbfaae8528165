"""What one run of the demo did, as plain values for the last page and for --json."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from stream.demo.folder import Beginning
from stream.demo.truth import Findings


@dataclass(slots=True)
class DemoResult:
    """Counts, times and places; no name of anybody and no word of a post."""

    beginning: Beginning
    folder: Path
    report: Path
    model: str
    services_running: bool
    workers: int
    sample: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    points: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, int] = field(default_factory=dict)
    set_aside: Mapping[str, int] = field(default_factory=dict)
    posts_per_second: Mapping[str, float] = field(default_factory=dict)
    alerts: Mapping[str, int] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    webhooks: Mapping[str, int] = field(default_factory=dict)
    verified: Mapping[str, Any] | None = None
    labels: Path | None = None  # verdicts on these posts, to learn from
    example: str = ""  # the pseudonym of somebody alerted on
    step_seconds: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether everything that the demo checks came out as promised."""
        taken = self.webhooks.get("verified", 0) == self.webhooks.get("delivered", 0)
        return taken and not self.webhooks.get("refused") and not (self.verified or {}).get("differences")

    def as_dict(self) -> dict[str, Any]:
        values, labels = asdict(self), self.labels and str(self.labels)
        places = {"folder": str(self.folder), "report": str(self.report), "labels": labels}
        return {**values, **places, "ok": self.ok}
