FROM python:3.11.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY constraints.txt ./

# pip brings the CUDA build of torch, which is large. On a machine without a GPU, give the address of the
# index that PyTorch publishes its CPU builds on:  docker compose build --build-arg TORCH_INDEX=...
ARG TORCH_INDEX=""
RUN if [ -n "$TORCH_INDEX" ]; then pip install --index-url "$TORCH_INDEX" --constraint constraints.txt torch; fi

COPY pyproject.toml README.md LICENSE ./
COPY stream ./stream
COPY models ./models
COPY storage ./storage
COPY alerts ./alerts
COPY dashboards ./dashboards
RUN pip install --constraint constraints.txt .

RUN useradd --system --create-home --uid 10001 tideline
USER tideline
WORKDIR /home/tideline
CMD ["tideline", "--help"]
