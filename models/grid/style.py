"""What a grid's page adds to the style sheets of the reports and of a model's page."""

STYLE = """
.verdict { font-size: 1.15rem; border-left: 4px solid var(--sadness); background: var(--raised); padding: .8rem 1rem;
  max-width: 56rem; }
.curves { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr));
  margin: 1rem 0; max-width: 60rem; align-items: start; }
.base { margin-top: 1.5rem; }
.multiples { display: grid; gap: 1rem .8rem; grid-template-columns: 1fr 1fr; margin: 1rem 0; }
.multiples img { display: block; width: 100%; height: auto; }
.multiples .card { padding: .5rem .6rem; }
.multiples figcaption { margin-top: .2rem; } .multiples figcaption b { display: block; color: var(--ink); }
@media (min-width: 48rem) { .multiples { grid-auto-flow: column; grid-template-columns: none; grid-auto-columns: 1fr; }
  .multiples.two { grid-template-rows: auto auto; } }
"""
