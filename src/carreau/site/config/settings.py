"""Django's settings, safe by default; what differs between installations comes from `environment`."""

from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF

from carreau.site.config.environment import Environment
from carreau.site.config.logs import logging_settings
from carreau.site.config.mail import mail_settings
from carreau.site.config.providers import origins, providers, second_factor_demanded, second_factors

django_stubs_ext.monkeypatch()

ENVIRONMENT = Environment.read()
SITE = Path(__file__).resolve().parent.parent

SECRET_KEY = ENVIRONMENT.secret
KEYRING_SECRETS = ENVIRONMENT.keyring_secrets
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
ROOT_URLCONF = "carreau.site.config.urls"
WSGI_APPLICATION = "carreau.site.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_tasks_db",
    "carreau.site.keyring",
    "carreau.site.audit",
    "carreau.site.accounts",
    "carreau.site.jobs",
    "carreau.site.bridge",
    "carreau.site.homes",
    "carreau.site.applications",
    "carreau.site.commissions",
    "carreau.site.oversight",
    "carreau.site.maps",
    "carreau.site.waiting",
    "carreau.site.pages",
]

MIDDLEWARE = [
    "carreau.site.config.requests.RequestLine",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "carreau.site.config.requests.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "carreau.site.keyring.middleware.HoldKeysMiddleware",
    "carreau.site.accounts.middleware.ActorMiddleware",
    "carreau.site.accounts.middleware.RightsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["carreau.site.pages.templatetags.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "carreau.site.pages.context.every_page",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def _database(address: str) -> dict[str, Any]:
    found: dict[str, Any] = {**dj_database_url.parse(address, conn_max_age=60, conn_health_checks=True)}
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
    return found


DATABASES = {"default": _database(ENVIRONMENT.database), "keyring": _database(ENVIRONMENT.keyring)}
DATABASE_ROUTERS = ["carreau.site.keyring.router.KeyringRouter"]

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]

OPENID = providers(ENVIRONMENT)
OPENID_SECOND_FACTOR: list[str] = second_factors(OPENID)
SECOND_FACTOR_DEMANDED: bool = second_factor_demanded(ENVIRONMENT)
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OPENID}}
SOCIALACCOUNT_ADAPTER = "carreau.site.accounts.openid.ProviderAdapter"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "carreau.site.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "carreau.site.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}  # the keyed hash of the address: allauth never sees the address itself
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_USER_DISPLAY = "carreau.site.accounts.adapters.display_name"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "ask_link": "10/m/ip,3/15m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
MFA_ADAPTER = "carreau.site.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "carreau.site.accounts.forms.PasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENVIRONMENT.local
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},  # the counts of wrong passwords are here: they must not be crowded out
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "carreau-language"
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.home / "static"
STATICFILES_DIRS = [SITE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE = not ENVIRONMENT.local
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.proxies else None
SECURE_REDIRECT_EXEMPT = [r"^sante$"]  # asked on this machine, over plain HTTP
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_ENGINE = "carreau.site.accounts.session_store"
SESSION_SERIALIZER = "carreau.site.accounts.sealing.SealedSerializer"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ENVIRONMENT.hosts] if SECURE else []
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *origins(OPENID)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # of a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o600

globals().update(mail_settings(ENVIRONMENT))

LOGGING = logging_settings(debug=DEBUG)
