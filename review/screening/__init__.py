"""Screening by two people blind to each other: decisions, conflicts, retrieval, agreement."""
