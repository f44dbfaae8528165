"""The style sheet. Colours are Okabe and Ito's, which survive colour blindness; dark mode has lighter ones."""

STYLE = """
:root { color-scheme: light dark;
  --paper: #fff; --raised: #f6f7f8; --ink: #1c1f22; --faint: #565d64; --rule: #d9dde1; --usual: #0072b226;
  --sadness: #0072b2; --joy: #f0e442; --love: #cc79a7; --anger: #d55e00; --fear: #009e73; --surprise: #e69f00;
  --neutral: #b4bac0; --posts: #8b939b; --link: #005a8d;
  --sky: #56b4e9; --dark: #565d64; --deep-yellow: #a89a00; --blank: #8b939b; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171a; --raised: #1d2125; --ink: #e8eaec; --faint: #a9b1b9; --rule: #363c42; --usual: #56b4e933;
  --sadness: #56b4e9; --joy: #d8cc3a; --love: #d990b8; --anger: #f07d2c; --fear: #1fbf92; --surprise: #e9b03a;
  --neutral: #6c747c; --posts: #7d868f; --link: #8ccbf2;
  --sky: #8fd0f5; --dark: #b4bcc4; --deep-yellow: #d8cc3a; --blank: #7d868f; } }
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
.label, .about, .clock, .nothing { font-size: 14px; color: var(--faint); margin: .5rem 0 .2rem; }
.about { margin: .6rem 0 0; }
.clock { border-left: 4px solid var(--rule); padding-left: .7rem; margin: .6rem 0; }
.nothing { background: var(--paper); border: 1px dashed var(--rule); border-radius: 6px; padding: .8rem;
  color: var(--ink); }
nav { position: sticky; top: 0; z-index: 1; background: var(--paper); border-bottom: 1px solid var(--rule);
  margin: 1rem 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.1rem; list-style: none; margin: 0; padding: 0; }
nav a { display: inline-block; padding: .55rem 0; }
section { scroll-margin-top: 3rem; }
section > h3 { margin: 1.6rem 0 .6rem; }
h4 { font-size: 1rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
.panels { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; align-items: stretch; }
.panel { background: var(--raised); border-radius: 6px; padding: .8rem .9rem; min-width: 0; }
.panel .tiles { margin: .4rem 0; } .panel .tiles li { background: var(--paper); }
@media (min-width: 62rem) { .panels { grid-template-columns: repeat(24, minmax(0, 1fr)); } WIDTHS }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none; padding: 0; margin: .3rem 0 .5rem;
  font-size: 14px; }
.legend li { overflow-wrap: anywhere; } .legend b { font-weight: 600; font-variant-numeric: tabular-nums; }
.faint { color: var(--faint); }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px;
  background: var(--c, var(--posts)); }
.key.round { border-radius: 50%; width: .55em; height: .55em; }
.key.thin { height: .2em; width: 1.2em; vertical-align: .25em; border-radius: 0; }
.key.dashed { background: repeating-linear-gradient(90deg, var(--c) 0 .35em, #0000 .35em .5em);
  height: .2em; width: 1.35em; vertical-align: .25em; border-radius: 0; }
.key.blank { background: var(--blank); opacity: .35; }
.badge { font-size: 14px; font-weight: 600; padding: 0 .5em; border-radius: 4px; border: 1px solid currentColor; }
.badge.high, .badge.step2 { background: var(--ink); color: var(--paper); border-color: var(--ink); }
.badge.low, .badge.step0 { font-weight: 400; color: var(--faint); }
.chart { display: grid; grid-template-columns: 3.4rem minmax(0, 1fr); font-size: 14px; color: var(--faint); }
.chart.wide-up { grid-template-columns: 5.2rem minmax(0, 1fr); }
.chart.with-right { grid-template-columns: 3.4rem minmax(0, 1fr) 2.8rem; }
.chart.with-ends { grid-template-columns: 3.4rem minmax(0, 1fr) 7rem; }
.plot { position: relative; height: 9rem; border-bottom: 1px solid var(--faint); margin-top: .9rem; }
.tall .plot { height: 15rem; } .short .plot { height: 5rem; } .low .plot { height: 3.5rem; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 0 1.5rem; }
.multiples > div { min-width: 0; }
.plot svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.up, .right, .ends { position: relative; margin-top: .9rem; }
.up span { position: absolute; right: .5rem; transform: translateY(50%); white-space: nowrap; }
.right span, .ends span { position: absolute; left: .4rem; transform: translateY(50%); white-space: nowrap; }
.ends span { right: 0; overflow: hidden; text-overflow: ellipsis; color: var(--ink); line-height: 1.15; }
.along { grid-column: 2; position: relative; height: 1.8rem; }
.along span { position: absolute; top: .3rem; transform: translateX(-50%); white-space: nowrap; }
.flag { position: absolute; top: -1rem; transform: translateX(-50%); color: var(--ink); line-height: 1;
  white-space: nowrap; }
@media (max-width: 40rem) {
  .chart.with-ends { grid-template-columns: 3.4rem minmax(0, 1fr); } .ends { display: none; }
}
path { vector-effect: non-scaling-stroke; fill: none; }
.grid { stroke: var(--rule); stroke-width: 1; } .ungrid .grid { display: none; }
.line { stroke: var(--c); stroke-width: 2.5; stroke-linejoin: round; }
.line.dashed { stroke-dasharray: 7 5; }
.line.yellow, .dot.yellow, .key.thin.yellow { --c: var(--deep-yellow); }
.dot { stroke: var(--c); stroke-width: 5; stroke-linecap: round; opacity: .55; }
.dot.whole { opacity: 1; stroke-width: 7; }
.usual { fill: var(--usual); }
.alert { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 1 3; }
.area { fill: var(--c); stroke: var(--raised); stroke-width: 1.5; }
.bar { fill: var(--c); }
.blank { fill: var(--blank); opacity: .22; }
.cell { fill: var(--sadness); } .key.cell { background: var(--sadness); margin: 0 1px; }
COLOURS
SHADES
.ranks td { border: 0; padding: .15rem .5rem .15rem 0; vertical-align: middle; }
.ranks th { border: 0; padding: .15rem .7rem .15rem 0; color: var(--ink); font-weight: 400; width: 30%;
  overflow-wrap: anywhere; }
.ranks .bars { width: 50%; white-space: nowrap; font-size: 0; }
.ranks .part { display: inline-block; height: 1rem; background: var(--c); }
.ranks .figure { text-align: right; white-space: nowrap; padding-right: 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
table { border-collapse: collapse; width: 100%; font-size: 15px; margin: .5rem 0 1rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--rule); }
th { color: var(--faint); font-weight: 600; }
td { font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
th.number, td.number { text-align: right; overflow-wrap: normal; } th:last-child, td:last-child { padding-right: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0 2rem;
  align-items: start; }
@media (max-width: 62rem) {
  table.wide thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.wide, table.wide tbody, table.wide tr, table.wide td, table.wide caption { display: block; }
  table.wide tr { display: flex; flex-wrap: wrap; gap: 0 .9rem; padding: .4rem 0;
    border-bottom: 1px solid var(--rule); }
  table.wide th[role="rowheader"] { flex-basis: 100%; }
  table.wide td { border: 0; padding: .05rem 0; text-align: left; }
  table.wide td:first-child { flex-basis: 100%; font-weight: 600; }
  table.wide td:not(:first-child)::before { content: attr(data-label) " "; color: var(--faint); }
}
@media print { .card, .panel { break-inside: avoid; } nav { position: static; } }
"""
VARIABLES = {
    "blue": "sadness",
    "yellow": "joy",
    "pink": "love",
    "red": "anger",
    "green": "fear",
    "amber": "surprise",
    "silver": "neutral",
    "grey": "posts",
    "sky": "sky",
    "dark": "dark",
}
"""The variable that holds a colour; those that have one are named after their emotion."""
WIDTHS = range(1, 25)  # of 24
SHADES = 6


def style() -> str:
    """The sheet with a rule for each colour, width and shade."""
    colours = "\n".join(f".{name} {{ --c: var(--{held}); }}" for name, held in VARIABLES.items())
    widths = " ".join(f".w{wide} {{ grid-column: span {wide}; }}" for wide in WIDTHS)
    shades = " ".join(f".shade{shade} {{ opacity: {(shade + 1) / SHADES:.2f}; }}" for shade in range(SHADES))
    return STYLE.replace("COLOURS", colours).replace("WIDTHS", widths).replace("SHADES", shades).strip()
