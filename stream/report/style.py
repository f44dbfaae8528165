"""The style sheet. Colours are Okabe and Ito's, which survive colour blindness; dark mode has lighter ones."""

STYLE = """
:root { color-scheme: light dark;
  --paper: #fff; --raised: #f6f7f8; --ink: #1c1f22; --faint: #565d64; --rule: #d9dde1; --usual: #0072b226;
  --sadness: #0072b2; --joy: #f0e442; --love: #cc79a7; --anger: #d55e00; --fear: #009e73; --surprise: #e69f00;
  --neutral: #b4bac0; --posts: #8b939b; --link: #005a8d; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171a; --raised: #1d2125; --ink: #e8eaec; --faint: #a9b1b9; --rule: #363c42; --usual: #56b4e933;
  --sadness: #56b4e9; --joy: #d8cc3a; --love: #d990b8; --anger: #f07d2c; --fear: #1fbf92; --surprise: #e9b03a;
  --neutral: #6c747c; --posts: #7d868f; --link: #8ccbf2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 0 0 .3rem; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--link); }
code { font: .95em ui-monospace, monospace; }
small { font-size: 14px; color: var(--faint); }
.note { border-left: 4px solid var(--surprise); background: var(--raised); padding: .6rem .9rem;
  max-width: 50rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin: 1rem 0;
  padding: 0;
  list-style: none; }
.tiles li { background: var(--raised); padding: .7rem .9rem; border-radius: 6px; font-size: 14px;
  color: var(--faint); }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.3; color: var(--ink);
  font-variant-numeric: tabular-nums; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1rem;
  align-items: start; }
.card { background: var(--raised); border-radius: 6px; padding: .8rem .9rem; min-width: 0; }
.plain { list-style: none; margin: 0 0 .3rem; padding: 0; font-size: 14px; }
.label { font-size: 14px; color: var(--faint); margin: .5rem 0 .2rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; padding: 0; margin: .5rem 0;
  font-size: 14px; }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px;
  background: var(--posts); }
.badge { font-size: 14px; font-weight: 600; padding: 0 .5em; border-radius: 4px; border: 1px solid currentColor; }
.badge.high { background: var(--ink); color: var(--paper); border-color: var(--ink); }
.badge.low { font-weight: 400; color: var(--faint); }
.chart { display: grid; grid-template-columns: 3.2rem minmax(0, 1fr); font-size: 14px; color: var(--faint); }
.plot { position: relative; height: 9rem; border-bottom: 1px solid var(--faint); margin-top: .7rem; }
.tall .plot { height: 15rem; } .short .plot { height: 7rem; } .low .plot { height: 3.5rem; }
.plot svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.up { position: relative; margin-top: .7rem; }
.up span { position: absolute; right: .5rem; transform: translateY(50%); white-space: nowrap; }
.along { grid-column: 2; position: relative; height: 1.8rem; }
.along:empty { height: .5rem; }
.along span { position: absolute; top: .3rem; transform: translateX(-50%); white-space: nowrap; }
.flag { position: absolute; top: -.95rem; transform: translateX(-50%); color: var(--ink); line-height: 1; }
path { vector-effect: non-scaling-stroke; fill: none; }
.grid { stroke: var(--rule); stroke-width: 1; }
.line { stroke-width: 2.5; stroke-linejoin: round; }
.dot { stroke-width: 5; stroke-linecap: round; opacity: .45; }
.usual { fill: var(--usual); } .baseline { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 5 4; }
.alert { stroke: var(--ink); stroke-width: 1.5; }
.area { stroke: var(--paper); stroke-width: 1; }
EMOTIONS
.bar.posts { fill: var(--posts); stroke: none; } .key.posts { background: var(--posts); }
table { border-collapse: collapse; width: 100%; font-size: 15px; margin: .5rem 0 1rem; }
table.counts { width: auto; min-width: min(100%, 20rem); }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--rule); }
th { color: var(--faint); font-weight: 600; }
td { font-variant-numeric: tabular-nums; } table.counts td:last-child { text-align: right; padding-right: 0; }
table.counts th:last-child { text-align: right; padding-right: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0 2rem;
  align-items: start; }
@media (max-width: 62rem) {
  table.wide thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.wide, table.wide tbody, table.wide tr, table.wide td, table.wide caption { display: block; }
  table.wide tr { background: var(--raised); border-radius: 6px; padding: .5rem .8rem; margin: .6rem 0; }
  table.wide td { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); border: 0; padding: .1rem 0; }
  table.wide td::before { content: attr(data-label); color: var(--faint); }
}
@media print { .card { break-inside: avoid; } }
"""
FELT = ("sadness", "joy", "love", "anger", "fear", "surprise", "neutral")


def style() -> str:
    """The sheet with a few rules for each emotion."""
    rules = [
        f".line.{name}, .dot.{name} {{ stroke: var(--{name}); }} "
        f".area.{name}, .bar.{name} {{ fill: var(--{name}); }} .key.{name} {{ background: var(--{name}); }}"
        for name in FELT
    ]
    return STYLE.replace("EMOTIONS", "\n".join(rules)).strip()
