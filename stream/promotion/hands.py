"""Which languages a promotion gives to another model, told without loading weights."""

from dataclasses import dataclass

from models.load import DEFAULT
from models.manifest import Manifest
from models.registry.pointer import Choice
from stream.errors import StreamError
from stream.routes import versions_by_language
from stream.settings import Settings


@dataclass(frozen=True)
class Hands:
    """By language, the versions that score it before and after."""

    before: dict[str, str]
    after: dict[str, str]

    @property
    def changing(self) -> dict[str, tuple[str, str]]:
        """By language, from which version to which."""
        pairs = {language: (self.before[language], after) for language, after in self.after.items()}
        return {language: pair for language, pair in pairs.items() if pair[0] != pair[1]}


def hands(settings: Settings, choice: Choice | None, manifest: Manifest) -> Hands:
    """What replacing the pointer so would change. Raises `StreamError` where that is nothing."""
    if "default" not in {settings.model, *settings.routes.values()}:
        raise StreamError(
            f"TIDELINE_MODEL pins {settings.model}, so a promotion would change nothing: unset it, or set it to default"
        )
    found = Hands(
        versions_by_language(settings), versions_by_language(_pointing_to(settings, choice.name if choice else DEFAULT))
    )
    if not found.changing:
        raise StreamError(_nothing(found, manifest))
    return found


def _pointing_to(settings: Settings, folder: str) -> Settings:
    names = {language: folder if name == "default" else name for language, name in settings.routes.items()}
    main = folder if settings.model == "default" else settings.model
    return settings.model_copy(update={"model": main, "routes": names})


def _nothing(found: Hands, manifest: Manifest) -> str:
    if manifest.version in found.before.values():
        return f"{manifest.version} is in use already: there is nothing to promote"
    return (
        f"{manifest.version} would score no language: TIDELINE_ROUTES or TIDELINE_MODEL send "
        f"{', '.join(manifest.languages)} elsewhere, so change them instead"
    )


def lost(found: Hands, manifest: Manifest) -> list[str]:
    """Languages that the new model does not know and that would change hands all the same."""
    return sorted(language for language in found.changing if language not in manifest.languages)
