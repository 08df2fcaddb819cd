"""The codes of what a reader remarks on a value. The set is closed: a new remark is added here first."""

from __future__ import annotations

from enum import StrEnum


class ProblemCode(StrEnum):
    """Everything that a reader can remark on. The set is closed: a new remark is added here first."""

    # what a value may not mean
    POSSIBLE_LOST_COMPARISON = "possible_lost_comparison"
    FUSED_CITATION = "fused_citation"
    CONDITIONS_UNSPLIT = "conditions_unsplit"
    KEYWORDS_UNSPLIT = "keywords_unsplit"
    AUTHORS_UNSPLIT = "authors_unsplit"
    AGE_CONFLICT = "age_conflict"
    AMBIGUOUS_NUMBER = "ambiguous_number"
    AMBIGUOUS_DATE = "ambiguous_date"
    MONTH_END_DATE_PRECISION = "month_end_date_precision"
    LAUNCHED_DATE_MEANING = "launched_date_meaning"
    DESIGN_CONTRADICTION = "design_contradiction"
    SUPERSCRIPT_LOST = "superscript_lost"
    SPONSOR_CLASS_UNDECIDED = "sponsor_class_undecided"
    STATUS_CONFLICT = "status_conflict"
    FACILITY_CONTACT_SCOPE = "facility_contact_scope"
    CRITERIA_UNSPLIT = "criteria_unsplit"
    UNKNOWN_WORD = "unknown_word"
    UNREADABLE_DATE = "unreadable_date"
    UNREADABLE_VALUE = "unreadable_value"
    VALUE_CONFLICT = "value_conflict"
    # what was left out of a field, with its lines
    PLACEHOLDER_CONTACT = "placeholder_contact"
    PLACEHOLDER_TEXT = "placeholder_text"
    UNPLACED_TEXT = "unplaced_text"
    # identifiers
    NO_IDENTIFIER = "no_identifier"
    IDENTIFIER_FROM_ADDRESS = "identifier_from_address"
    IDENTIFIER_CONFLICT = "identifier_conflict"
    IDENTIFIER_MALFORMED = "identifier_malformed"
    # the capture
    LOSSY_CAPTURE = "lossy_capture"
    LOST_CHARACTER = "lost_character"
    CUT_OFF = "cut_off"
    SECTION_MISSING = "section_missing"
    NO_TITLE = "no_title"
    DECODED_CP1252 = "decoded_cp1252"
    DECODED_WITH_LOSS = "decoded_with_loss"
    MARKUP_REPAIRED = "markup_repaired"
    ACCESS_PAGE = "access_page"
    # export files
    REPEATED_TAG = "repeated_tag"
    UNKNOWN_TAG = "unknown_tag"
    MALFORMED_TAG = "malformed_tag"
    MISSING_START = "missing_start"
    MISSING_END = "missing_end"
    TEXT_OUTSIDE_RECORDS = "text_outside_records"
    CONTINUATION_JOINED = "continuation_joined"
    ROW_WIDTH = "row_width"
    RECEIPT_MISMATCH = "receipt_mismatch"
    CAPPED_EXPORT = "capped_export"
    ENTITY_REFUSED = "entity_refused"
    ABSTRACT_SHORTENED = "abstract_shortened"
    REPAIRED = "repaired"
    UNTRIED_FORMAT = "untried_format"
    # what was said about a document after it came out
    RETRACTED = "retracted"
    UNDER_CONCERN = "under_concern"
    CORRECTED = "corrected"
