"""How fast files of references are read, how many records are lost, and how much memory that takes, beside the readers that people use.

python -m benchmarks.records            10,000 records of each kind
python -m benchmarks.records 2000       fewer

The peers (rispy, Biopython, pubmed-parser, bibtexparser) run in an environment of their own, whose Python ``REVIEW_BENCH_PEERS`` names;
without it only our figures are printed. Each reading is a process of its own, on the same files, which are made here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = "warm cold feet bath lamp night nurse sleep trial pain skin dry mouth eye moist rest walk sock wool light".split()

OURS = """
import json, resource, sys, time
from review.records import entries
from review.records.reading import source_at
from review.records.formats import formats
formats()
start, used, kept, refused = time.perf_counter(), time.process_time(), 0, 0
found = entries(source_at(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for entry in found:
    pass
took = time.perf_counter() - start
print(json.dumps([found.kept, took, time.process_time() - used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
"""
_PACKED = "import gzip, shutil, sys, pubmed_parser\nshutil.copyfileobj(open(sys.argv[1], 'rb'), gzip.open(sys.argv[1] + '.gz', 'wb', 1))\n"
PEERS = {
    "ris": ("rispy", "import rispy\nread = lambda path: len(rispy.load(open(path, encoding='utf-8')))"),
    "ris, byte order mark": ("rispy", "import rispy\nread = lambda path: len(rispy.load(open(path, encoding='utf-8')))"),
    "ris, ER missing": ("rispy", "import rispy\nread = lambda path: len(rispy.load(open(path, encoding='utf-8')))"),
    "medline": ("Biopython", "from Bio import Medline\nread = lambda path: sum(1 for _ in Medline.parse(open(path, encoding='utf-8')))"),
    "pubmed_xml": ("pubmed-parser", _PACKED + "read = lambda path: len(list(pubmed_parser.parse_medline_xml(path + '.gz')))"),
    "bibtex": ("bibtexparser", "import bibtexparser\nread = lambda path: len(bibtexparser.parse_file(path).entries)"),
}
PEER = """
import json, sys, time
{read}
start, used = time.perf_counter(), time.process_time()
n = read(sys.argv[1])
print(json.dumps([n, time.perf_counter() - start, time.process_time() - used, None]))
"""


def words(n: int, count: int) -> str:
    """*count* words that follow from *n* alone."""
    return " ".join(WORDS[(n * 7 + k * k + k * n) % len(WORDS)] for k in range(count))


def ris(n: int, end: str = "ER  - \n\n") -> str:
    authors = "".join(f"AU  - Hale{(n + k) % 97}, R.\n" for k in range(6))
    keys = "".join(f"KW  - {words(n + k, 2)}\n" for k in range(5))
    return (
        f"TY  - JOUR\nID  - {n}\nT1  - {words(n, 12).capitalize()}\n{authors}JO  - Journal of Feet\nVL  - {n % 90}\nIS  - {n % 12}\n"
        f"SP  - {n}\n"
        f"EP  - {n + 9}\nPY  - {1990 + n % 30}\nDO  - 10.5555/feet.{n}\n{keys}N2  - {words(n, 180)}\n"
        f"UR  - https://example.org/{n}\nDB  - Embase\n{end}"
    )


def medline(n: int) -> str:
    authors = "".join(f"FAU - Hale{(n + k) % 97}, Rae\nAU  - Hale{(n + k) % 97} R\n" for k in range(6))
    lines = words(n, 180).split()
    text = "\n      ".join(" ".join(lines[k : k + 12]) for k in range(0, len(lines), 12))
    return (
        f"PMID- {10_000_000 + n}\nOWN - NLM\nTI  - {words(n, 12)}.\nAB  - {text}\n"
        f"{authors}LA  - eng\nPT  - Journal Article\nDP  - {1990 + n % 30} Mar\n"
        f"TA  - J Feet\nJT  - Journal of Feet\nVI  - {n % 90}\nIP  - {n % 12}\n"
        f"PG  - {n}-{n + 9}\nLID - 10.5555/feet.{n} [doi]\nMH  - *Foot\nMH  - Humans\n\n"
    )


def pubmed(n: int) -> str:
    authors = "".join(
        f'<Author ValidYN="Y"><LastName>Hale{(n + k) % 97}</LastName><ForeName>Rae</ForeName><Initials>R</Initials><AffiliationInfo>'
        "<Affiliation>Hospital of the North, Oslo.</Affiliation></AffiliationInfo></Author>"
        for k in range(6)
    )
    mesh = "".join(
        f'<MeshHeading><DescriptorName UI="D{k}" MajorTopicYN="N">{w}</DescriptorName></MeshHeading>' for k, w in enumerate(WORDS[:8])
    )
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{10_000_000 + n}</PMID><Article PubModel="Print">'
        f"<Journal><ISSN>1111-2222</ISSN><JournalIssue><Volume>{n % 90}</Volume>"
        f"<Issue>{n % 12}</Issue><PubDate><Year>{1990 + n % 30}</Year></PubDate>"
        "</JournalIssue><Title>Journal of Feet</Title><ISOAbbreviation>J Feet</ISOAbbreviation>"
        f"</Journal><ArticleTitle>{words(n, 12)}.</ArticleTitle>"
        f"<Pagination><MedlinePgn>{n}-{n + 9}</MedlinePgn></Pagination><Abstract><AbstractText Label='AIM'>{words(n, 90)}</AbstractText>"
        f"<AbstractText Label='RESULT'>{words(n + 1, 90)}</AbstractText>"
        f"</Abstract><AuthorList>{authors}</AuthorList><Language>eng</Language>"
        "<PublicationTypeList><PublicationType UI='D016428'>Journal Article</PublicationType></PublicationTypeList></Article>"
        "<MedlineJournalInfo><Country>Norway</Country><MedlineTA>J Feet</MedlineTA><NlmUniqueID>1</NlmUniqueID></MedlineJournalInfo>"
        f"<MeshHeadingList>{mesh}</MeshHeadingList></MedlineCitation><PubmedData>"
        f"<ArticleIdList><ArticleId IdType='doi'>10.5555/feet.{n}</ArticleId>"
        f"</ArticleIdList></PubmedData></PubmedArticle>\n"
    )


def bibtex(n: int) -> str:
    authors = " and ".join(f"Hale{(n + k) % 97}, Rae" for k in range(6))
    return (
        f"@article{{hale{n},\n  title = {{{words(n, 12)}}},\n  author = {{{authors}}},\n"
        f"  journal = {{Journal of Feet}},\n  year = {{{1990 + n % 30}}},\n"
        f"  volume = {{{n % 90}}},\n  pages = {{{n}--{n + 9}}},\n  doi = {{10.5555/feet.{n}}},\n  abstract = {{{words(n, 180)}}}\n}}\n\n"
    )


def endnote(n: int) -> str:
    def styled(text: str) -> str:
        return f'<style face="normal" font="default" size="100%">{text}</style>'

    authors = "".join(f"<author>{styled(f'Hale{(n + k) % 97}, R.')}</author>" for k in range(6))
    return (
        f'<record><ref-type name="Journal Article">17</ref-type><contributors><authors>{authors}</authors></contributors><titles>'
        f"<title>{styled(words(n, 12))}</title><secondary-title>{styled('Journal of Feet')}</secondary-title></titles>"
        f"<pages>{styled(f'{n}-{n + 9}')}</pages><volume>{styled(str(n % 90))}</volume>"
        f"<dates><year>{styled(str(1990 + n % 30))}</year></dates><abstract>{styled(words(n, 180))}</abstract>"
        f"<electronic-resource-num>{styled(f'10.5555/feet.{n}')}</electronic-resource-num></record>\n"
    )


def ictrp(n: int) -> str:
    return (
        f"<Trial><TrialID>NCT{n:08d}</TrialID><Public_title>{words(n, 12)}</Public_title><Primary_sponsor>Hospital</Primary_sponsor>"
        "<Date_registration3>20200401</Date_registration3>"
        "<Source_Register>ClinicalTrials.gov</Source_Register><Recruitment_Status>Recruiting"
        "</Recruitment_Status><Inclusion_agemin>18 Years</Inclusion_agemin>"
        "<Inclusion_gender>All</Inclusion_gender><Target_size>120</Target_size>"
        "<Study_type>Interventional</Study_type><Study_design>Allocation: Randomized. Masking: Double.</Study_design><Phase>Phase 2</Phase>"
        "<Countries>Norway</Countries><Inclusion_Criteria>Inclusion Criteria:&lt;br&gt;"
        f"1. {words(n, 15)}&lt;br&gt;2. {words(n + 1, 15)}&lt;br&gt;"
        f"Exclusion Criteria:&lt;br&gt;1. {words(n + 2, 15)}</Inclusion_Criteria><Condition>Cold feet</Condition><Intervention>Drug: Warm-7"
        f"</Intervention><Primary_outcome>{words(n, 9)}</Primary_outcome></Trial>\n"
    )


def table(n: int) -> str:
    authors = "; ".join(f"Hale{(n + k) % 97}, R." for k in range(6))
    return f'"{words(n, 12)}","{authors}",{1990 + n % 30},Journal of Feet,10.5555/feet.{n},"{words(n, 180)}"\n'


def made(folder: Path, count: int) -> dict[str, Path]:
    """Kind -> a file of *count* records."""
    kinds = {
        "ris": (ris, "", ""),
        "ris, byte order mark": (ris, "\ufeff", ""),
        "ris, ER missing": (lambda n: ris(n, "\n" if n % 10 == 5 else "ER  - \n\n"), "", ""),
        "medline": (medline, "", ""),
        "pubmed_xml": (pubmed, '<?xml version="1.0" ?>\n<PubmedArticleSet>\n', "</PubmedArticleSet>\n"),
        "bibtex": (bibtex, "", ""),
        "endnote_xml": (endnote, '<?xml version="1.0" ?>\n<xml><records>', "</records></xml>"),
        "ictrp_xml": (ictrp, '<?xml version="1.0" ?>\n<Trials_downloaded_from_ICTRP>\n', "</Trials_downloaded_from_ICTRP>\n"),
        "table": (table, "title,authors,year,journal,doi,abstract\n", ""),
    }
    found = {}
    for kind, (one, head, foot) in kinds.items():
        path = folder / f"{len(found)}.export"
        with path.open("w", encoding="utf-8") as file:
            file.write(head)
            file.writelines(one(n) for n in range(1, count + 1))
            file.write(foot)
        found[kind] = path
    return found


def measured(python: str, code: str, path: Path) -> tuple[int, float, float, float | None]:
    """(records, seconds, seconds of the processor, memory that grew in MB) of one reading."""
    done = subprocess.run([python, "-c", code, str(path)], capture_output=True, text=True)
    if done.returncode:
        return 0, float("nan"), float("nan"), None
    n, took, used, grew = json.loads(done.stdout.strip().splitlines()[-1])
    return n, took, used, None if grew is None else grew / 1024


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    peers = os.environ.get("REVIEW_BENCH_PEERS", "")
    print(f"{count:,} records of each kind; records a second by the clock (by the processor), records lost, memory that grew")
    with tempfile.TemporaryDirectory() as folder:
        files = made(Path(folder), count)
        for kind, path in files.items():
            n, took, used, grew = measured(sys.executable, OURS, path)
            line = f"{kind:22} review        {n / took:8,.0f} ({n / used:8,.0f})  lost {count - n:6,}  {grew or 0:6.1f} MB"
            if kind in PEERS and peers:
                name, read = PEERS[kind]
                m, peer_took, peer_used, _ = measured(peers, PEER.format(read=read), path)
                line += f"\n{'':22} {name:13} {m / peer_took:8,.0f} ({m / peer_used:8,.0f})  lost {count - m:6,}"
                line += f"   ours to theirs {(n / used) / (m / peer_used):.2f}" if m else "   it did not read the file"
            print(line, flush=True)
        if not peers:
            print("REVIEW_BENCH_PEERS names no Python: the readers that people use were not run")
        long = Path(folder) / "long.ris"
        with long.open("w", encoding="utf-8") as file:
            file.writelines(ris(n) for n in range(10 * count))
        n, took, used, grew = measured(sys.executable, OURS, long)
        print(
            f"ris, {10 * count:,} records in {long.stat().st_size / 1e6:,.0f} MB: {n / took:,.0f} a second, "
            f"memory grew by {grew or 0:.1f} MB"
        )


if __name__ == "__main__":
    main()
