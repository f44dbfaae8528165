"""`tideline grid`: every pooling with every loss, kept as it goes, and one page that says no more than it knows."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from models.data.rows import Corpus, Row
from models.grid import run as running
from models.grid.differences import Difference
from models.grid.draws import draws_of
from models.grid.estimate import Estimate, estimate
from models.grid.folder import opened, read_folder
from models.grid.kept import Answered, write_cell
from models.grid.measures import neighbour_accuracy, silhouette
from models.grid.pace import Pace
from models.grid.places import places
from models.grid.plan import LOSSES, POOLINGS, Cell
from models.grid.rows import limited
from models.grid.verdict import verdict
from models.grid.write import kept_in
from models.load import load_saved
from models.saved import SavedModel
from models.training.course import Course
from models.training.fit import fit
from models.training.recipe import Recipe
from models.training.teacher import Step, Teacher
from stream.cli import main
from tests.models.checkpoints import tiny_bert

WORDS = {"sadness": "gloomy", "joy": "happy", "fear": "scared"}
SIX = [(pooling, loss) for pooling in POOLINGS for loss in LOSSES]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base of three tiny layers, and sixty invented rows."""
    folder = tmp_path_factory.mktemp("grid")
    tiny_bert(folder / "tiny")
    lines = [f"i feel {word} on day number {number},{label}" for number in range(20) for label, word in WORDS.items()]
    (folder / "rows.csv").write_text("\n".join(["text,label", *lines]))
    return folder


def asked(place: Path, *more: str | Path) -> list[str | Path]:
    """A grid that takes a second; what is given last counts."""
    base = ["grid", "--base", place / "tiny", "--data", place / "rows.csv", "--test", "0.2", "--validation", "0.2"]
    quick = ["--epochs", "1", "--batch", "8", "--rate", "0.001", "--embedding", "8", "--seeds", "1", "--device", "cpu"]
    return [*base, *quick, "--quiet", *more]


@pytest.fixture(scope="module")
def whole(place: Path) -> Path:
    """All six cells with two seeds, two epochs each, never interrupted."""
    done = run(*asked(place, "--seeds", "1,2", "--epochs", "2", "--out", place / "whole"))
    assert done.exit_code == 0, done.output
    return place / "whole"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is trained from now on."""
    names: list[str] = []

    def counting(recipe: Recipe, corpora: Sequence[Corpus], quiet: bool, checkpoint: Path) -> SavedModel:
        names.append(recipe.name.split(".", 1)[1])
        return fit(recipe, corpora, quiet, checkpoint)

    monkeypatch.setattr(running, "fit", counting)
    return names


def cells(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "cells").iterdir())}


# --- what comes out ------------------------------------------------------------------------------------------


def test_every_pooling_stands_beside_every_loss_with_its_interval(whole: Path) -> None:
    document = json.loads((whole / "table.json").read_text())
    assert [(one["pooling"], one["loss"]) for one in document["combinations"]] == SIX
    for one in document["combinations"]:
        assert one["seeds"] == 2
        assert one["macro_f1_low"] < one["macro_f1"] < one["macro_f1_high"]
        assert -1 <= one["silhouette"] <= 1
        assert 0 <= one["knn_accuracy"] <= 1
    assert len(document["trainings"]) == 12
    rows = (whole / "table.csv").read_text().splitlines()
    assert len(rows) == 7
    assert rows[0].startswith("base,pooling,loss,seeds,accuracy,accuracy_low,accuracy_high,macro_f1")


def test_every_loss_is_compared_with_cross_entropy_and_every_mean_with_cls(whole: Path) -> None:
    found = json.loads((whole / "table.json").read_text())["differences"]
    assert [(one["what"], one["against"], one["within"]) for one in found] == [
        ("contrastive", "ce", "cls pooling"),
        ("triplet", "ce", "cls pooling"),
        ("contrastive", "ce", "mean pooling"),
        ("triplet", "ce", "mean pooling"),
        ("mean", "cls", "ce"),
        ("mean", "cls", "contrastive"),
        ("mean", "cls", "triplet"),
    ]


def test_the_page_shows_curves_tables_and_a_picture_of_every_cell(whole: Path) -> None:
    page = (whole / "grid.html").read_text()
    for heading in ("Results", "Differences", "Training", "Vectors", "Settings"):
        assert f"<h2>{heading}</h2>" in page
    for pooling, loss in SIX:
        assert re.search(rf"<b>{pooling}, {loss}</b>silhouette −?\d\.\d+, kNN \d\.\d+", page)
    assert page.count('src="data:image/png;base64,') == 6
    assert page.count("Validation macro-F1 by epoch: tiny, cls pooling.") == 1
    assert page.count('<figure class="card" id="picture-loss') == 2
    assert json.loads((whole / "table.json").read_text())["verdict"] in page


def test_the_page_asks_nobody_for_anything_and_holds_no_text(whole: Path, place: Path) -> None:
    page = (whole / "grid.html").read_text()
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!data:image/png;base64,|#)', page)
    assert "gloomy" not in page
    assert str(place) not in page


def test_cells_differ_in_pooling_and_loss_alone(whole: Path) -> None:
    recipes = [one.told["recipe"] for one in kept_in(read_folder(whole)) if one.cell.seed == 1]
    same = [
        {
            **recipe,
            "options": {**recipe["options"], "pooling": ""},
            "training": {**recipe["training"], "metric": ""},
        }
        for recipe in recipes
    ]
    assert len(recipes) == 6
    assert all(one == same[0] for one in same)
    assert same[0]["options"]["embedding"] == 8


def test_vectors_are_of_the_asked_width_and_the_losses_shape_them(whole: Path) -> None:
    found = {(one.cell.pooling, one.cell.loss): one.tested for one in kept_in(read_folder(whole)) if one.cell.seed == 1}
    shapes = {tested.vectors.shape for tested in found.values() if tested}
    assert shapes == {(12, 8)}
    plain, drawn = found["mean", "ce"], found["mean", "triplet"]
    assert plain
    assert drawn
    assert not np.array_equal(plain.vectors, drawn.vectors)


def test_the_command_prints_the_table_and_the_sentence(place: Path, whole: Path) -> None:
    done = run("grid", "--page-only", "--out", whole)
    assert done.exit_code == 0
    assert len(re.findall(r"tiny, (cls|mean), (ce|contrastive|triplet) +2 ", done.stdout)) == 6
    printed = " ".join(done.stdout.split())
    assert json.loads((whole / "table.json").read_text())["verdict"] in printed
    as_json = json.loads(run("grid", "--page-only", "--out", whole, "--json").stdout)
    assert as_json["page"] == str(whole / "grid.html")
    assert len(as_json["combinations"]) == 6


def test_pictures_are_written_where_asked(whole: Path) -> None:
    run("grid", "--page-only", "--out", whole, "--png", "pictures")
    names = sorted(path.name for path in Path("pictures").iterdir())
    assert len(names) == 5
    assert all((Path("pictures") / name).read_bytes().startswith(b"\x89PNG") for name in names)


# --- interrupted, and taken up ----------------------------------------------------------------------------------


def test_interrupted_in_its_second_training_it_ends_with_the_same_bytes(
    place: Path, whole: Path, monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    arguments = asked(place, "--seeds", "1,2", "--epochs", "2", "--out", "again")
    with monkeypatch.context() as patched:
        patched.setattr(Course, "save", _interrupted_at(5, Course.save))
        done = run(*arguments)
    assert done.exit_code == 1
    assert "interrupted: the same command goes on" in done.stderr
    assert counted == ["cls.ce.seed-1", "cls.contrastive.seed-1"]
    assert [name.split(".", 1)[1] for name in cells(Path("again"))] == [
        "cls.ce.seed-1.json",
        "cls.ce.seed-1.safetensors",
    ]
    epochs: list[int] = []
    monkeypatch.setattr(Course, "save", _noting(Course.save, epochs))
    assert run(*arguments).exit_code == 0
    assert counted[2] == "cls.contrastive.seed-1"
    assert epochs[:2] == [1, 2], "it began anew instead of going on after its first epoch"
    assert len(counted) == 13
    assert cells(Path("again")) == cells(whole)
    assert (Path("again") / "table.json").read_bytes() == (whole / "table.json").read_bytes()
    assert list((Path("again") / ".training").iterdir()) == []


def _interrupted_at(last: int, save: Callable[..., None]) -> Callable[..., None]:
    saves = 0

    def saved(course: Course, folder: Path, mark: str) -> None:
        nonlocal saves
        save(course, folder, mark)
        saves += 1
        if saves == last:
            raise KeyboardInterrupt

    return saved


def _noting(save: Callable[..., None], epochs: list[int]) -> Callable[..., None]:
    def saved(course: Course, folder: Path, mark: str) -> None:
        save(course, folder, mark)
        epochs.append(len(course.history))

    return saved


def test_what_is_finished_is_not_trained_again_and_more_may_be_asked_for(place: Path, counted: list[str]) -> None:
    one = asked(place, "--pooling", "cls", "--loss", "ce", "--out", "grid")
    run(*one)
    run(*one)
    assert counted == ["cls.ce.seed-1"]
    done = run(*one, "--seeds", "1,2", "--loss", "ce,triplet")
    assert counted[1:] == ["cls.triplet.seed-1", "cls.ce.seed-2", "cls.triplet.seed-2"]
    assert "1 of 4 trainings are finished already" in done.stderr
    assert "training 2 of 4: tiny, cls pooling, triplet, seed 1" in done.stderr
    assert "left for all)" in done.stderr


@pytest.mark.parametrize("damaged", ["json", "safetensors"])
def test_a_damaged_cell_is_trained_again(place: Path, counted: list[str], damaged: str) -> None:
    one = asked(place, "--pooling", "cls", "--loss", "ce", "--out", "grid")
    run(*one)
    before = cells(Path("grid"))
    next(Path("grid/cells").glob(f"*.{damaged}")).write_bytes(b"{}")
    assert run(*one).exit_code == 0
    assert len(counted) == 2
    assert cells(Path("grid")) == before


def test_a_checkpoint_that_does_not_fit_costs_only_the_cell_it_belongs_to(place: Path) -> None:
    one = asked(place, "--pooling", "cls", "--loss", "ce", "--out", "grid")
    run(*one)
    before = cells(Path("grid"))
    code = json.loads(next(Path("grid/cells").glob("*.json")).read_text())["code"]
    shutil.rmtree("grid/cells")
    checkpoint = Path("grid/.training") / f"{next(iter(before)).removesuffix('.json')}.{code[:8]}"
    checkpoint.mkdir(parents=True)
    (checkpoint / "checkpoint.safetensors").write_bytes(b"of another version")
    assert run(*one).exit_code == 0
    assert cells(Path("grid")) == before


def test_another_grid_s_folder_is_refused_by_what_differs(place: Path, counted: list[str]) -> None:
    one = asked(place, "--pooling", "cls", "--loss", "ce", "--out", "grid")
    run(*one)
    for more, differing in ((["--epochs", "2"], "epochs"), (["--limit", "20"], "data, limit")):
        done = run(*one, *more)
        assert done.exit_code == 1
        assert f"grid holds a grid of other options or data ({differing})" in done.stderr
        assert "add --replace to start anew" in done.stderr
    assert len(counted) == 1
    assert run(*one, "--epochs", "2", "--replace").exit_code == 0
    assert json.loads((Path("grid") / "grid.json").read_text())["training"]["epochs"] == 2


def test_a_folder_of_something_else_is_left_alone(place: Path) -> None:
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("dear")
    for more in ([], ["--replace"]):
        done = run(*asked(place, "--out", "mine", *more))
        assert done.exit_code == 1
        assert "mine is there and holds no grid: choose another folder with --out." in done.stderr
    assert [path.name for path in Path("mine").iterdir()] == ["letter.txt"]


def test_a_base_that_has_changed_is_not_mixed_with_what_it_was(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "tiny", tmp_path / "base")
    one = asked(place, "--base", "base", "--pooling", "cls", "--loss", "ce", "--out", "grid")
    del one[1:3]
    run(*one)
    vocabulary = json.loads(Path("base/tokenizer.json").read_text())
    Path("base/tokenizer.json").write_text(json.dumps({**vocabulary, "truncation": None}, indent=3))
    done = run(*one)
    assert done.exit_code == 1
    assert "is of other options, or of another version of its base" in done.stderr


def test_two_at_once_do_not_fill_one_folder(place: Path) -> None:
    one = asked(place, "--pooling", "cls", "--loss", "ce", "--out", "grid")
    run(*one)
    with opened(Path("grid"), read_folder(Path("grid")).stated, replace=False):
        done = run(*one)
    assert done.exit_code == 1
    assert "Another `tideline grid` is filling grid" in done.stderr


# --- failures -------------------------------------------------------------------------------------------------


def test_a_training_that_fails_is_recorded_and_the_others_go_on(
    place: Path, monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    one = asked(place, "--pooling", "cls", "--out", "grid")
    with monkeypatch.context() as patched:
        patched.setattr(Teacher, "step", _diverging(Teacher.step))
        done = run(*one)
    assert done.exit_code == 1
    assert "failed: The loss became inf in epoch 1: use a lower learning rate than 0.001." in done.stderr
    assert len(counted) == 3
    document = json.loads((Path("grid") / "table.json").read_text())
    assert [line["loss"] for line in document["combinations"]] == ["ce", "triplet"]
    assert [line["loss"] for line in document["failed"]] == ["contrastive"]
    assert "The loss became inf" in (Path("grid") / "grid.html").read_text()
    assert run(*one).exit_code == 1
    assert len(counted) == 3, "what failed is tried again only when asked"
    assert run(*one, "--retry").exit_code == 0
    assert counted[3:] == ["cls.contrastive.seed-1"]


def _diverging(step: Callable[..., Step]) -> Callable[..., Step]:
    def stepped(teacher: Teacher, *batch: object) -> Step:
        if teacher._options.metric == "contrastive":
            raise FloatingPointError("inf")
        return step(teacher, *batch)

    return stepped


def test_missing_weights_are_found_out_before_the_first_training(
    place: Path, monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    done = run(*asked(place, "--base", "nobody/nothing-base"))
    assert done.exit_code == 1
    assert "run `hf download nobody/nothing-base`" in done.stderr
    assert counted == []
    assert not Path("grid").exists()


def test_a_scheme_of_several_labels_a_row_is_refused(place: Path) -> None:
    done = run(*asked(place, "--scheme", "goemotions"))
    assert done.exit_code == 1
    assert "the scheme 'goemotions' allows several: choose a single-label scheme with --scheme" in done.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--pooling", "max"], "'max' is none of them: use cls, mean."),
        (["--loss", "ce,cosine"], "'cosine' is none of them: use ce, contrastive, triplet."),
        (["--loss", ","], "nothing is given"),
        (["--seeds", "one"], "is no list of numbers"),
        (["--set", "pooling=cls"], "pooling is what the grid settles: use --pooling."),
        (["--set", "metric=triplet"], "metric is what the grid settles: use --loss."),
        (["--set", "colour=blue"], "A transformer has no option 'colour'"),
        (["--set", "layers=2"], "Only the base scratch has the option 'layers'"),
        (["--mining", "easy"], "mining"),
        (["--loss", "ce", "--mining", "foo"], "mining is 'foo': use one of all, semi-hard, hard."),
        (["--loss", "ce", "--metric-weight", "-1"], "metric_weight is -1.0"),
        (["--loss", "ce", "--set", "margin=wide"], "margin"),
        (["--embedding", "-1"], "embedding is -1"),
        (["--device", "cuda"], "no CUDA device"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_is_begun(place: Path, more: list[str], said: str) -> None:
    done = run(*asked(place, *more))
    assert done.exit_code in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert not Path("grid").exists()


def test_data_and_base_must_be_said(place: Path) -> None:
    assert "--data" in run("grid", "--base", "minilm").stderr
    assert "--base" in run("grid", "--data", place / "rows.csv").stderr
    assert "holds no grid" in run("grid", "--page-only", "--out", place).stderr


# --- choices --------------------------------------------------------------------------------------------------


def test_models_are_kept_where_asked_and_answer_as_they_were_measured(place: Path) -> None:
    run(*asked(place, "--pooling", "mean", "--loss", "triplet", "--keep-models", "--out", "grid"))
    kept = kept_in(read_folder(Path("grid")))[0]
    saved = load_saved(str(Path("grid/models") / kept.cell.key))
    assert kept.tested
    assert saved.manifest.metrics["test"]["rows"] == kept.told["metrics"]["test"]["rows"]
    assert kept.told["figures"]["accuracy"] == saved.manifest.metrics["test"]["rows"]["accuracy"]


def test_a_small_transformer_from_nothing_is_a_base_too(place: Path) -> None:
    shape = [word for one in ("layers=1", "hidden=16", "heads=2", "minimum=1", "pieces=300") for word in ("--set", one)]
    arguments = asked(place, "--base", "scratch", "--loss", "ce", *shape, "--out", "grid")
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    combinations = json.loads((Path("grid") / "table.json").read_text())["combinations"]
    assert {(one["base"].rpartition("/")[2], one["pooling"]) for one in combinations} == {
        (base, pooling) for base in ("scratch", "tiny") for pooling in POOLINGS
    }


def test_a_limit_keeps_each_label_s_share_and_at_least_one_row_of_it() -> None:
    rows = [Row(f"text {number}", ("often" if number % 10 else "rarely",)) for number in range(200)]
    chosen = limited(rows, 50)
    assert len(chosen) == 50
    assert sum(row.labels == ("rarely",) for row in chosen) == 5
    assert limited(rows, 50) == chosen
    assert [row for row in rows if row in set(chosen)] == list(chosen)
    assert {row.labels for row in limited(rows, 2)} == {("often",), ("rarely",)}


def test_a_limit_counts_training_rows_alone(place: Path) -> None:
    run(*asked(place, "--pooling", "cls", "--loss", "ce", "--limit", "18", "--out", "grid"))
    assert read_folder(Path("grid")).stated["told"]["rows"] == {"train": 18, "validation": 12, "test": 12}


# --- Korean ---------------------------------------------------------------------------------------------------

KOREAN = ("분노", "놀람", "행복")


def test_korean_labels_are_drawn_as_korean(tmp_path: Path) -> None:
    """A letter that no font has is a warning of Matplotlib's, and warnings are errors here."""
    invented(tmp_path / "grid", labels=KOREAN)
    assert run("grid", "--page-only", "--out", "grid", "--png", "pictures").exit_code == 0
    page = (tmp_path / "grid/grid.html").read_text()
    assert all(f"</span>{label}</li>" in page for label in KOREAN)
    assert (tmp_path / "pictures/tsne-invented.png").stat().st_size > 10_000


def invented(folder: Path, labels: tuple[str, ...] = KOREAN, better: float = 0.0) -> None:
    """Three seeds of ce and triplet, 300 rows; triplet is right in so much larger a share of them."""
    told = {"data": ["invented"], "scheme": "invented", "rows": {"train": 900, "validation": 100, "test": 300}}
    stated = {
        "format": 1,
        "labels": labels,
        "limit": None,
        "options": {},
        "training": {},
        "data_sha256": "",
        "hash": "",
    }
    folder.mkdir(parents=True)
    (folder / "grid.json").write_text(json.dumps({**stated, "told": told}))
    chance = np.random.default_rng(1)
    truth = chance.integers(0, len(labels), 300)
    for seed in (1, 2, 3):
        for loss in ("ce", "triplet"):
            right = chance.random(300) < (0.6 + (better if loss == "triplet" else 0.0))
            guess = np.where(right, truth, (truth + 1) % len(labels))
            logits = np.eye(len(labels))[guess]
            vectors = np.eye(4)[truth] + chance.normal(size=(300, 4)) / 4
            history = {"history": [{"epoch": 1, "loss": 1.0, "macro_f1": 0.5}]}
            tested = Answered(vectors.astype(np.float32), logits.astype(np.float32), truth)
            write_cell(folder / "cells", Cell("invented", "mean", loss, seed), "code", history, tested)


# --- what may be said -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("better", "word", "sentence"),
    [
        (0.0, "none shown", "No difference that these seeds can show"),
        (0.3, "better", "In macro-F1, metric learning helps in 1 of 1 comparisons (triplet on invented"),
        (-0.3, "worse", "In macro-F1, metric learning hurts in 1 of 1 comparisons (triplet on invented"),
    ],
)
def test_metric_learning_helps_only_where_the_interval_leaves_out_zero(
    tmp_path: Path, better: float, word: str, sentence: str
) -> None:
    invented(tmp_path / "grid", better=better)
    document = json.loads(run("grid", "--page-only", "--out", "grid", "--json").stdout)
    (found,) = document["differences"]
    assert found["in_macro_f1"] == word
    assert (found["macro_f1_low"] < 0 < found["macro_f1_high"]) == (better == 0)
    assert document["verdict"].startswith(sentence)


def test_a_combination_without_a_model_keeps_its_place_among_the_pictures(tmp_path: Path) -> None:
    invented(tmp_path / "grid")
    for path in (tmp_path / "grid/cells").glob("*triplet*"):
        other = path.with_name(path.name.replace(".mean.", ".cls."))
        path.rename(other)
        if other.suffix == ".json":
            other.write_text(other.read_text().replace('"mean"', '"cls"'))
    run("grid", "--page-only", "--out", "grid")
    page = (tmp_path / "grid/grid.html").read_text()
    shown = re.findall(r"<figcaption><b>(\w+, \w+)</b>(no model|silhouette)", page)
    assert shown == [
        ("cls, ce", "no model"),
        ("mean, ce", "silhouette"),
        ("cls, triplet", "silhouette"),
        ("mean, triplet", "no model"),
    ]
    assert "Nothing can be said of metric learning" in page


def test_no_interval_of_a_share_leaves_zero_to_one(tmp_path: Path) -> None:
    invented(tmp_path / "grid", better=0.39)
    document = json.loads(run("grid", "--page-only", "--out", "grid", "--json").stdout)
    assert all(0 <= one["accuracy_low"] <= one["accuracy_high"] <= 1 for one in document["combinations"])


def difference(loss: str, low: float, high: float, seeds: int = 3) -> Difference:
    found = Estimate((low + high) / 2, low, high, seeds)
    return Difference("minilm", loss, "ce", "mean pooling", found, found)


def test_the_sentence_names_what_helps_what_hurts_and_what_is_not_known() -> None:
    found = [difference("triplet", 0.01, 0.03), difference("contrastive", -0.05, -0.01), difference("triplet", -1, 1)]
    assert verdict(found) == (
        "In macro-F1, metric learning helps in 1 of 3 comparisons (triplet on minilm with mean pooling: +0.020, +0.010 "
        "to +0.030), hurts in 1 of 3 comparisons (contrastive on minilm with mean pooling: −0.030, −0.050 to −0.010) "
        "and makes no difference that these seeds can show in the other; luck alone would show at least one difference "
        "in about 14 % of such grids."
    )


def test_one_seed_is_no_evidence_and_no_comparison_is_no_sentence() -> None:
    assert verdict([difference("triplet", 0.01, 0.03, seeds=1)]).startswith("One seed cannot show whether")
    assert verdict([]).startswith("Nothing can be said of metric learning")


def test_an_interval_knows_that_three_seeds_are_three() -> None:
    """No variance over rows: Student's t with two degrees of freedom, 4.303 standard errors."""
    found = estimate([1.0, 2.0, 3.0], np.full(1000, 2.0), rows=500)
    assert found.value == 2
    assert found.high - found.value == pytest.approx(4.303 / 3**0.5, abs=1e-3)


def test_an_interval_of_one_seed_is_that_of_the_rows() -> None:
    drawn = np.random.default_rng(1).normal(0.5, 0.01, 1000)
    found = estimate([0.5], drawn, rows=2000)
    assert found.high - found.low == pytest.approx(2 * 1.96 * drawn.std(ddof=1), rel=0.01)
    assert not found.seeds > 1


def test_figures_without_any_variance_have_an_interval_of_nothing() -> None:
    assert estimate([0.0, 0.0], np.zeros(1000), rows=10) == Estimate(0.0, 0.0, 0.0, 2)


def test_resamples_are_of_the_same_rows_for_all() -> None:
    truth = np.array([0, 1, 2] * 40)
    guess = np.where(np.arange(120) % 5 == 0, (truth + 1) % 3, truth)
    first, second, perfect = draws_of(truth, [guess, guess.copy(), truth])
    assert np.array_equal(first.macro_f1, second.macro_f1)
    assert set(perfect.accuracy) == {1.0}
    assert first.accuracy.mean() == pytest.approx(0.8, abs=0.01)
    assert first.accuracy.std() == pytest.approx((0.8 * 0.2 / 120) ** 0.5, rel=0.1)


def test_time_left_is_the_mean_so_far_times_what_is_left() -> None:
    clock = iter([0.0, 600.0, 1200.0])
    pace = Pace(3, lambda: next(clock))
    assert pace.told() == ""
    pace.step()
    assert pace.told() == " (about 20 min left for all)"
    pace.step()
    assert pace.told() == " (about 10 min left for all)"


# --- figures of a space -----------------------------------------------------------------------------------------

AXES = np.array([[1, 0], [2, 0], [0, 1], [0, 3]], dtype=np.float32)
"""Two directions; of each, two vectors of different lengths."""


def test_labels_that_lie_apart_have_the_best_silhouette_whatever_the_lengths() -> None:
    assert silhouette(AXES, np.array([0, 0, 1, 1])) == pytest.approx(1)
    assert silhouette(AXES, np.array([0, 1, 0, 1])) == pytest.approx(-0.5)


def test_labels_that_say_nothing_have_a_silhouette_of_about_nothing() -> None:
    chance = np.random.default_rng(1)
    found = silhouette(chance.normal(size=(400, 8)).astype(np.float32), chance.integers(0, 3, 400))
    assert found == pytest.approx(0, abs=0.02)


def test_a_row_is_judged_by_other_rows_only() -> None:
    apart, alone = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert neighbour_accuracy(AXES, apart, neighbours=1) == 1
    assert neighbour_accuracy(AXES, alone, neighbours=1) == 0


def test_of_as_many_neighbours_on_both_sides_the_nearer_wins() -> None:
    turned = np.radians([0, 10, 30, 35])
    vectors = np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)
    # Of two neighbours each: the first row meets 10 (own) and 30 (other), so a tie that 10 decides.
    assert neighbour_accuracy(vectors, np.array([0, 0, 1, 1]), neighbours=2) == 1


def test_a_space_without_contrasts_has_no_figures() -> None:
    assert silhouette(AXES, np.zeros(4, dtype=np.int64)) is None
    assert silhouette(AXES, np.arange(4)) is None
    assert neighbour_accuracy(AXES[:1], np.array([0])) is None
    assert neighbour_accuracy(np.zeros((3, 2), dtype=np.float32), np.array([1, 1, 1])) == 1


def test_laying_flat_is_seeded_and_keeps_groups_together() -> None:
    chance = np.random.default_rng(1)
    vectors = (np.repeat(np.eye(3), 20, axis=0) + chance.normal(size=(60, 3)) / 20).astype(np.float32)
    flat, again = places(vectors), places(vectors)
    assert flat is not None
    assert again is not None
    assert np.array_equal(flat, again)
    assert neighbour_accuracy(flat - flat.mean(axis=0), np.repeat([0, 1, 2], 20)) == 1
    assert places(vectors[:3]) is None
