"""Links in a review: what is sure is written, what is doubtful waits for a person, what a person refused is never proposed again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from review.errors import NotFound
from tests.reporting.evidence import entry
from tests.rooms.team import Team


def registers(team: Team, folder: Path, *entries: dict[str, Any]) -> list[str]:
    """Import *entries* from ClinicalTrials.gov; the ids of their studies."""
    import json

    file = folder / f"register{len(list(folder.glob('*.json')))}.json"
    file.write_text(json.dumps({"totalCount": len(entries), "studies": list(entries)}), encoding="utf-8")
    before = {s.id for s in team.nobody.studies.views()}
    team.r1.import_files([file], search=team.search("ClinicalTrials.gov", "register"))
    return [s.id for s in team.nobody.studies.views() if s.id not in before]


def articles(team: Team, folder: Path, *lines: str) -> list[str]:
    """Import articles of RIS lines; the ids of their reports."""
    file = folder / f"articles{len(list(folder.glob('*.ris')))}.ris"
    file.write_text("".join(f"TY  - JOUR\n{one}\nER  - \n" for one in lines), encoding="utf-8")
    before = {r.id for r in team.nobody.studies.report_views()}
    team.r1.import_files([file], search=team.search("MEDLINE"))
    return [r.id for r in team.nobody.studies.report_views() if r.id not in before]


def listing(number: str, *references: tuple[str, str], title: str | None = None) -> dict[str, Any]:
    """An entry that lists publications, each (type, PubMed number)."""
    made = entry(number)
    made["protocolSection"]["referencesModule"] = {
        "references": [{"type": kind, "pmid": pmid, "citation": "Words."} for kind, pmid in references]
    }
    if title:
        made["protocolSection"]["identificationModule"] |= {"briefTitle": title, "officialTitle": title}
    return made


def homes(team: Team, report: str) -> list[str]:
    return [s.id for s in team.nobody.studies.views() if report in {r.id for r in s.reports}]


def test_a_sure_link_names_rule_version_field_and_words(team: Team, tmp_path: Path) -> None:
    (study,) = registers(team, tmp_path, entry("NCT00000201"))
    (report,) = articles(team, tmp_path, "TI  - A tablet for gout\nAB  - Sixty adults. Registered as NCT00000201.")
    (event,) = [team.ledger.event(e) for s in team.nobody.studies.views() for e in s.links.values()]
    assert homes(team, report) == [study] and event.by_tool and event.actor == "tool:link-rules@3"
    assert (event.body["rule"], event.body["rule_version"]) == ("number_in_abstract", 1)
    assert event.body["compared"] == {"value": "NCT00000201", "abstract": "Sixty adults. Registered as NCT00000201."}
    assert team.r1.studies.find()["linked"] == 0, "the same link is not written again"


def test_the_register_lists_an_article_that_comes_later_or_was_there_before(team: Team, tmp_path: Path) -> None:
    (first,) = articles(team, tmp_path, "TI  - Early article\nAN  - PMID: 30000001")
    (study,) = registers(
        team, tmp_path, listing("NCT00000202", ("RESULT", "30000001"), ("DERIVED", "30000002"), ("BACKGROUND", "30000003"))
    )
    later = articles(team, tmp_path, "TI  - Later article\nAN  - PMID: 30000002", "TI  - Other trial\nAN  - PMID: 30000003")
    assert homes(team, first) == homes(team, later[0]) == [study] and homes(team, later[1]) != [study]
    (asked,) = team.nobody.studies.suggested()
    assert (asked.study, asked.report.id, asked.rule) == (study, later[1], "background_reference")
    assert (
        asked.registration.id == study.replace("stu:", "rep:")
        and "BACKGROUND" not in asked.says
        and asked.compared["value"] == "PMID 30000003"
    )


@pytest.mark.parametrize("how", ["refused", "linked"])
def test_a_person_settles_a_suggestion_and_an_undone_word_brings_it_back_or_not(team: Team, tmp_path: Path, how: str) -> None:
    (study,) = registers(team, tmp_path, listing("NCT00000203", ("BACKGROUND", "30000004")))
    (report,) = articles(team, tmp_path, "TI  - An article\nAN  - PMID: 30000004")
    assert len(team.nobody.studies.suggested()) == 1
    verb = team.lead.studies.refuse_link if how == "refused" else team.lead.studies.link
    event = verb(report, study, reason="as both say")
    assert team.nobody.studies.suggested() == [] and (homes(team, report) == [study]) == (how == "linked")
    team.lead.studies.undo(event)
    assert len(team.nobody.studies.suggested()) == (1 if how == "refused" else 0), "a link that was taken back is not proposed again"


def test_what_was_unlinked_or_refused_is_neither_linked_nor_proposed_again(team: Team, tmp_path: Path) -> None:
    (study,) = registers(team, tmp_path, entry("NCT00000204"))
    (report,) = articles(team, tmp_path, "TI  - A drug in a disease\nAB  - NCT00000204.")
    team.lead.studies.unlink(report, study, reason="another trial")
    assert team.r1.studies.find()["linked"] == 0 and homes(team, report) != [study]
    assert team.nobody.studies.suggested() == [] and team.nobody.studies.candidates().empty
    (other,) = registers(team, tmp_path, entry("NCT00000205"))
    (second,) = articles(team, tmp_path, "TI  - A drug in a disease\nPY  - 2022")
    assert second in set(team.nobody.studies.candidates(other)["report"])
    team.lead.studies.refuse_link(second, other, reason="another drug")
    assert second not in set(team.nobody.studies.candidates(other)["report"])


def test_a_refusal_stands_for_what_is_merged_later(team: Team, tmp_path: Path) -> None:
    (study,) = registers(team, tmp_path, listing("NCT00000206", ("BACKGROUND", "30000005")))
    first, second = articles(team, tmp_path, "TI  - One article", "TI  - Quite another title\nAN  - PMID: 30000005")
    team.lead.studies.refuse_link(second, study, reason="another trial")
    team.lead.studies.merge([first, second], reason="a translation")
    assert team.nobody.studies.suggested() == []


def test_candidates_are_of_studies_known_from_registrations_alone_or_of_the_one_named(team: Team, tmp_path: Path) -> None:
    alone, told = registers(
        team, tmp_path, listing("NCT00000207", title="Bright light for low mood"), listing("NCT00000208", title="Salt baths for sore feet")
    )
    likely, other, linked = articles(
        team, tmp_path, "TI  - Bright light and low mood in winter\nPY  - 2023", "TI  - Iron tablets\nPY  - 2023",
        "TI  - Salt baths, sore feet\nAB  - NCT00000208.\nPY  - 2023",
    )  # fmt: skip
    found = team.nobody.studies.candidates()
    assert list(found.columns) == ["study", "label", "report", "title", "rank", "score", "signals"]
    assert set(found["study"]) == {alone} and found.iloc[0][["report", "rank", "label"]].tolist() == [likely, 1, "NCT00000207"]
    assert other not in set(found["report"])
    assert linked not in set(team.nobody.studies.candidates(told)["report"]), "it is a report of the study already"
    assert len(team.nobody.studies.candidates(alone, top=1)) == 1
    with pytest.raises(NotFound, match="there is no study"):
        team.nobody.studies.candidates("stu:none")


def test_registrations_of_one_trial_are_one_study_and_an_article_of_either_belongs_to_it(team: Team, tmp_path: Path) -> None:
    one, two = entry("NCT00000209"), entry("NCT00000210")
    one["protocolSection"]["identificationModule"]["secondaryIdInfos"] = [{"id": "ISRCTN00000209"}, {"id": "NCT00000210"}]
    studies = registers(team, tmp_path, one, two)
    assert len(studies) == 2, "another number of the same register is that of a related trial"
    (report,) = articles(team, tmp_path, "TI  - An article\nAB  - Registered as ISRCTN00000209.")
    assert homes(team, report) == [studies[0]]


def of_one_trial(team: Team, folder: Path, *references: tuple[str, str]) -> str:
    """Two registrations of one trial, of which the second lists these publications; the study of both."""
    (study,) = registers(team, folder, entry("NCT00000211"))
    second = listing("NCT00000212", *references)
    second["protocolSection"]["identificationModule"]["nctIdAliases"] = ["NCT00000211"]
    assert registers(team, folder, second) == []
    return study


def test_a_report_that_states_two_numbers_of_one_trial_is_unlinked_at_once(team: Team, tmp_path: Path) -> None:
    study = of_one_trial(team, tmp_path)
    (report,) = articles(team, tmp_path, "TI  - An article\nAB  - Registered as NCT00000211 and NCT00000212.")
    assert homes(team, report) == [study]
    event = team.lead.studies.unlink(report, study, reason="another trial")
    assert homes(team, report) == [f"stu:{report.removeprefix('rep:')}"] and team.r1.studies.find()["linked"] == 0
    team.lead.studies.undo(event)
    assert homes(team, report) == [study]


def test_a_refusal_holds_for_each_registration_of_the_study(team: Team, tmp_path: Path) -> None:
    study = of_one_trial(team, tmp_path, ("BACKGROUND", "30000006"))
    (report,) = articles(team, tmp_path, "TI  - A drug in a disease\nAN  - PMID: 30000006\nPY  - 2023")
    (asked,) = team.nobody.studies.suggested()
    assert asked.study == study and report in set(team.nobody.studies.candidates()["report"])
    event = team.lead.studies.refuse_link(report, asked.study, reason="another trial")
    assert team.nobody.studies.suggested() == [] and report not in set(team.nobody.studies.candidates()["report"])
    team.lead.studies.undo(event)
    assert len(team.nobody.studies.suggested()) == 1


@pytest.mark.parametrize("how", ["refused", "unlinked"])
def test_no_rule_links_what_a_person_said_is_no_report_of_the_study(team: Team, tmp_path: Path, how: str) -> None:
    (study,) = registers(team, tmp_path, entry("NCT00000211"))
    (report,) = articles(team, tmp_path, "TI  - An article\nAB  - Registered as NCT00000212.")
    if how == "refused":
        team.lead.studies.refuse_link(report, study, reason="another trial")
    else:
        team.lead.studies.link(report, study, reason="a mistake")
        team.lead.studies.unlink(report, study, reason="another trial")
    second = entry("NCT00000212")
    second["protocolSection"]["identificationModule"]["nctIdAliases"] = ["NCT00000211"]
    assert registers(team, tmp_path, second) == [], "it is another registration of the study"
    assert homes(team, report) != [study] and team.r1.studies.find()["linked"] == 0


def test_a_citation_entered_by_hand_is_linked_by_the_number_in_its_title(team: Team, tmp_path: Path) -> None:
    (study,) = registers(team, tmp_path, entry("NCT00000213"))
    report = team.article(team.search("MEDLINE"), "A drug in a disease (NCT00000213)", year=2022)
    assert homes(team, report) == [study]
