"""What a model's page adds to the style sheet of the reports."""

STYLE = """
figure { margin: 0; } figure svg { display: block; width: 100%; height: auto; font-family: inherit; }
figure svg * { stroke-linejoin: round; } figure path[d] { vector-effect: none; }
/* Markers are drawn once and used often; no selector with an ancestor reaches into what is used. */
path[id] { fill: inherit; vector-effect: none; }
figcaption { font-size: 14px; color: var(--faint); margin-top: .5rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 23rem), 1fr)); gap: 1rem;
  align-items: start; margin: 1rem 0; }
table.figures { width: auto; min-width: min(100%, 30rem); }
table.figures th + td, table.figures td, table.figures thead th + th { text-align: right; padding-right: 0;
  padding-left: .7rem; }
table.pairs { width: auto; max-width: 100%; } table.pairs td { overflow-wrap: anywhere; }
table tbody th { color: var(--ink); font-weight: 400; } table.pairs tbody th { color: var(--faint); }
tbody tr.own th, tbody .own { font-weight: 600; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 23rem), 1fr)); gap: 0 2rem;
  align-items: start; }
.roll { overflow-x: auto; }
.missing { border-left: 4px solid var(--anger); background: var(--raised); padding: .6rem .9rem .6rem 2rem;
  max-width: 50rem; }
.cardtext h3 { margin-top: 1.5rem; } .cardtext h4 { margin: 1.2rem 0 .2rem; } .cardtext ul { max-width: 46rem; }
.cardtext table { width: auto; } .cardtext th, .cardtext td { padding-right: 1.2rem; }
@media (max-width: 62rem) {
  table.wide th[role=rowheader] { display: block; border: 0; padding: .1rem 0; overflow-wrap: anywhere; }
}
@media print { figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
"""
