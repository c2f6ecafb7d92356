# Never built by us: neither where it was written nor in CI is there a container engine.
FROM python:3.12-slim-bookworm AS build
WORKDIR /srv
COPY requirements/production.txt requirements/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/production.txt

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home throughline
COPY --from=build /venv /venv
WORKDIR /srv
COPY --chown=throughline . .
ENV PATH=/venv/bin:$PATH DJANGO_SETTINGS_MODULE=config.settings.production PYTHONUNBUFFERED=1
# Static files need no secret; these values open nothing and stay in this layer only.
RUN SECRET_KEY=only-for-collectstatic-only-for-collectstatic-only-for- FIELD_ENCRYPTION_KEYS=b25seS1mb3ItY29sbGVjdHN0YXRpYy0wMTIzNDU2Nzg= DATABASE_URL=postgres:///none \
    CELERY_BROKER_URL=redis://none ALLOWED_HOSTS=none PUBLIC_URL=https://none EMAIL_URL=smtp+tls://none python manage.py collectstatic --noinput
USER throughline
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--access-logfile", "/dev/null", \
     "--no-control-socket"]
