# One image for every role: `docker run IMAGE bot | worker | web | migrate | ...`.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS build
WORKDIR /app
COPY requirements requirements
COPY vendor vendor
RUN python requirements/install.py /opt/venv runtime
COPY bot bot
# The packages that submissions may import, in a place that the worker need not write to.
RUN /opt/venv/bin/python -c "from pathlib import Path; from bot.grading.sandbox import make_environment; \
make_environment(Path('/opt/sandbox-env'), Path('requirements/sandbox.txt'))"

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/warmup --create-home warmup
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/sandbox-env /opt/sandbox-env
COPY . .
RUN python -m compileall -q bot migrations
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    WARMUP_DATA_DIR=/var/lib/warmup \
    WARMUP_SANDBOX_DIR=/opt/sandbox-env \
    WARMUP_LOG_FORMAT=json
USER warmup
VOLUME /var/lib/warmup
EXPOSE 8000
ENTRYPOINT ["warmup"]
CMD ["--help"]
