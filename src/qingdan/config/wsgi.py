import os

from django.core.wsgi import get_wsgi_application

from qingdan.config import lifeline, warming

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingdan.config.settings")
lifeline.hold()
application = get_wsgi_application()
warming.begin()
