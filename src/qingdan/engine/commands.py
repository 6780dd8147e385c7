"""The engine's commands, gathered for the command table."""

from qingdan.engine.matching_commands import duplicates, match

__all__ = ["duplicates", "match"]
