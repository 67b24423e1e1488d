#!/bin/sh
# Renews run.txt and dev.txt: hashes, no addresses, every platform, Python 3.11 and later.
set -eu
cd "$(dirname "$0")/.."
lock() {
    uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --override requirements/no-torch.txt "$@" pyproject.toml
}
lock --output-file requirements/run.txt
lock --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt
