"""What this room does by itself, once a day."""

import datetime as dt
from typing import Any

from qingdan.core import jobs, throttle
from qingdan.core.actor import SystemActor
from qingdan.directory.models import Place, PlaceLevel
from qingdan.lists import likeness
from qingdan.lists.acts import needs


@jobs.schedule("lists.daily", daily_at=dt.time(4, 10))
@jobs.job("lists.daily")
def daily() -> dict[str, Any]:
    """Needs lapse, personal details are erased, likeness is found anew, old marks go."""
    done: dict[str, Any] = {"marks": throttle.forget_old()}
    districts = Place.objects.filter(level=PlaceLevel.DISTRICT).values_list("code", flat=True).distinct()
    for district in districts:
        actor = SystemActor("schedule", district)
        done[district] = {
            "lapsed": needs.lapse(actor=actor),
            "erased": needs.erase_personal_details(actor=actor),
            "pairs": likeness.suggest_all(district),
        }
    return done
