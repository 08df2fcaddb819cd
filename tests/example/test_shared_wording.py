"""The teaching pages are told in other words than the captured pages beside the project; only facts are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "pages"
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
RUN = 6  # so many words in a row are somebody's sentence

if not SEEDS.is_dir():
    pytest.skip("the captured pages are not beside this checkout", allow_module_level=True)

# Titles, names of people, institutions and funders, numbers, and the labels of the five layouts are facts.
FACTS = (
    "Therapeutic Effect of Upadacitinib in Primary Sjögren's Syndrome",
    "Low-dose Interleukin-2 and Rapamycin on sjögren's Syndrome",
    "Therapeutic Effect of Low Dose IL-2 Combined With Rapamycin in on sjögren's Syndrome",
    "Belimumab After Rituximab in Resistant Primary Juvenile SS",
    "A Model About the Response of Belimumab in SLE",
    "Pilot study of baricitinib for active Sjogren’s syndrome",
    "Allogeneic Mesenchymal Stem Cells Transplantation for Primary Sjögren's Syndrome (pSS)",
    "sequential use of rituximab and belimumab",
    "Launched by PEKING UNIVERSITY PEOPLE'S HOSPITAL · Mar 1, 2025",
    "Peking University Institute of Rheuamotology and Immunology",
    "Children's Hospital of Chongqing Medical University",
    "Children's Hospital of The Capital Institute of Pediatrics",
    "The Affiliated Hospital of Qingdao University",
    "Children's Hospital of Nanjing Medical University",
    "Peking Union Medical College Hospital",
    "Chinese Academy of Medical Sciences & Peking Union Medical College",
    "The Second People's Hospital of Wuhu, Wuhu, Anhui, China",
    "Chinese National Key Technology R&D Programme, Ministry of Science and Technology",
    "CAMS Innovation Fund for Medical Sciences (CIFMS)",
    "(methotrexate, azathioprine, mycophenolate mofetil, cyclosporine, tacrolimus, iguratimod)",
    "tocilizumab, sirukumab, sarilumab, upadacitinib, tofacitinib, baricitinib, ruxolitinib, peficitinib",
    "Belimumab Assessment of Safety in SLE",
    "The First Hospital of Jilin University",
    "Children's Hospital of Fudan University",
    "Peking University People's Hospital",
    "Biological: Allogeneic Mesenchymal Stem Cells (AlloMSC)",
    "Current as of July 01, 2025",
    "Last refreshed on: 15 July 2024",
    "Date of first enrolment: December 5, 2022",
    "[Time Frame: week 12]",
    "Study design: Allocation: Randomized. Intervention model: Parallel Assignment. Primary purpose: Treatment. "
    "Masking: None (Open Label).",
    "Health Condition(s) or Problem(s) studied",
    "URL: https://clinicaltrials.gov/ct2/show/NCT05605665",
    "Please refer to primary and secondary sponsors",
    "Competing interests None declared",
    "Provenance and peer review Not commissioned; externally peer reviewed",
    "Correspondence to Dr XiaoMei Leng",
)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("\\", ""))


def runs(text: str) -> set[tuple[str, ...]]:
    """All runs of RUN words inside one line, facts taken out."""
    out: set[tuple[str, ...]] = set()
    for line in text.splitlines():
        line = " ".join(line.split())
        for fact in FACTS:
            line = line.replace(fact, "\n")
        for part in line.split("\n"):
            found = words(part)
            out |= {tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1)}
    return {run for run in out if sum(any(c.isdigit() for c in word) for word in run) < RUN / 2}


@pytest.mark.parametrize("page", sorted(p.name for p in HERE.iterdir() if p.suffix in (".txt", ".json")))
def test_no_sentence_of_a_teaching_page_is_taken_from_a_captured_page(page: str) -> None:
    captured = set().union(*(runs(p.read_text(encoding="utf-8")) for p in SEEDS.glob("*.txt")))
    ours = runs((HERE / page).read_text(encoding="utf-8").replace("\\n", "\n"))
    assert sorted(" ".join(run) for run in ours & captured) == []


def test_no_contact_data_and_no_placeholder_person() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in HERE.iterdir())
    assert not re.search(r"Cobb|\{at\}|@|\+\d\d|Zhou\b|Lingyun|Zhanguo", text)
