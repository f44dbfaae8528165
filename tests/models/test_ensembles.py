"""Many models as one: the arithmetic, what is fitted on which rows, and what a folder must hold."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from click.testing import CliRunner

from models.classify import ModelClassifier
from models.data.rows import Corpus, Row
from models.data.sources import HeldOut, load_data
from models.ensembles.combination import Pool
from models.ensembles.combine import combine
from models.ensembles.ensemble import Ensemble
from models.ensembles.folds import folds_of
from models.ensembles.lessons import member_recipe
from models.ensembles.stacking import out_of_fold
from models.ensembles.weights import fitted_weights
from models.errors import ModelUnusable, TrainingFailed
from models.evaluation.calibration import Calibration, chances_of, log_loss, softmax
from models.labels import EMOTIONS
from models.load import load_classifier, load_saved
from models.registry.shelves import finder
from models.saved import SavedModel, load_model, save_model
from models.schemes import scheme
from models.training import learners
from models.training.fit import fit
from models.training.learners import Learned, Lesson
from models.training.options import TrainingOptions
from models.training.recipe import Recipe
from stream.cli import main
from tests.models.feelings import BOTH, feelings, moods, rows

Floats = npt.NDArray[np.float64]

CORPUS = feelings()
TEXTS = [row.text for row in CORPUS.test]
NETWORK = Recipe("gru-1", "recurrent", options={"embedding": 8, "hidden": 8})


def kept(saved: SavedModel, shelf: Path, **changes: Any) -> SavedModel:
    """Saved under its name, and read back."""
    saved = replace(saved, manifest=saved.manifest.model_copy(update=changes))
    save_model(shelf / saved.manifest.name, saved, card="# test\n")
    return load_model(shelf / saved.manifest.name, finder([shelf]))


def taught(recipe: Recipe, corpus: Corpus = CORPUS) -> SavedModel:
    return fit(replace(recipe, training=replace(recipe.training, epochs=2)), [corpus], quiet=True)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(scope="module")
def members(shelf: Path) -> list[SavedModel]:
    """A network among them: its 32-bit numbers do depend on company."""
    recipes = [Recipe("nb-1", "naive-bayes"), Recipe("svm-1", "svm", options={"limit": 40}), NETWORK]
    return [kept(taught(recipe), shelf) for recipe in recipes]


def chances(saved: SavedModel, texts: Sequence[str] = TEXTS) -> Floats:
    return chances_of(saved.model.logits(texts), saved.manifest.calibration, saved.manifest.multi)


@pytest.mark.parametrize(
    ("how", "plain"),
    [
        ("mean", lambda each: each.mean(axis=0)),
        ("product", lambda each: each.prod(axis=0)),
        ("max", lambda each: each.max(axis=0)),
        ("min", lambda each: each.min(axis=0)),
    ],
)
def test_chances_are_combined_as_their_name_says(how: str, plain: Any, members: list[SavedModel]) -> None:
    each = np.stack([chances(saved) for saved in members])
    expected = plain(each) / plain(each).sum(axis=1, keepdims=True)
    combined = combine(members, how, [CORPUS])
    assert np.allclose(softmax(combined.model.logits(TEXTS)), expected, atol=1e-6)


def test_yes_and_no_are_combined_label_by_label() -> None:
    each = np.random.default_rng(1).uniform(0.01, 0.99, (3, 20, 4))
    yes, no = each.prod(axis=0), (1 - each).prod(axis=0)
    for how, expected in (("mean", each.mean(axis=0)), ("product", yes / (yes + no)), ("max", each.max(axis=0))):
        assert np.allclose(chances_of(Pool(how, multi=True).logits(each), Calibration(), multi=True), expected)


def test_a_certain_member_has_no_veto() -> None:
    each = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
    assert np.allclose(softmax(Pool("product", multi=False).logits(each)), 0.5)


def test_weights_are_shares_of_one_and_a_useless_member_gets_little() -> None:
    chance = np.random.default_rng(2)
    truth = chance.integers(4, size=500)
    knowing = softmax(2 * np.eye(4)[truth] + chance.normal(size=(500, 4)))
    other = softmax(2 * np.eye(4)[truth] + chance.normal(size=(500, 4)))
    useless = softmax(3 * chance.normal(size=(500, 4)))
    weights = fitted_weights(np.stack([knowing, other, useless]), truth)
    assert sum(weights) == pytest.approx(1)
    assert min(weights[:2]) > 0.3
    assert weights[2] < 0.05


def test_no_other_weights_have_less_log_loss_on_the_validation_rows() -> None:
    chance = np.random.default_rng(3)
    truth = chance.integers(3, size=200)
    each = np.stack([softmax(k * np.eye(3)[truth] + chance.normal(size=(200, 3))) for k in (1.0, 1.5, 0.2)])

    def loss(weights: Sequence[float]) -> float:
        return log_loss(Pool("weighted", False, tuple(weights)).logits(each), truth, 1.0)

    best = loss(fitted_weights(each, truth))
    assert best <= min(loss(weights) for weights in chance.dirichlet(np.ones(3), size=300)) + 1e-6


def test_weights_of_yes_and_no_find_the_better_member() -> None:
    chance = np.random.default_rng(4)
    truth = chance.integers(2, size=(300, 3))
    good, bad = np.where(truth > 0, 0.8, 0.2), chance.uniform(0.05, 0.95, truth.shape)
    assert fitted_weights(np.stack([good, bad]), truth)[0] > 0.9


@pytest.mark.parametrize("how", ["mean", "product", "max", "min", "weighted"])
def test_an_ensemble_comes_back_from_its_folder(how: str, members: list[SavedModel], shelf: Path) -> None:
    combined = combine(members, how, [CORPUS], f"{how}-1")
    again = kept(combined, shelf)
    assert again.model.logits(TEXTS).tobytes() == combined.model.logits(TEXTS).tobytes()
    assert again.model.noise == combined.model.noise
    assert again.manifest.config["members"] == [saved.manifest.version for saved in members]


@pytest.mark.parametrize("how", ["mean", "product", "max", "min", "weighted"])
def test_thousandths_do_not_depend_on_company(how: str, members: list[SavedModel], shelf: Path) -> None:
    """Also where the ensemble's own temperature makes the most of a small difference."""
    texts = [row.text for row in rows(200, 9)] + ["", "😭", "\ud800"]
    for temperature in (0.3, 3.0):
        combined = combine(members, how, [CORPUS], f"{how}-{temperature}")
        saved = kept(combined, shelf, temperature=temperature, by_margin=())
        classifier = ModelClassifier(saved)
        exactly = np.concatenate([saved.model.exact(text) for text in texts])
        wanted = saved.manifest.label_scheme().fold(softmax(exactly, temperature)) * 1000
        for size in (1, 7, len(texts)):
            parts = [classifier.emotions(texts[at : at + size]) for at in range(0, len(texts), size)]
            assert (np.concatenate(parts) == np.floor(wanted + 0.5)).all()
        off = np.abs(scheme("dair").fold(softmax(saved.model.logits(texts), temperature)) * 1000 - wanted).max()
        assert off < saved.model.noise


def test_a_member_is_asked_once_for_each_split(members: list[SavedModel]) -> None:
    asked: list[int] = []

    class Counting:
        kind, noise, config = "counting", 0.0, {}

        def logits(self, texts: Sequence[str]) -> Floats:
            asked.append(len(texts))
            return members[0].model.logits(texts)

    counting = replace(members[0], model=Counting())  # type: ignore[arg-type]
    combine([counting, members[1]], "weighted", [CORPUS])
    assert sorted(asked) == sorted([len(CORPUS.validation), len(CORPUS.test)])


def test_a_missing_member_is_named(members: list[SavedModel], shelf: Path, tmp_path: Path) -> None:
    combined = combine(members[:2], "mean", [CORPUS], "lonely")
    save_model(tmp_path / "lonely", combined, card="#")
    with pytest.raises(ModelUnusable, match=f"lacks its member {members[0].manifest.version}"):
        load_model(tmp_path / "lonely", finder([tmp_path]))
    with pytest.raises(ModelUnusable, match=f"made of {members[0].manifest.version}, but svm-1@"):
        load_model(tmp_path / "lonely", lambda version: members[1])


def test_members_of_different_labels_are_refused(members: list[SavedModel], shelf: Path) -> None:
    other = taught(Recipe("seven", "naive-bayes", scheme="canonical"), replace(CORPUS, name="seven"))
    with pytest.raises(ModelUnusable, match=r"'dair' \(6\) and seven in those of 'canonical' \(7\): combine models of"):
        combine([members[0], kept(other, shelf)], "mean", [CORPUS])


def test_an_ensemble_speaks_the_languages_its_members_share(members: list[SavedModel], shelf: Path) -> None:
    both = kept(members[0], shelf, name="both", languages=("de", "en"))
    german = kept(members[0], shelf, name="german", languages=("de",))
    assert combine([both, members[1]], "mean", [CORPUS]).manifest.languages == ("en",)
    with pytest.raises(ModelUnusable, match="no language in common"):
        combine([german, members[1]], "mean", [CORPUS])


def test_one_model_is_no_ensemble(members: list[SavedModel]) -> None:
    for few in (members[:1], [members[0], members[0]]):
        with pytest.raises(TrainingFailed, match="at least two different models"):
            combine(few, "mean", [CORPUS])


def test_ensembles_may_be_members(members: list[SavedModel], shelf: Path) -> None:
    inner = kept(combine(members[:2], "product", [CORPUS], "inner"), shelf)
    outer = kept(combine([inner, members[2]], "mean", [CORPUS], "outer"), shelf)
    expected = np.log((chances(inner) + chances(members[2])) / 2)
    assert np.allclose(outer.model.logits(TEXTS), expected)


INSIDE = {
    "bagging": {"of": "svm", "count": 3, "limit": 60},
    "boosting": {"of": "logistic", "rounds": 4, "limit": 80},
    "stacking": {"folds": 3},
}


@pytest.mark.parametrize("kind", INSIDE)
def test_what_was_taught_for_one_ensemble_lies_inside_its_folder(kind: str, tmp_path: Path) -> None:
    saved = taught(Recipe(kind, kind, options=INSIDE[kind]))
    save_model(tmp_path / "first", saved, card="#")
    (tmp_path / "first").rename(tmp_path / "moved")
    again = load_model(tmp_path / "moved")
    texts = [*TEXTS, "", "😭", "\ud800"]
    assert again.model.logits(texts).tobytes() == saved.model.logits(texts).tobytes()
    classifier = ModelClassifier(again)
    assert (np.concatenate([classifier.emotions([text]) for text in texts]) == classifier.emotions(texts)).all()
    assert saved.manifest.metrics["test"]["feelings"]["accuracy"] > 0.5
    assert all(name.startswith("members/") or name == "model.safetensors" for name in saved.model.files())


@pytest.mark.parametrize("kind", ["bagging", "stacking"])
def test_yes_or_no_labels_can_be_bagged_and_stacked(kind: str) -> None:
    corpus = Corpus("moods", BOTH, moods(150, 1), moods(60, 2), moods(60, 3))
    options = {"of": "logistic", "count": 2} if kind == "bagging" else {"of": "logistic,svm", "folds": 2}
    lesson = Lesson(Recipe(kind, kind, options=options), BOTH, corpus.train, [corpus], quiet=True)
    said = learners.learner_of(kind)(lesson).model.logits(["lowish tenseish", "calmish"]) > 0
    assert said.tolist() == [[True, True, False], [False, False, True]]


def test_boosting_yes_or_no_labels_is_refused() -> None:
    lesson = Lesson(Recipe("x", "boosting"), BOTH, moods(50, 1), [], quiet=True)
    with pytest.raises(TrainingFailed, match="use bagging or stacking instead"):
        learners.learner_of("boosting")(lesson)


def test_bagging_differs_by_seed_and_not_otherwise() -> None:
    recipe = Recipe("bag", "bagging", options={"of": "naive-bayes", "count": 2})
    first, again = taught(recipe.seeded(1)), taught(recipe.seeded(1))
    assert first.model.files() == again.model.files()
    assert first.model.files() != taught(recipe.seeded(2)).model.files()


def test_boosting_beats_its_single_weak_member() -> None:
    """The member is held back so hard that it leaves much to those after it."""
    weak = {"ngrams": [1, 1], "limit": 30, "C": 0.003, "sublinear": False}
    corpus = uneven()
    alone = taught(Recipe("weak", "logistic", options=weak, training=TrainingOptions(weighting="none")), corpus)
    boosted = taught(
        Recipe(
            "strong",
            "boosting",
            options={**weak, "of": "logistic", "rounds": 30},
            training=TrainingOptions(weighting="none"),
        ),
        corpus,
    )
    figures = [saved.manifest.metrics["test"]["feelings"]["accuracy"] for saved in (alone, boosted)]
    assert figures[1] > figures[0] + 0.1


def uneven() -> Corpus:
    """One feeling ten times more frequent than each other, so that a timid model says nothing else."""
    often = ("joy",) * 10 + ("sadness", "anger", "fear")
    return Corpus("feelings", scheme("dair"), rows(390, 1, often), rows(60, 2), rows(60, 3))


class Memory:
    """Knows by heart what it was taught, and nothing else."""

    kind, noise = "memory", 0.0

    def __init__(self, seen: Sequence[Row], labels: tuple[str, ...]) -> None:
        self.config: dict[str, Any] = {}
        self._labels = labels
        self._known = {row.text: labels.index(row.labels[0]) for row in seen}

    def logits(self, texts: Sequence[str]) -> Floats:
        answers = np.zeros((len(texts), len(self._labels)))
        for row, text in enumerate(texts):
            if text in self._known:
                answers[row, self._known[text]] = 9.0
        return answers

    def exact(self, text: str) -> Floats:
        return self.logits([text])

    def files(self) -> dict[str, bytes]:
        return {}


def learn_by_heart(lesson: Lesson) -> Learned:
    return Learned(Memory(lesson.train, lesson.scheme.labels), [])


@pytest.fixture
def _memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(learners._LEARNERS, "memory", f"{__name__}:learn_by_heart")


@pytest.mark.usefixtures("_memory")
def test_no_model_speaks_out_of_fold_of_a_row_it_saw() -> None:
    """Rows that occur twice are no way around it."""
    recipe = Recipe("stack", "stacking")
    lesson = Lesson(recipe, scheme("dair"), CORPUS.train + CORPUS.train[:40], [CORPUS], quiet=True)
    said = out_of_fold(lesson, [member_recipe(recipe, "memory")], folds=4)
    assert np.allclose(said, 1 / 6)


@pytest.mark.usefixtures("_memory")
def test_stacking_does_not_trust_a_member_that_only_remembers() -> None:
    recipe = Recipe("stack", "stacking", options={"of": ["memory", "svm"], "folds": 4})
    model = learners.learner_of("stacking")(Lesson(recipe, scheme("dair"), CORPUS.train, [CORPUS], quiet=True)).model
    assert isinstance(model, Ensemble)
    weights = np.abs(model.combination.plane.slopes)  # type: ignore[attr-defined]
    assert weights[:6].sum() < 0.05 * weights[6:].sum()
    assert [member.model.kind for member in model.members] == ["memory", "svm"]
    assert model.members[0].model.logits([CORPUS.train[0].text]).max() == 9.0  # taught on all rows in the end


def test_folds_are_even_seeded_and_hold_every_label() -> None:
    fold = folds_of(CORPUS.train, 5, seed=1)
    assert np.bincount(fold).tolist() == pytest.approx([len(fold) / 5] * 5, abs=3)
    for number in range(5):
        labels = {row.labels for row, one in zip(CORPUS.train, fold, strict=True) if one == number}
        assert len(labels) == 6
    assert (fold == folds_of(CORPUS.train, 5, seed=1)).all()
    assert (fold != folds_of(CORPUS.train, 5, seed=2)).any()


@pytest.mark.parametrize(
    ("kind", "options", "sentence"),
    [
        ("bagging", {"count": 1}, "count must be at least 2"),
        ("bagging", {"of": "svm", "depth": 3}, "'svm' has no option depth"),
        ("bagging", {"of": "oracle"}, "There is no kind of model 'oracle'"),
        ("boosting", {"of": "recurrent"}, "of must be one of naive-bayes, logistic, svm"),
        ("boosting", {"rate": 0}, "rate above 0"),
        ("stacking", {"of": ["svm"]}, "at least two different kinds"),
        ("stacking", {"folds": 1}, "folds must be at least 2"),
        ("stacking", {"folds": 5000}, "cannot be dealt into 5000 folds"),
    ],
)
def test_an_option_that_cannot_be_is_refused(kind: str, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TrainingFailed, match=sentence):
        taught(Recipe(kind, kind, options=options))


def write_texts(path: Path, seed: int = 5) -> None:
    path.write_text("\n".join(["text,label", *(f"{text},{label}" for text, (label,) in rows(300, seed))]))


@pytest.fixture
def files(members: list[SavedModel], tmp_path: Path) -> list[str]:
    """What a person has on disk: two models and a file of labelled texts."""
    for saved in members[:2]:
        kept(saved, tmp_path)
    write_texts(tmp_path / "texts.csv")
    of = [str(tmp_path / saved.manifest.name) for saved in members[:2]]
    return [*(word for folder in of for word in ("--of", folder)), "--data", "texts.csv"]


def test_the_command_saves_a_model_that_loads(files: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["ensemble", "two", *files, "--how", "weighted", "--out", "two", "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert sum(report["weights"]) == pytest.approx(1)
    assert [version.split("@")[0] for version in report["of"]] == ["nb-1", "svm-1", "two"]
    assert all(set(splits) == {"validation", "test"} for splits in report["of"].values())
    assert load_classifier("two").version == report["model"]
    assert EMOTIONS[load_classifier("two").emotions(["so furious, outrage and rage"])[0].argmax()] == "anger"
    assert load_saved("two").manifest.metrics["test"] == report["of"][report["model"]]["test"]
    assert "`nb-1@" in (tmp_path / "two" / "README.md").read_text()


def test_the_command_shows_members_beside_the_ensemble(files: list[str]) -> None:
    shown = CliRunner().invoke(main, ["ensemble", "two", *files, "--out", "two"]).output
    for word in ("nb-1@", "svm-1@", "two@", "validation", "test", "accuracy", "macro-F1"):
        assert word in shown


def test_a_member_that_would_not_be_found_again_is_told_before_anything_is_written(
    files: list[str], tmp_path: Path
) -> None:
    result = CliRunner().invoke(main, ["ensemble", "two", *files, "--out", "elsewhere/two"])
    assert result.exit_code == 1
    assert "would not find its member nb-1@" in result.output
    assert not (tmp_path / "elsewhere").exists()


def test_a_member_that_knows_the_tested_rows_is_told_of(tmp_path: Path) -> None:
    """The same file, cut otherwise than it was for one of the members."""
    write_texts(tmp_path / "texts.csv")
    for name, seed in (("same", HeldOut().seed), ("other", 7)):
        corpus = load_data("texts.csv", held_out=HeldOut(seed=seed), prefer=scheme("dair")).corpus
        kept(taught(Recipe(name, "naive-bayes", data=("texts.csv",)), corpus), tmp_path)
    result = CliRunner().invoke(main, ["ensemble", "two", "--of", "same", "--of", "other", "--out", "two"])
    assert result.exit_code == 0, result.output
    assert "other@" in result.stderr
    assert "was trained on other rows of this data" in result.stderr
    assert "same@" not in result.stderr


def test_rows_are_held_out_as_they_were_for_the_members(tmp_path: Path) -> None:
    """A split of its own would have made rows that the members learned into test rows."""
    write_texts(tmp_path / "texts.csv")
    cut = HeldOut(validation=0.2, test=0.3, seed=7)
    corpus = load_data("texts.csv", held_out=cut, prefer=scheme("dair")).corpus
    for name, kind in (("one", "naive-bayes"), ("two", "logistic")):
        recipe = Recipe(name, kind, data=("texts.csv",), held_out=vars(cut))
        kept(taught(recipe, corpus), tmp_path)
    result = CliRunner().invoke(main, ["ensemble", "both", "--of", "one", "--of", "two", "--out", "both"])
    assert result.exit_code == 0, result.output
    assert "may flatter" not in result.stderr
    made = load_saved("both").manifest
    assert made.data_sha256 == load_saved("one").manifest.data_sha256
    assert made.metrics["test"]["texts"]["rows"] == len(corpus.test)
    assert made.training["data"] == ["texts.csv"]
    assert made.training["held_out"]["seed"] == 7, "a page on the ensemble finds its rows again"


def test_a_member_taught_on_this_data_and_other_data_is_told_of(tmp_path: Path) -> None:
    """What held a text out of the one training may not have held it out of the other."""
    for name, seed in (("texts.csv", 5), ("more.csv", 6)):
        write_texts(tmp_path / name, seed)
    for name, data in (("one", ("texts.csv",)), ("union", ("texts.csv", "more.csv"))):
        corpora = [load_data(source, prefer=scheme("dair")).corpus for source in data]
        kept(fit(Recipe(name, "naive-bayes", data=data), corpora, quiet=True), tmp_path)
    words = ["ensemble", "both", "--of", "one", "--of", "union", "--out", "both", "--data", "./texts.csv"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert [line.split("@")[0] for line in result.stderr.splitlines() if "may flatter it" in line] == ["union"]
    again = CliRunner().invoke(main, [*words, "--data", "more.csv", "--replace"])
    assert [line.split("@")[0] for line in again.stderr.splitlines() if "may flatter it" in line] == ["one"]


def test_what_lies_at_the_place_is_never_lost_unasked(files: list[str], tmp_path: Path) -> None:
    words = ["ensemble", "two", *files, "--out", "place"]
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "thesis.txt").write_text("years of work")
    for more in ([], ["--replace"]):
        refused = CliRunner().invoke(main, [*words, *more])
        assert refused.exit_code == 1
        assert "place is there and is no model folder" in refused.stderr
    assert (tmp_path / "place" / "thesis.txt").read_text() == "years of work"


def test_a_model_is_replaced_only_when_asked(files: list[str], tmp_path: Path) -> None:
    words = ["ensemble", "two", *files, "--out", "two"]
    assert CliRunner().invoke(main, words).exit_code == 0
    before = load_saved("two").manifest.version
    refused = CliRunner().invoke(main, [*words, "--how", "product"])
    assert refused.exit_code == 1
    assert "two already holds a model: add --replace" in refused.stderr
    assert load_saved("two").manifest.version == before
    assert CliRunner().invoke(main, [*words, "--how", "product", "--replace"]).exit_code == 0
    assert load_saved("two").manifest.version != before


def test_an_ensemble_never_replaces_its_own_member(files: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["ensemble", "two", *files, "--out", "nb-1", "--replace"])
    assert result.exit_code == 1
    assert "would replace its own member nb-1@" in result.stderr
    assert load_saved("nb-1").manifest.kind == "naive-bayes"


def test_a_place_that_cannot_be_written_is_said_before_anything_is_measured(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setattr("models.ensembles.combine.combine", None)  # calling it would be a traceback
    result = CliRunner().invoke(main, ["ensemble", "two", *files, "--out", "file/two"])
    assert result.exit_code == 1
    assert "file/two cannot be written (Not a directory)" in result.stderr


@pytest.mark.parametrize("name", ["default", "keywords", "a/b", "bilstm-en-1"])
def test_a_name_that_is_taken_or_no_name_is_refused(name: str, files: list[str]) -> None:
    result = CliRunner().invoke(main, ["ensemble", name, *files])
    assert result.exit_code == 2
    assert "cannot name a model of your own" in result.output
