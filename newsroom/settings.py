"""Settings of Newsroom: one file, everything from the environment, nonsense refused.

The README lists each variable with its default.
"""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django_prose_editor.config import html_tags
from js_asset import static_lazy
from kombu import Exchange, Queue

from newsroom import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("NEWSROOM_DATA_DIR", str(BASE_DIR / "var"))).resolve()
RUN_DIR = DATA_DIR / "run"
RUN_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

SECRET_KEY = env.secret_key("NEWSROOM_SECRET_KEY", DATA_DIR / "secret-key")
DEBUG = env.flag("NEWSROOM_DEBUG", False)
ALLOWED_HOSTS = env.words("NEWSROOM_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
# Where `serve` writes its own address, for the commands that are run beside it.
ADDRESS_FILE = RUN_DIR / "address"
BASE_URL = env.origin("NEWSROOM_BASE_URL", env.kept(ADDRESS_FILE, "http://127.0.0.1:8000"))
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "articles",
    "media",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "newsroom.apps.NewsroomConfig",
    "django_prose_editor",
    "js_asset",
    "csp",
    "newsroom.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "newsroom.signing_in.AskForSecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.admin.page.for_you",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

# --- Database and queue -------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "newsroom.sqlite3")}

QUEUE_SOCKET = RUN_DIR / "queue.sock"
REDIS_URL = env.secret("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{QUEUE_SOCKET}"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is down must not hold up the person who saves a story: the job row is the truth,
# and the sweep wakes it again.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1,
    "interval_start": 0,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
# Lanes keep work apart that must not wait for one another; each has workers of its own.
#   pages   what readers see, and sweeps         first   something to watch at once
#   encode  the whole ladder                     spare   what can wait until nobody else wants it
LANES = ("pages", "first", "encode", "spare")
# A worker that is not told which queues it serves takes them all.
CELERY_TASK_QUEUES = [Queue(lane, Exchange(lane), routing_key=lane) for lane in LANES]
CELERY_TASK_DEFAULT_QUEUE = "pages"
# Jobs wait for child processes most of the time: threads do, and share one process's memory.
CELERY_WORKER_POOL = "threads"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "media.tasks.sweep", "schedule": 2.0},
    "tidy the stores": {"task": "media.tasks.tidy", "schedule": 600.0},
}

# What does each kind of job, and in which lane: dotted names, because `media` may not import
# `articles`.
JOBS = {
    "refresh_story": {"does": "articles.placement.refresh_story", "lane": "pages"},
    "refresh_clip": {"does": "articles.placement.refresh_clip", "lane": "pages"},
    "first_play": {"does": "media.first_play.first_play", "lane": "first"},
    "package_clip": {"does": "media.packaging.package_clip", "lane": "encode"},
    "redraw_pictures": {"does": "media.redrawing.redraw_pictures", "lane": "encode"},
    "encode_chunk": {"does": "media.chunking.encode_chunk", "lane": "encode"},
    "draw_waveform": {"does": "media.waveforms.draw_waveform", "lane": "first"},
    "listen": {"does": "media.listening.listen", "lane": "spare"},
    "take_in_upload": {"does": "media.receiving.take_in", "lane": "first"},
    "check_fixity": {"does": "media.fixity.check_round", "lane": "spare"},
    "add_av1": {"does": "media.second_codec.add_av1", "lane": "spare"},
}

# What `tidy` calls from time to time, each on its own.
SWEEPS = [
    "media.receiving.discard_expired",
    "media.comparing.compare_new",
    "media.growing.discard_dead",
    "media.chunking.discard_abandoned",
    "media.packaging.remove_orphans",
    "media.release.remove_superseded",
    "media.fixity.ask_for_round",
    "articles.placement.age_lists",
    "articles.drafting.discard_old",
]

# A cache in front of the site, which is told what it has to forget; "" where there is none.
PURGE = env.cache("NEWSROOM_PURGE_URL")

# Who knows it reads the figures of the site; without one, who asks on this machine.
METRICS_TOKEN = env.secret("NEWSROOM_METRICS_TOKEN")

# What every worker calls twice a second: see newsroom/clock.py.
KEEPS_TIME = "articles.publishing.keep_time"

# Who is told when something in the stores is found damaged and nothing was before.
TELLS_OF_DAMAGE = "articles.notifying.tell_of_damage"

# What puts the clips of `ingest --story` into a story, for the same reason.
ATTACH_CLIP = "articles.writing.attacher"

# --- The three stores ---------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "public" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = env.text("NEWSROOM_MEDIA_URL", "/media/").rstrip("/") + "/"
STORAGE = env.choice("NEWSROOM_STORAGE", "files", ("files",))
STORAGES = {
    # Private, write once: footage byte for byte as received.
    "originals": {
        "BACKEND": "media.stores.Folder",
        "OPTIONS": {
            "location": DATA_DIR / "originals",
            "file_permissions_mode": 0o400,
            "directory_permissions_mode": 0o700,
        },
    },
    # Private, working: packages before and after they are public.
    "packages": {
        "BACKEND": "media.stores.Folder",
        "OPTIONS": {
            "location": DATA_DIR / "packages",
            "file_permissions_mode": 0o644,
            "directory_permissions_mode": 0o700,
        },
    },
    # World-readable: what lies here is published.
    "public": {
        "BACKEND": "media.stores.Folder",
        "OPTIONS": {
            "location": DATA_DIR / "public",
            "file_permissions_mode": 0o644,
            "directory_permissions_mode": 0o755,
        },
    },
    "staticfiles": {"BACKEND": "newsroom.static.HashedStaticFiles"},
}
# The journal of the custody log, which is to lie where whoever can write to the database cannot.
CUSTODY_DIR = Path(env.text("NEWSROOM_CUSTODY_DIR", str(DATA_DIR / "custody"))).resolve()
# Uploads go through a file, whatever their size, and never through memory.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "work"
WORK_DIR = DATA_DIR / "work"
WORK_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# What resumable uploads may take, in bytes: one file, all that are not taken in yet, and the room
# that is left on the disk whatever comes.
LARGEST_UPLOAD = env.number("NEWSROOM_LARGEST_UPLOAD", 64, low=1, high=100_000) << 30
UPLOADS_TOTAL = env.number("NEWSROOM_UPLOADS_TOTAL", 500, low=1, high=1_000_000) << 30
KEPT_FREE = env.number("NEWSROOM_KEPT_FREE", 2, low=0, high=100_000) << 30

# A folder of this machine: footage that is put there is taken in by `serve`.
WATCHED_FOLDER = env.text("NEWSROOM_WATCHED_FOLDER")

# Where this site is read, as countries in two letters; empty: everywhere. Rights must reach so far.
TERRITORY = env.countries("NEWSROOM_TERRITORY")

# --- The editor of stories ----------------------------------------------------------------------

# The nodes for clips and pictures are ours; what a body may hold, articles.core.body decides alone.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("js/admin/clip-node.js")],
        "extensions": {
            "Clip": html_tags(["figure"], {"figure": ["data-clip"]}),
            "TrailingNode": html_tags([]),
        },
    },
    {
        "js": [static_lazy("js/admin/picture-node.js")],
        "extensions": {
            "Picture": html_tags(
                ["figure"],
                {
                    "figure": [
                        *("data-picture", "data-alt", "data-caption", "data-credit"),
                        *("data-warning", "data-decorative"),
                    ]
                },
            )
        },
    },
    {
        "js": [static_lazy(f"js/admin/{name}.js") for name in ("insert", "passages", "paste")],
        "extensions": {name: html_tags([]) for name in ("Insert", "Passages", "CleanPaste")},
    },
]

# --- Footage ------------------------------------------------------------------------------------

FFMPEG = env.text("NEWSROOM_FFMPEG")
WORKERS = env.number("NEWSROOM_WORKERS", 1, low=1, high=64)
# Whether clips get AV1 beside H.264 when nothing else is to be done.
AV1 = env.flag("NEWSROOM_AV1", True)
# The most pixels that the shorter side of a rung has; less saves encoding and storage.
TALLEST = env.number("NEWSROOM_TALLEST", 1080, low=240, high=1080)
# The folder of a model that writes down what is said; without one, people do.
SPEECH_MODEL = env.text("NEWSROOM_SPEECH_MODEL")
# Who signs, when somebody asks for it, that the log of footage was there at a moment (RFC 3161),
# and the file of certificates by which that is believed.
TSA = env.address("NEWSROOM_TSA")
TSA_ROOTS = env.text("NEWSROOM_TSA_ROOTS")
JAIL = env.choice("NEWSROOM_JAIL", "auto", ("auto", "bwrap", "rlimits"))

# --- People -------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Whether nobody works at the desk without a second factor. On one's own machine it is offered.
DEMANDS_SECOND_FACTOR = env.flag("NEWSROOM_SECOND_FACTOR", BASE_URL.startswith("https://"))
ACCOUNT_ADAPTER = "newsroom.signing_in.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
# After so many wrong passwords for one name, or from one place, nobody gets in for a while.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}
MFA_ADAPTER = "newsroom.signing_in.SecondFactors"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Newsroom"
# On one's own machine there is no certificate; browsers take passkeys at http://localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BASE_URL.startswith("https://")
# Attempts are counted where every process of the site sees them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "newsroom_cache",
    }
}
# Without a mail server people are told in the admin alone.
MAIL = env.mail_server("NEWSROOM_SMTP")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL.host else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starts_tls, MAIL.is_tls
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.text("NEWSROOM_MAIL_FROM", "newsroom@localhost")

# --- Headers ------------------------------------------------------------------------------------

MEDIA_ORIGIN = [MEDIA_URL] if "://" in MEDIA_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *MEDIA_ORIGIN],
        # The signs on the buttons of the editor of stories.
        "font-src": [SELF],
        # hls.js feeds the player through object addresses.
        "media-src": [SELF, "blob:", *MEDIA_ORIGIN],
        "connect-src": [SELF, *MEDIA_ORIGIN],
        # A story is shown beside its form.
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# A year, for this host alone: others of the domain are not ours. What stands in front of the
# application holds the certificate, and leads there from http.
SECURE_HSTS_SECONDS = 31_536_000 if BASE_URL.startswith("https://") else 0
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Of a passkey it would write down which one was used.
    "loggers": {"fido2": {"level": "WARNING"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("NEWSROOM_LOG", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
