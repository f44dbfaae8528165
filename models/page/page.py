"""The facts and pictures as one HTML page that asks nobody for anything: no script, no font, no address."""

from datetime import datetime
from html import escape

from models.page.about import identity, recipe, tiles
from models.page.card import card_html
from models.page.facts import Facts
from models.page.gallery import EMOTION_CUTS, LABEL_CUTS, Gallery
from models.page.picture import Picture
from models.page.results import class_table, cut_table, figure_table, rival_table, spread_tables
from models.page.style import STYLE

# The browser is told to load nothing, whatever a model's own words might contain.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
NOTE = (
    "A score is a model's estimate of the tone of words. It is no diagnosis and no probability of any illness. "
    "The figures hold for rows like those they were measured on; expect more errors elsewhere."
)
RESULTS = "In each data set, the model chooses among the labels that occur there; of all rows together, among all."
SEVERAL = (
    "The model says yes or no to each label by its own threshold; accuracy is the share of rows with every label right."
)
INTERVALS = "In brackets: the 95 % interval of 1,000 bootstrap samples."
FOLDED = (
    "A row may carry several labels. The matrix is of the rows that show one of the seven emotions, with the "
    "model's answers folded to these."
)
SURE = (
    "How often the model is right when it says how sure it is. On the dotted line, both agree; below it, the model is "
    "surer than it should be. The bars count its answers."
)
WORDS = (
    "The larger a word, the more it sets the rows of its label apart from the others of the same data set (log-odds "
    "with a prior, not frequency). Every word shown occurs with the label in at least five rows; mentions, links and "
    "masked names are left out."
)
RIVALS = (
    "All models on the same rows. McNemar's p is the chance of a difference at least this large between two models "
    "that are equally good. Posts a second were measured just now on this machine, whatever else it was doing."
)


def render(facts: Facts, gallery: Gallery, look: str, made_at: datetime) -> str:
    """`look` is the style sheet of the reports, which the page only adds to."""
    name = escape(facts.manifest.name)
    sections = "\n".join(section for section in _sections(facts, gallery) if section)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="robots" content="noindex">'
        f"<title>{name}: model report</title><style>{look}{STYLE}</style></head>\n<body><main>\n"
        f"<h1>{name}</h1>\n<p>A model report of Tideline.</p>\n"
        f'<p class="note">{NOTE}</p>\n{_missing(facts)}{tiles(facts)}\n{sections}\n'
        f"<footer><p><small>Made on {made_at:%Y-%m-%d at %H:%M} UTC by <code>tideline report {name}</code>. It holds "
        "single words of the training data, and no text of anybody.</small></p></footer></main></body></html>\n"
    )


def _missing(facts: Facts) -> str:
    """What the page lacks, before anybody misses it."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in facts.missing)
    return f'<h2>Not on this page</h2><ul class="missing">{items}</ul>\n' if items else ""


def _sections(facts: Facts, gallery: Gallery) -> list[str]:
    known = facts.measured
    return [
        _section("About", f'<div class="columns"><div>{identity(facts)}</div><div>{recipe(facts)}</div></div>'),
        _section("Training", _pictures(gallery.training) or "<p>The model keeps no history of its training.</p>"),
        _section("Data", _beside(gallery.data, spread_tables(facts.spreads))) if known else "",
        _section("Results", _results(facts, gallery)) if known else "",
        _section("Calibration", f"<p>{SURE}</p>{_pictures(gallery.calibration)}") if known else "",
        _section("Thresholds", _thresholds(facts, gallery)),
        _section("Words", f"<p>{WORDS}</p>{_pictures(gallery.words)}") if gallery.words else "",
        _section("Other models", _rivals(facts)) if known else "",
        _section("Model card", f'<div class="cardtext">{card_html(facts.card)}</div>') if facts.card else "",
    ]


def _results(facts: Facts, gallery: Gallery) -> str:
    assert facts.measured is not None
    several = facts.measured.together.truth.ndim == 2
    how, folded = (SEVERAL, f"<p>{FOLDED}</p>") if several else (RESULTS, "")
    beside = _beside(gallery.results, class_table(facts.measured.together))
    return f"<p>{how} {INTERVALS}</p>{figure_table(facts.measured)}{folded}{beside}"


def _thresholds(facts: Facts, gallery: Gallery) -> str:
    """Those of the emotions, then those of a multi-label model's own labels."""
    own = facts.manifest.label_thresholds
    emotions = cut_table("Emotions, with the cost on validation rows", facts.manifest.thresholds)
    labels = cut_table("The model's own labels, the same", own)
    shown = {picture.name: [picture] for picture in gallery.thresholds}
    return _beside(shown.get(EMOTION_CUTS, []), emotions) + (_beside(shown.get(LABEL_CUTS, []), labels) if own else "")


def _rivals(facts: Facts) -> str:
    left_out = "".join(f"<p>{escape(sentence)}</p>" for sentence in facts.uncompared)
    return f"<p>{RIVALS}</p>" + "".join(rival_table(one) for one in facts.comparisons) + left_out


def _section(title: str, body: str) -> str:
    return f'<section id="{title.lower().replace(" ", "-")}"><h2>{title}</h2>{body}</section>'


def _beside(pictures: list[Picture], table: str) -> str:
    """A picture and its numbers: side by side where there is room."""
    return f'<div class="beside"><div>{_pictures(pictures)}</div><div>{table}</div></div>'


def _pictures(pictures: list[Picture]) -> str:
    return f'<div class="pictures">{"".join(one.html() for one in pictures)}</div>' if pictures else ""
