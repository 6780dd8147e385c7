"""Commands of the engine room; the table of commands is `qingdan.config.cli`."""

from qingdan.engine.claims.command import claims
from qingdan.engine.matching_commands import duplicates, match

__all__ = ["claims", "duplicates", "match"]
