"""The claims reader: every quantity that a Chinese official text claims, and whether the records agree."""

from .finding import Claim, find_claims
from .reading import Document, Unreadable, read_document

__all__ = ["Claim", "Document", "Unreadable", "find_claims", "read_document"]
