"""The record: one entry as one source gave it, in schema 0.1. Frozen; a value that the source does not state is null or empty.

Names follow the ClinicalTrials.gov v2 data model in snake_case where it has a name. *Not stated* is never *false*, and nothing
here is guessed: what a reader inferred says so (``confidence``), and what was computed stands in ``derived`` alone.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from review.model.problem_codes import ProblemCode
from review.model.terms import (
    AgencyClass,
    AgeUnit,
    Allocation,
    ArmType,
    ContactRole,
    CountType,
    IdentifierType,
    InterventionModel,
    InterventionType,
    Kind,
    Masked,
    Masking,
    Phase,
    Precision,
    PrimaryPurpose,
    RecordType,
    Sex,
    Status,
    StudyType,
)

SCHEMA_VERSION = "0.1"
Lines = tuple[int, int]  # first and last line, counted from 1, both included


class Part(BaseModel):
    """Base of every part of a record: frozen and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Identifier(Part):
    """One number or name by which the source knows this entry; never the id of the record itself."""

    type: IdentifierType
    value: str
    role: Literal["primary", "secondary"] = "secondary"
    issuer: str | None = None


class ArmGroup(Part):
    """One arm or cohort as the registry describes it."""

    label: str | None = None
    type: ArmType | None = None
    description: str | None = None
    intervention_names: tuple[str, ...] = ()


class Intervention(Part):
    """One intervention, with the labels of the arms that get it where the source links them."""

    type: InterventionType | None = None
    name: str
    description: str | None = None
    other_names: tuple[str, ...] = ()
    arm_group_labels: tuple[str, ...] = ()


class Outcome(Part):
    """One planned outcome measure; only the last bracketed time frame is the time frame."""

    measure: str
    description: str | None = None
    time_frame: str | None = None


class SubItem(Part):
    """A part of a criterion, with its mark as printed: ``(1)``, ``a)``, ``--`` or none."""

    number: str | None = None
    text: str


class Criterion(Part):
    """One eligibility criterion as printed, without its bullet."""

    number: str | None = None
    text: str
    subitems: tuple[SubItem, ...] = ()
    lines: Lines | None = None


class Eligibility(Part):
    """The criteria lists. ``unclassified`` holds criteria of a source that does not say which they are."""

    inclusion: tuple[Criterion, ...] = ()
    exclusion: tuple[Criterion, ...] = ()
    unclassified: tuple[Criterion, ...] = ()
    preamble_inclusion: str | None = None
    preamble_exclusion: str | None = None
    raw_lines: Lines | None = None


class Age(Part):
    """An age limit; ``value`` null means that the source states no limit."""

    value: int | None = None
    unit: AgeUnit | None = None
    raw: str | None = None


class ArmEnrollment(Part):
    """Participants of one arm, where the source counts them apart."""

    label: str | None = None
    count: int | None = None


class Enrollment(Part):
    """Number of participants; ``type`` null where the source does not say planned or actual."""

    count: int | None = None
    type: CountType | None = None
    raw: str | None = None
    per_arm: tuple[ArmEnrollment, ...] = ()


class DateStruct(Part):
    """A date as ISO ``YYYY[-MM[-DD]]``. ``source_label`` is given where the printed label may mean something else than the field."""

    date: str | None = None
    precision: Precision | None = None
    type: CountType | None = None
    confidence: Literal["inferred"] | None = None
    source_label: str | None = None
    raw: str | None = None


class Dates(Part):
    """The dates of a registration."""

    registration: DateStruct | None = None
    first_submitted: DateStruct | None = None
    first_posted: DateStruct | None = None
    start: DateStruct | None = None
    primary_completion: DateStruct | None = None
    completion: DateStruct | None = None
    last_update: DateStruct | None = None
    results_posted: DateStruct | None = None
    last_refreshed: DateStruct | None = None


class Sponsor(Part):
    """A sponsor or collaborator. ``name_raw`` is what stands on the page; ``about`` is the site's text on the sponsor."""

    name: str
    name_raw: str | None = None
    agency_class: AgencyClass | None = None
    about: str | None = None


class ResponsibleParty(Part):
    """Who is responsible for the registered information."""

    name: str | None = None
    title: str | None = None
    type: Literal["SPONSOR", "PRINCIPAL_INVESTIGATOR", "SPONSOR_INVESTIGATOR"] | None = None
    affiliation: str | None = None


class Official(Part):
    """An overall official of a trial."""

    name: str
    role: Literal["PRINCIPAL_INVESTIGATOR", "SUB_INVESTIGATOR", "STUDY_DIRECTOR", "STUDY_CHAIR", "OTHER"] | None = None
    affiliation: str | None = None


class Contact(Part):
    """A contact, of the trial or of a site."""

    role: ContactRole = "UNSPECIFIED"
    name: str | None = None
    affiliation: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None


class Location(Part):
    """One site. ``raw`` is the printed line where the source gives the place as one line."""

    facility: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    status: Status | None = None
    contacts: tuple[Contact, ...] = ()
    raw: str | None = None


class Results(Part):
    """What the source says about posted results, dates as printed in ISO."""

    status: str | None = None
    date_posted: str | None = None
    date_completed: str | None = None
    url: str | None = None


class EthicsReview(Part):
    """One ethics review."""

    status: str | None = None
    approval_date: str | None = None
    contact: str | None = None


class IpdSharing(Part):
    """The plan to share individual participant data."""

    statement: Literal["YES", "NO", "UNDECIDED"] | None = None
    description: str | None = None


class Author(Part):
    """An author in the order of the by-line; ``affiliation_refs`` point to ``Affiliation.ref``."""

    position: int
    name: str
    affiliation_refs: tuple[int, ...] = ()
    corresponding: bool = False
    orcid: str | None = None


class Affiliation(Part):
    """An affiliation by its printed number."""

    ref: int
    text: str


class Corresponding(Part):
    """A corresponding author."""

    name: str | None = None
    honorific: str | None = None
    email: str | None = None
    email_raw: str | None = None
    address: str | None = None


class Publication(Part):
    """What an article report states about itself."""

    authors: tuple[Author, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    corresponding: tuple[Corresponding, ...] = ()
    journal: str | None = None
    publisher_site: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    publication_types: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    language: str | None = None
    abstract: str | None = None
    body_excerpt: tuple[str, ...] = ()
    body_truncated: bool | None = None
    full_text_available: bool | None = None
    handling_editor: str | None = None
    contributors: str | None = None
    funding: str | None = None
    grant_numbers: tuple[str, ...] = ()
    competing_interests: str | None = None
    peer_review: str | None = None


class Problem(Part):
    """One remark on one field; ``lines`` are those of the file or of its flattened text."""

    code: ProblemCode
    field: str | None = None
    message: str
    lines: Lines | None = None


class Provenance(Part):
    """Where a record came from. ``field_spans`` gives for every stated field the lines it was read from; ``lines`` counts the
    lines of the text that these spans point into (for HTML the flattened text)."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    source_format: str
    kind: Kind = "capture"
    parser: str = ""
    parser_version: str = ""
    site: str | None = None
    file_name: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    lines: int | None = None
    encoding: str | None = None
    newline: str | None = None
    source_url: str | None = None
    record_url: str | None = None
    register_name: str | None = Field(default=None, alias="register")  # 'register' itself is a method of every class
    retrieved_date: str | None = None
    record_index: int = 0
    raw_span: Lines | None = None
    field_spans: dict[str, Lines] = Field(default_factory=dict)
    not_on_page: tuple[str, ...] = ()


class Record(Part):
    """One entry as one source gave it, schema 0.1."""

    schema_version: Literal["0.1"] = SCHEMA_VERSION
    record_id: str
    record_type: RecordType
    identifiers: tuple[Identifier, ...] = ()
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    brief_summary: str | None = None
    detailed_description: str | None = None
    abstract: str | None = None
    lay_summary: str | None = None
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    arm_groups: tuple[ArmGroup, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    primary_outcomes: tuple[Outcome, ...] = ()
    secondary_outcomes: tuple[Outcome, ...] = ()
    other_outcomes: tuple[Outcome, ...] = ()
    eligibility: Eligibility = Eligibility()
    minimum_age: Age | None = None
    maximum_age: Age | None = None
    sex: Sex | None = None
    healthy_volunteers: bool | None = None
    study_type: StudyType | None = None
    phases: tuple[Phase, ...] = ()
    allocation: Allocation | None = None
    intervention_model: InterventionModel | None = None
    primary_purpose: PrimaryPurpose | None = None
    masking: Masking | None = None
    who_masked: tuple[Masked, ...] = ()
    design_raw: str | None = None
    enrollment: Enrollment | None = None
    overall_status: Status | None = None
    why_stopped: str | None = None
    dates: Dates = Dates()
    prospective_registration: bool | None = None
    lead_sponsor: Sponsor | None = None
    collaborators: tuple[Sponsor, ...] = ()
    funding_sources: tuple[str, ...] = ()
    responsible_party: ResponsibleParty | None = None
    overall_officials: tuple[Official, ...] = ()
    contacts: tuple[Contact, ...] = ()
    locations: tuple[Location, ...] = ()
    location_count: int | None = None
    countries: tuple[str, ...] = ()
    has_results: bool | None = None
    results: Results = Results()
    ethics_review: tuple[EthicsReview, ...] = ()
    ipd_sharing: IpdSharing | None = None
    publication: Publication | None = None
    related_record_ids: tuple[str, ...] = ()
    derived: dict[str, Any] = Field(default_factory=dict)
    extra: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    provenance: Provenance
    problems: tuple[Problem, ...] = ()

    @property
    def primary_identifier(self) -> Identifier | None:
        """The identifier by which the source itself names this entry, if it states one."""
        return next((i for i in self.identifiers if i.role == "primary"), None)
