"""A review in which duplicates and links wait for a person: two doubts, merges by rule, a suggested link, a trial with candidates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from review import Review
from tests.desk.reviews import import_trials, lay_out, trial

HOSTILE = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>&lt;b&gt;'
ARABIC = "\u062a\u062c\u0631\u0628\u0629 \u0639\u0644\u0643\u0629 \u0644\u062c\u0641\u0627\u0641 \u0627\u0644\u0641\u0645"
AUTHORS = tuple(f"Author{chr(97 + n % 26)}{n}, {chr(65 + n % 26)}" for n in range(30))
ABSTRACT = (
    "BACKGROUND: A dry mouth is common after radiotherapy of the neck. METHODS: We gave a gum of {dose} mg to 120 adults for twelve weeks "
    "in a randomised trial. RESULTS: Salivary flow rose by 0.2 ml a minute (95 % CI 0.1 to 0.3). CONCLUSION: The gum helps."
)
GUM = f"A gum for a dry mouth after radiotherapy {HOSTILE}: a randomised trial in women"


def entry(title: str, *, authors: Sequence[str] = ("Doe, J",), pages: str = "1-9", **more: str) -> str:
    """One entry in RIS."""
    tags = {"abstract": "AB", "doi": "DO", "pmid": "PMID"}
    stated = {"TI": title, "PY": "2020", "JO": "Mouth", "SP": pages, **{tags[name]: value for name, value in more.items()}}
    lines = ["TY  - JOUR", *(f"AU  - {name}" for name in authors), *(f"{tag}  - {value}" for tag, value in stated.items() if value)]
    return "\n".join([*lines, "ER  - ", ""])


def lay_out_pairs(folder: Path) -> Path:
    """A review in *folder* with what a person must decide: documents first, then links."""
    lay_out(folder, ())
    one = [
        entry(GUM, authors=AUTHORS, abstract=ABSTRACT.format(dose=5), doi="10.5555/gum.1"),
        entry(f"{ARABIC}. Part I", doi="10.5555/two", pages="20-29"),
        entry("Spit and the voice", authors=["Roe, K"], pages="30-39", abstract="A survey of singers."),
        entry(
            "Lozenges for a dry mouth in older adults: results of a randomised trial", authors=["Vane, P"], pages="40-49",
            abstract="We gave lozenges.", pmid="91000008",
        ),
        entry("Mouthwash in people who snore: a randomised comparison", authors=["Hale, R"], pages="60-69", abstract="We compared a wash."),
    ]  # fmt: skip
    other = [
        entry(
            GUM.replace("in women", "in men"), authors=AUTHORS[:29], abstract=ABSTRACT.format(dose=10), doi="10.5555/gum.1", pages="10-19"
        ),
        entry(f"{ARABIC}. Part II", doi="10.5555/two", pages="50-59"),
        entry("Spit and the voice", authors=["Roe, K"], pages="30-39"),
    ]
    rv = Review.open(folder, reviewer="lead")
    for source, entries in (("Embase", one), ("Scopus", other)):
        file = folder / f"{source}.ris"
        file.write_text("\n".join(entries), encoding="utf-8")
        search = rv.searches.record(source, kind="database", searched="2026-03-01")
        assert rv.import_files([file], search=search).refused == 0
        file.unlink()
    rv.close()
    lozenges, wash = (
        trial(1, "Lozenges for a dry mouth in older adults", "We give lozenges."),
        trial(2, "Mouthwash in people who snore", "A wash."),
    )
    cited = {"pmid": "91000008", "type": "BACKGROUND", "citation": "Vane P. Lozenges. Mouth. 2020"}
    lozenges["protocolSection"]["referencesModule"] = {"references": [cited]}
    import_trials(folder, [lozenges, wash])
    return folder
