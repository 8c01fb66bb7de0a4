# One image for the bot, the worker and the engine's server; the command says which.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY engine engine
COPY engine_client engine_client
COPY feeds feeds
COPY sessions sessions
COPY storage storage
# Editable: the shipped feeds lie beside the packages, where the program looks for them.
RUN python -m venv /venv && \
    /venv/bin/pip install --no-cache-dir --constraint constraints.txt --editable .

FROM python:3.12-slim-bookworm
# A fixed number, so that the owner of a mounted folder can be set on the host: chown 10001 data
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin reckoner && \
    install -d -o reckoner -g reckoner /data
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib DATA_DIR=/data
USER reckoner
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
CMD ["python", "-m", "bot", "run"]
