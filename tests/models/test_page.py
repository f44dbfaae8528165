"""A model's page says what is known, shows nobody's text, and asks nobody for anything."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from models.data.apart import disjoint
from models.data.rows import Row, data_hash
from models.data.sources import load_data
from models.errors import DataUnusable, ModelUnusable
from models.evaluation.calibration import calibration_error
from models.labels import EMOTIONS
from models.manifest import Threshold
from models.page.card import card_html
from models.page.cloud import cloud
from models.page.curves import curves
from models.page.facts import Facts, gather
from models.page.fonts import drawable, font_for, plain_font
from models.page.gallery import Gallery, drawn
from models.page.page import render
from models.page.reliability import binned
from models.page.sources import CHANGED
from models.page.words import characteristic
from models.page.write import PageUnwritable, Written, write_page
from tests.models.tiny import saved, tiny_model

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VOID = {"meta", "br", "hr", "img", "input", "link"}
SECTIONS = {"about", "training", "data", "results", "calibration", "thresholds", "words", "other-models", "model-card"}
CURVE = [{"threshold": float(cut), "precision": cut / 1000, "recall": 1 - cut / 1000} for cut in range(50, 1000, 50)]
HISTORY = [
    {
        "epoch": 1.0,
        "loss": 0.9,
        "validation_loss": 0.8,
        "macro_f1": 0.5,
        "feelings_accuracy": 0.5,
        "feelings_macro_f1": 0.5,
    },
    {
        "epoch": 2.0,
        "loss": 0.4,
        "validation_loss": 0.5,
        "macro_f1": 0.7,
        "feelings_accuracy": 0.8,
        "feelings_macro_f1": 0.7,
    },
]
SECRET = "zanzibarcanary"


class WellFormed(HTMLParser):
    """Follows the open elements; collects ids, attributes and the words outside the style sheet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += f"\n{data}"


def texts() -> Iterator[tuple[str, str]]:
    """Each text once; `gloomy` and `furious` set the labels apart, the canary occurs in one row only."""
    for number in range(60):
        yield f"@ann{number} [NAME] told me a gloomy story of number {number} today", "sadness"
        yield f"what a furious crowd was number {number} over there", "anger"
    yield f"the {SECRET} sang", "anger"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path)


@pytest.fixture
def model(data: Path) -> Path:
    return write_model(data)


def write_data(folder: Path) -> Path:
    path = folder / "feelings.csv"
    path.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in texts()), encoding="utf-8")
    return path


def write_model(data: Path) -> Path:
    """A tiny model that says it learned from the file, as the training would have written it."""
    scheme = tiny_model().manifest.label_scheme()
    corpus = load_data(str(data), prefer=scheme).corpus
    known: dict[str, Any] = {
        "training": {"kind": "recurrent", "data": [str(data)], "training": {"seed": 5, "rate": 0.002}},
        "history": HISTORY,
        "data_sha256": data_hash(disjoint([corpus.in_scheme(scheme)])),
        "thresholds": dict.fromkeys(EMOTIONS, Threshold(threshold=300, precision=0.3, recall=0.7, curve=CURVE)),
        "licence": "<free> & open",
    }
    saved(data.parent / "tiny", **known)
    return data.parent / "tiny"


class Shown(NamedTuple):
    """One page, made once for all tests that only read it."""

    facts: Facts
    gallery: Gallery
    html: str
    page: WellFormed


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    facts = gather(str(write_model(write_data(tmp_path_factory.mktemp("page")))), against=("keywords",))
    gallery = drawn(facts)
    html = render(facts, gallery, "", NOW)
    return Shown(facts, gallery, html, WellFormed(html))


def written(model: Path, **options: Any) -> tuple[Written, WellFormed]:
    found = write_page(str(model), "", NOW, against=("keywords",), **options)
    return found, WellFormed(found.page.read_text(encoding="utf-8"))


def test_the_page_is_well_formed_and_holds_every_section(shown: Shown) -> None:
    assert shown.facts.missing == shown.facts.uncompared == ()
    assert shown.page.wrong == shown.page.open == []
    assert len(shown.page.ids) == len(set(shown.page.ids))
    assert set(shown.page.ids) >= SECTIONS
    assert "&lt;free&gt; &amp; open" in shown.html
    assert {"0.002", shown.facts.manifest.version} <= set(shown.page.words.split())


def test_the_page_asks_nobody_for_anything(shown: Shown) -> None:
    assert not {"script", "link", "img", "iframe", "image", "a"} & set(shown.page.tags)
    assert all(value.startswith("#") for name, value in shown.page.attributes if name in ("href", "src", "xlink:href"))
    assert all(place.startswith("#") for place in re.findall(r"url\(([^)]*)\)", shown.html))
    assert "http" not in shown.html.replace("http-equiv", "")
    assert "@import" not in shown.html


def test_what_pictures_refer_to_is_on_the_page(shown: Shown) -> None:
    wanted = {value for name, value in shown.page.attributes if name == "href"}
    wanted |= set(re.findall(r"url\(([^)]*)\)", shown.html))
    assert wanted
    assert {place.removeprefix("#") for place in wanted} <= set(shown.page.ids)


def test_every_picture_and_table_can_be_read_without_seeing_it(shown: Shown) -> None:
    tags = shown.page.tags
    assert tags.count("svg") == tags.count("figcaption") == shown.html.count('role="img" aria-label="') >= 8
    assert tags.count("caption") == tags.count("table")
    assert 'scope="row"' in shown.html
    assert 'scope="col"' in shown.html


def test_no_text_of_the_data_is_on_the_page_only_words_of_many_rows(shown: Shown) -> None:
    assert "\ngloomy\n" in shown.page.words
    assert "\nfurious\n" in shown.page.words
    assert SECRET not in shown.html
    assert "@ann" not in shown.html
    assert "[NAME]" not in shown.html
    for two in ("gloomy story", "a furious", "furious crowd", "told me", "number 3"):
        assert any(two in text for text, _ in texts())
        assert two not in shown.html


def test_colours_of_pictures_are_those_of_the_style_sheet(shown: Shown) -> None:
    for picture in shown.gallery:
        assert "var(--" in picture.svg
        assert not re.findall(r"#[0-9a-f]{6}\b(?!\w)", re.sub(r'(href="#|url\(#)[^")]*', "", picture.svg)), picture.name


def test_the_same_model_gives_the_same_pictures(shown: Shown) -> None:
    assert [picture.svg for picture in drawn(shown.facts)] == [picture.svg for picture in shown.gallery]


def test_the_figures_are_those_of_the_held_out_rows(shown: Shown) -> None:
    assert shown.facts.measured is not None
    scheme = tiny_model().manifest.label_scheme()
    (source,) = shown.facts.manifest.training["data"]
    held_out = load_data(source, prefer=scheme).corpus.test
    logits = tiny_model().model.logits([row.text for row in held_out])
    truth = np.array([scheme.labels.index(row.labels[0]) for row in held_out])
    mine, other = sorted(shown.facts.comparisons[0].lines, key=lambda line: line.p is not None)
    assert len(shown.facts.measured.together.truth) == len(held_out)
    assert mine.accuracy == pytest.approx(float((logits.argmax(axis=1) == truth).mean()))
    assert (other.version, other.p is not None) == ("keywords-2", True)


def test_pictures_are_written_as_png_and_none_is_blank(model: Path, tmp_path: Path) -> None:
    found, page = written(model, pngs=tmp_path / "pictures", out=tmp_path / "new" / "page.html")
    assert found.page == tmp_path / "new" / "page.html"
    assert found.size == found.page.stat().st_size
    names = {path.stem for path in found.pictures}
    assert names == {
        *("loss", "accuracy", "macro-f1", "distribution", "confusion", "calibration-all-test-rows", "thresholds"),
        *("words-sadness", "words-anger"),
    }
    assert {f"picture-{name}" for name in names} <= set(page.ids)
    for path in found.pictures:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("L"), dtype=float)
        assert pixels.shape[1] > 600
        assert pixels.var() > 50, path


def test_a_file_that_is_gone_leaves_a_page_that_says_so(model: Path, data: Path) -> None:
    data.unlink()
    found, page = written(model)
    assert any("feelings.csv" in sentence for sentence in found.missing)
    assert "Not measured on feelings.csv" in page.words
    assert {"about", "training", "thresholds", "model-card"} <= set(page.ids)
    assert not {"results", "words", "other-models"} & set(page.ids)
    assert page.wrong == []


def test_a_file_that_changed_since_is_told(model: Path, data: Path) -> None:
    data.write_text(data.read_text(encoding="utf-8") + "one more gloomy row,sadness\n", encoding="utf-8")
    found, page = written(model)
    assert found.missing == (CHANGED,)
    assert "results" in page.ids


def test_a_model_that_names_no_data_still_has_a_page(tmp_path: Path) -> None:
    saved(tmp_path / "bare", history=[])
    found, page = written(tmp_path / "bare")
    assert found.missing[0].endswith("name some with --data.")
    assert "keeps no history" in page.words


def test_other_data_is_measured_whole_when_asked_for(model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("text,label\nso gloomy,sadness\nso furious,anger\nso grim,sadness\n", encoding="utf-8")
    facts = gather(str(model), data=str(other), against=("keywords",))
    assert facts.measured is not None
    assert len(facts.measured.together.truth) == 3
    with pytest.raises(DataUnusable, match=r"nosuch\.csv"):
        gather(str(model), data="nosuch.csv")


def test_a_model_whose_rows_carry_several_labels_has_a_page(tmp_path: Path) -> None:
    data = tmp_path / "several.csv"
    rows = [f"gloomy {n},sadness" for n in range(20)] + [f"furious {n},anger" for n in range(20)]
    rows += [f'gloomy furious {n},"sadness,anger"' for n in range(5)]
    data.write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    cuts = dict.fromkeys(("sadness", "anger"), Threshold(threshold=500, precision=0.5, recall=0.5, curve=CURVE))
    saved(tmp_path / "multi", multi=True, label_thresholds=cuts)
    _, page = written(tmp_path / "multi", data=str(data))
    assert page.wrong == []
    assert "A row may carry several labels" in page.words
    assert "picture-label-thresholds" in page.ids


def test_a_rival_that_cannot_be_loaded_or_compared_is_named(model: Path, tmp_path: Path) -> None:
    saved(tmp_path / "joyful", labels=("joy", "love"), mapping={"joy": "joy", "love": "love"})
    facts = gather(str(model), against=("nosuch", str(tmp_path / "joyful")))
    assert [line.version.split("@")[0] for line in facts.comparisons[0].lines] == ["tiny"]
    assert "nosuch is not compared" in facts.uncompared[0]
    assert facts.uncompared[1].startswith("tiny@") or facts.uncompared[1].startswith("joyful")
    assert render(facts, drawn(facts), "", NOW).count("is not compared") == 2


def test_an_unknown_model_and_a_place_that_cannot_be_written_are_one_sentence(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="nosuch"):
        written(Path("nosuch"))
    with pytest.raises(ModelUnusable, match="learned nothing"):
        write_page("keywords", "", NOW)
    (tmp_path / "file").touch()
    with pytest.raises(PageUnwritable, match="choose another place"):
        written(model, out=tmp_path / "file" / "page.html")
    assert not list(tmp_path.rglob("*.draft"))


def test_common_words_of_all_labels_are_not_characteristic() -> None:
    rows = [Row(f"gloomy people talk {n}", ("sadness",)) for n in range(50)]
    rows += [Row(f"furious people talk {n}", ("anger",)) for n in range(50)]
    assert characteristic([rows], ("sadness", "anger"), 10).keys() == {"sadness", "anger"}
    assert list(characteristic([rows], ("sadness", "anger"), 10)["anger"]) == ["furious"]


def test_a_word_of_fewer_than_five_rows_is_never_shown() -> None:
    for times, shown in ((4, set()), (5, {"marmalade"})):
        rows = [Row("marmalade here", ("sadness",))] * times + [Row("furious people", ("anger",))] * 200
        assert set(characteristic([rows], ("sadness",), 10)["sadness"]) == shown


def test_the_habits_of_one_data_set_do_not_pass_for_a_label() -> None:
    """All rows of the first set say `tweet`, and most of them are sad: the word says nothing about sadness."""
    first = [Row("tweet gloomy", ("sadness",))] * 90 + [Row("tweet furious", ("anger",))] * 10
    second = [Row("comment gloomy", ("sadness",))] * 10 + [Row("comment furious", ("anger",))] * 90
    assert list(characteristic([first, second], ("sadness",), 10)["sadness"]) == ["gloomy"]
    assert "tweet" in characteristic([[*first, *second]], ("sadness",), 10)["sadness"]


def test_the_bins_of_the_plot_add_up_to_the_calibration_error() -> None:
    chances = np.random.default_rng(4).dirichlet((1, 1, 1), size=3000)
    truth = np.random.default_rng(5).integers(0, 3, size=3000)
    bins = binned(chances, truth)
    gap = (np.abs(bins.confidence - bins.right) * bins.rows).sum() / 3000
    assert gap == pytest.approx(calibration_error(chances, truth), abs=0.005)


def test_words_that_no_font_here_can_draw_are_left_out() -> None:
    assert drawable("gloomy", plain_font())
    assert not drawable("한숨", plain_font())
    picture = cloud("any", {"gloomy": 9.0, "\U0001f9ff\U0001f9ff": 8.0})
    assert picture is not None
    assert "\U0001f9ff" not in picture.svg
    assert cloud("none", {"\U0001f9ff\U0001f9ff": 8.0}) is None


def test_korean_words_get_a_font_that_has_them() -> None:
    assert drawable("한숨", font_for(["한숨"]))
    picture = cloud("슬픔", {"한숨": 9.0, "눈물": 5.0})
    assert picture is not None
    assert "한숨" in picture.svg
    with Image.open(io.BytesIO(picture.png())) as image:
        assert np.asarray(image.convert("L"), dtype=float).var() > 50


def test_a_card_is_shown_as_text_whatever_is_in_it() -> None:
    html = card_html("# A\n\n<script>x</script> `b` **c**\n\n| d | e |\n|---|---|\n| 1 | 2 |\n\n- f\n  g\n- h")
    assert "<script" not in html
    assert WellFormed(html).wrong == []
    assert "<td>2</td>" in html
    assert "<li>f g</li><li>h</li>" in html


def test_the_accuracy_on_training_rows_is_not_called_a_validation_figure() -> None:
    history = [
        {"epoch": epoch, "loss": 1.0, "accuracy": 0.5, "validation_accuracy": 0.7, "emotion_accuracy": 0.9}
        for epoch in (1, 2)
    ]
    accuracy = next(one for one in curves(history) if one.name == "accuracy")
    assert "training: 0.5 at first" in accuracy.describes
    assert "validation: 0.7 at first" in accuracy.describes
