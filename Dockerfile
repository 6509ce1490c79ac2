# notifier as a container: docs/running.md says how it is built, run and brought up to date.
#   --build-arg LOCK=requirements-extras.txt   with PostgreSQL, OpenID Connect, DKIM, Sentry and OpenTelemetry
# Whoever wants the very same image again pins both FROM lines by digest (python:3.13-slim-trixie@sha256:…), which
# `docker buildx imagetools inspect python:3.13-slim-trixie` prints: a tag may be moved, a digest can't.

FROM python:3.13-slim-trixie AS build
ARG LOCK=requirements.txt
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
WORKDIR /src
RUN python -m venv /opt/notifier
# What is locked first: it changes less often than the program.
COPY requirements.txt requirements-extras.txt ./
RUN /opt/notifier/bin/pip install --require-hashes --no-deps --requirement "$LOCK"
COPY pyproject.toml README.md LICENSE config.yaml ./
COPY templates templates
COPY docs/schemas docs/schemas
COPY notifier notifier
# The lock has what builds it, so nothing unlocked is fetched; pip and that are of no use afterwards.
RUN /opt/notifier/bin/pip install --no-deps --no-build-isolation . \
 && /opt/notifier/bin/pip uninstall --yes hatchling editables pip

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="notifier" \
      org.opencontainers.image.description="Reminder mails and calendar feeds from an organisation's event files." \
      org.opencontainers.image.licenses="MIT"
# Debian's git reads repositories, by ssh too. Its version is Debian's to choose, so that a new build has what was mended.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git openssh-client \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 notifier \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /site --shell /usr/sbin/nologin notifier \
 && install -d -o 10001 -g 10001 -m 0750 /site \
 && install -d -o 10001 -g 10001 -m 0755 /site/feeds
COPY --from=build /opt/notifier /opt/notifier
# /run/secrets is where compose and swarm put secrets: {credential: NAME} in config.yaml.
ENV PATH=/opt/notifier/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CREDENTIALS_DIRECTORY=/run/secrets
# config.yaml lies here, and whatever the program writes beside it: ledger, outbox, feeds, clones. Everything else may be
# read-only, but for /tmp.
WORKDIR /site
VOLUME /site
USER 10001:10001
EXPOSE 8000
# The tick that is running finishes; it is ended by the same signal as a service.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('NOTIFIER_PORT', '8000') + '/healthz', timeout=4)"]
ENTRYPOINT ["notifier"]
CMD ["run", "--host", "0.0.0.0", "--port", "8000"]
