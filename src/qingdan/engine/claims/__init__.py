"""The claims reader: every quantity that a Chinese official text claims, and whether the records agree."""

from .finding import Claim, find_claims
from .matching import Candidate, Figure, Verdict, match_claims
from .places import places_of
from .reading import Document, Unreadable, read_content, read_document

__all__ = [
    "Candidate",
    "Claim",
    "Document",
    "Figure",
    "Unreadable",
    "Verdict",
    "find_claims",
    "match_claims",
    "places_of",
    "read_content",
    "read_document",
]
