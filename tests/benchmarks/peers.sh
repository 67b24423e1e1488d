#!/usr/bin/env bash
# Runs the bench beside the checkout, if there is one: other programs on the same pictures in the same run.
# peers.sh BIN BENCH BENCH_HOME OUT PICTURE...   pictures at 1 megapixel, the first at 4 once more
set -euo pipefail
bin=$(cd "$1" && pwd) bench=$2 home=$3 out=$4
shift 4
python=$home/venv/bin/python
if [[ ! -f $bench/run.py ]]; then
    echo "No bench at $bench: nothing is compared with other programs."
    exit 0
fi
if [[ ! -x $python ]]; then
    echo "$bench is not set up: run $bench/setup.sh first." >&2
    exit 1
fi
peers=fast-pbn,strokemap
# The third program wants Python 3.12 or later, and has an environment of its own.
if [[ ! -x $home/paintify/bin/paintify ]]; then
    for newer in python3.14 python3.13 python3.12 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python; do
        if "$newer" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
            "$newer" -m venv "$home/paintify" && "$home/paintify/bin/pip" install -q paintify==0.3.1
            break
        fi
    done
fi
[[ -x $home/paintify/bin/paintify ]] && peers+=,paintify
here=$(dirname "${BASH_SOURCE[0]}")
root=$(cd "$here/../.." && pwd)
ones=$(printf '1,%.0s' "$@")
"$python" "$here/peers.py" "$@" "$1" --megapixels "${ones}4" --bench "$bench" --home "$home" \
    --peers "$peers" --pbn "$bin/pbn" \
    --borders "env PYTHONPATH='$root' '$bin/python' -m tests.benchmarks.borders '{image}' --json" | tee "$out"
