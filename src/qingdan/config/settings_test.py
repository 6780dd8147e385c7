"""Settings of the test run: the same house, quick passwords, keys that are no secret."""

import atexit
import os
import shutil
import tempfile

# Never the data of an installation, whatever the environment names; each test process has its own.
os.environ["QINGDAN_DATA"] = tempfile.mkdtemp(prefix="qingdan-test-")
os.environ["QINGDAN_SECRET_KEY"] = "0" * 64
os.environ["QINGDAN_PII_KEY"] = "1" * 64
if url := os.environ.get("QINGDAN_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url
else:
    os.environ.pop("DATABASE_URL", None)

from qingdan.config.settings import *  # noqa: F403  (the environment comes first)

atexit.register(shutil.rmtree, DATA, ignore_errors=True)  # noqa: F405  (from the settings above)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,  # noqa: F405  (from the settings above)
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405  (WhiteNoise asks for it)
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
AXES_ENABLED = False
# Messages are tested by their ids, whether catalogues are compiled or not; Chinese is tested where it matters.
LANGUAGE_CODE = "en"
