#!/usr/bin/env bash
# Runs the bench beside the checkout, if there is one: other programs on the same pictures in the same run.
# peers.sh BIN BENCH BENCH_HOME PICTURES
set -euo pipefail
bin=$(cd "$1" && pwd) bench=$2 home=$3 pictures=$4
python=$home/venv/bin/python
if [[ ! -f $bench/run.py ]]; then
    echo "No bench at $bench: nothing is compared with other programs."
    exit 0
fi
if [[ ! -x $python ]]; then
    echo "$bench is not set up: run $bench/setup.sh first." >&2
    exit 1
fi
own="$bin/pbn kit {image} --no-style --no-cache --colours {k} --quiet"
for photo in chelsea.png astronaut.png; do
    for page in a4 40x50; do
        size=${page/40x50/40x50cm}
        PBN_BENCH_HOME=$home "$python" "$bench/run.py" "$pictures/$photo" --page "$page" \
            --own "$own --size $size -o {out}/kit && mv {out}/kit/* {out}/ && rmdir {out}/kit"
    done
done
"$bin/python" "$bench/style.py" "$pictures/chelsea.png" "$pictures/glass.jpg" --size 256 --steps 40 \
    --own "$bin/pbn stylise {content} --art {style} --long-side {size} --no-cache --quiet -o {out}"
