"""Promoting a model and taking that back: checks, measuring, and the move itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from models.load import DEFAULT, version_of
from models.manifest import Manifest
from models.registry.folder import Registry
from storage.database import transaction
from storage.decisions import Decision, latest_for
from storage.migrate import require_newest
from storage.promotions import Baselines, Change, Promotion, promotions, standing
from stream.errors import StreamError
from stream.faults import reach
from stream.promotion.hands import Hands, hands
from stream.promotion.measuring import Measured, Measuring
from stream.promotion.moving import alone, move, settle_begun
from stream.promotion.objections import comes_back, of_decision, of_history, of_languages
from stream.retraining.record import settle as settle_decisions
from stream.settings import Settings
from stream.transfers import whole_scale


@dataclass(frozen=True)
class Promoted:
    """What was done."""

    change: Change
    languages: Mapping[str, tuple[str, str]]
    measured: Mapping[str, Measured]

    def as_dict(self) -> dict[str, Any]:
        return {
            "model": self.change.model,
            "previous": self.change.previous,
            "languages": {language: new for language, (_, new) in self.languages.items()},
            "baselines": self.change.baselines,
            "forced": self.change.forced,
            "objections": list(self.change.objections),
            "transfers": {
                language: {**found.transfer.figures, "people": len(found.offsets)}
                for language, found in self.measured.items()
            },
        }


@dataclass(frozen=True)
class Desk:
    """Where promotions are made: the registry of these settings and their database."""

    settings: Settings
    engine: Engine

    @property
    def registry(self) -> Registry:
        return Registry(self.settings.models_folder)

    def promote(self, name: str, because: str, baselines: Baselines, *, force: bool) -> Promoted:
        """Put a model in use so that people's baselines go on. Raises, and has changed nothing, when it may not."""
        require_newest(self.engine)
        settle_decisions(self.engine, self.settings.models_folder)
        choice, manifest = self.registry.verified(name)
        with alone(self.engine, self.registry):
            found = hands(self.settings, choice, manifest)
            decision, objections, to_measure = self._looked_at(manifest, found)
            if not force:
                _refuse(manifest, objections)
            measured = self._measured(to_measure, baselines)
            missing = [_UNMEASURED.format(language) for language in to_measure.keys() - measured.keys()]
            if not force:
                _refuse(manifest, missing)
            reach("promotion_measured")
            change = Change(
                kind="promote",
                model=manifest.version,
                previous=self.registry.pointed_to(),
                because=because,
                forced=force,
                objections=(*objections, *missing),
                decision=decision.id if decision else None,
                baselines=baselines if measured else "kept",
            )
            move(self.engine, self.registry, choice, change, measured)
        return Promoted(change, found.changing, measured)

    def _looked_at(
        self, manifest: Manifest, found: Hands
    ) -> tuple[Decision | None, list[str], dict[str, tuple[str, str]]]:
        """The decision, what speaks against it, and in which languages a transfer must be measured."""
        with transaction(self.engine) as connection:
            decision, scale = latest_for(connection, manifest.version), whole_scale(connection)
            objections = of_decision(decision, manifest.version, found) + of_languages(found, manifest)
            to_measure = {}
            for language, (old, new) in found.changing.items():
                if not comes_back(connection, scale, language, old, new):
                    objections += of_history(connection, language, new)
                    to_measure[language] = (old, new)
        return decision, objections, to_measure

    def _measured(self, pairs: Mapping[str, tuple[str, str]], baselines: Baselines) -> dict[str, Measured]:
        measuring = Measuring(self.settings, self.engine, baselines)
        found = {language: measuring.of(language, old, new) for language, (old, new) in pairs.items()}
        return {language: each for language, each in found.items() if each is not None}

    def rollback(self, because: str) -> Promoted:
        """Back to the model before the last change that stands. Baselines need nothing: they never left its scale."""
        require_newest(self.engine)
        with alone(self.engine, self.registry):
            last = self._last_change()
            choice, manifest = self.registry.verified(_name_of(last.change.previous))
            found = hands(self.settings, choice, manifest)
            change = Change("rollback", manifest.version, last.change.model, because)
            move(self.engine, self.registry, choice, change, {})
        return Promoted(change, found.changing, {})

    def history(self) -> list[Promotion]:
        """Every change, oldest first, with what was cut short settled."""
        require_newest(self.engine)
        settle_decisions(self.engine, self.settings.models_folder)
        settle_begun(self.engine, self.registry)
        with transaction(self.engine) as connection:
            return promotions(connection)

    def _last_change(self) -> Promotion:
        used = self.registry.pointed_to()
        with transaction(self.engine) as connection:
            stack = standing(promotions(connection))
        if not stack or stack[-1].change.model != used:
            raise StreamError(
                f"no promotion is recorded that put {used} in use, so there is nothing to go back to: choose a model "
                "with `tideline models use`"
            )
        return stack[-1]


_UNMEASURED = "there are no texts in {} to measure on, so baselines would not be carried over"


def _name_of(version: str) -> str:
    """The shipped default is found as what nobody chose, so that it goes on to be whatever ships."""
    return "default" if version == version_of(DEFAULT) else version


def _refuse(manifest: Manifest, objections: list[str]) -> None:
    if objections:
        raise StreamError(
            f"{manifest.version} is not promoted: {'; '.join(objections)}. Retrain and compare it first (`tideline "
            "retrain`), or say --force, and the record will say so"
        )
