import pytest
from django.db import models

from qingdan.core.lifecycle import Lifecycle, Move


class Colour(models.TextChoices):
    RED = "RED", "red"
    AMBER = "AMBER", "amber"
    GREEN = "GREEN", "green"


def test_a_table_with_unknown_states_or_double_verbs_is_refused():
    with pytest.raises(ValueError, match="unknown states"):
        Lifecycle("lamp", Colour, Move("go", Colour.RED, "BLUE", label="Go"))
    with pytest.raises(ValueError, match="twice"):
        Lifecycle(
            "lamp",
            Colour,
            Move("go", Colour.RED, Colour.GREEN, label="Go"),
            Move("go", Colour.AMBER, Colour.GREEN, label="Go"),
        )


def test_the_diagram_is_the_table():
    lamp = Lifecycle("lamp", Colour, Move("go", (Colour.RED, Colour.AMBER), Colour.GREEN, label="Go"))
    assert lamp.diagram().splitlines() == [
        "stateDiagram-v2",
        "    RED --> GREEN: go",
        "    AMBER --> GREEN: go",
    ]
