"""The state tables of proposals, letters and commitments."""

from qingdan.replies.lifecycle.letters import LETTER
from qingdan.replies.lifecycle.proposals import COMMITMENT, PROPOSAL

__all__ = ["COMMITMENT", "LETTER", "PROPOSAL"]
