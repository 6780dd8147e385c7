"""Style sheets, scripts and icons as they are served: named by their content, compressed, kept for a year."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

# For paper only, and large; they are read from disk and never sent to a browser.
NOT_SERVED = ["vendor/fonts/*"]


class VersionedFiles(CompressedManifestStaticFilesStorage):
    """Addresses carry the file's hash once `collect` has run; before that they are the plain ones."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        stored: str = super().stored_name(name) if self.hashed_files else name
        return stored


def collect() -> None:
    """Gather the rooms' static files under the data directory, unless that is already so."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if manifest.exists() and _newest() <= manifest.stat().st_mtime:
        return
    manifest.unlink(missing_ok=True)  # written last: its presence says that the collection is complete
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_SERVED)


def _newest() -> float:
    """When a static file, or the folder that lost or gained one, last changed (seconds since 1970)."""
    found = [
        Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list(NOT_SERVED)
    ]
    paths = {path for file in found for path in (file, file.parent)}
    return max((path.stat().st_ctime for path in paths), default=0.0)
