"""Personal details behind needs that have ended get back the day of erasure that rating and archiving took from them."""

import datetime as dt

from django.db import migrations

ENDS = ("DONE", "REJECTED", "EXPIRED")
ENDED = (*ENDS, "RATED", "ARCHIVED")
PROMISED = dt.timedelta(days=183)  # six months


def set_days(apps, schema_editor):
    Need, Entry = apps.get_model("lists", "SocialNeed"), apps.get_model("core", "JournalEntry")
    reporters = apps.get_model("lists", "NeedReporter").objects.filter(erase_on__isnull=True)
    for key, need_id in list(reporters.values_list("pk", "need_id")):
        state, into = Need.objects.values_list("state", "merged_into_id").get(pk=need_id)
        while into is not None:
            need_id = into
            state, into = Need.objects.values_list("state", "merged_into_id").get(pk=need_id)
        if state not in ENDED:
            continue
        ends = Entry.objects.filter(
            subject_type="lists.socialneed", subject_id=str(need_id), after__in=ENDS
        ).exclude(before__in=ENDS)
        last = ends.order_by("-sequence").values_list("at", "data").first()
        if last is not None:
            day = dt.date.fromisoformat(last[1]["day"]) if last[1].get("day") else last[0].date()
            reporters.filter(pk=key).update(erase_on=day + PROMISED)


class Migration(migrations.Migration):
    dependencies = [("lists", "0005_windows_with_room"), ("core", "0005_table_export")]
    operations = [migrations.RunPython(set_days, migrations.RunPython.noop)]
