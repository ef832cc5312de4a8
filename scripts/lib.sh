# shellcheck shell=sh
# What up, check and test share. Sourced by a script that stands in the checkout's root, set -eu.
# PYTHON names another Python; a folder wheelhouse/ (see scripts/wheelhouse) means: no network.
python=${PYTHON:-python3}
export PIP_DISABLE_PIP_VERSION_CHECK=1
[ ! -d wheelhouse ] || export PIP_NO_INDEX=1 PIP_FIND_LINKS="$PWD/wheelhouse"

say() { echo "${0##*/}: $*" >&2; }
locked() {
    .venv/bin/python -m pip --quiet --no-input install \
        --no-deps --only-binary=:all: --require-hashes "$@"
}

apt_install() { # packages of Debian; only where one may
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "installing through apt: $*"
    apt-get -qq update >&2 &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" \
            </dev/null >/dev/null
}

can_venv() { "$python" -c 'import ensurepip' 2>/dev/null; }

need_python() {
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        say "needs Python 3.11 or newer as $python (or PYTHON=/path/to/python)"; exit 1
    elif ! can_venv && ! { apt_install python3-venv && can_venv; }; then
        say "$python cannot make a venv. On Debian, as root: apt-get install python3-venv"; exit 1
    fi
}

ensure_venv() { # .venv as the lock files say, the web client built, vicon installed from here
    want=$("$python" hatch_build.py digest 2>/dev/null) ||
        { need_python; want=$("$python" hatch_build.py digest); }
    if [ "$(cat .venv/.stamp 2>/dev/null)" != "$want" ]; then
        need_python
        say "setting up .venv"
        "$python" -m venv --clear .venv
        locked -r requirements/runtime.txt -r requirements/build.txt
        [ ! -f wheelhouse/assets.tar ] || tar -xf wheelhouse/assets.tar
        .venv/bin/python -m pip --quiet --no-input install --no-deps --no-build-isolation -e .
        echo "$want" >.venv/.stamp
    fi
    locked_if "$(.venv/bin/python hatch_build.py requires)"
    .venv/bin/python hatch_build.py >&2 # standard output belongs to the command
}

locked_if() { # nothing, or in one string: -r FILE
    # shellcheck disable=SC2086
    [ -z "$1" ] || locked $1
}

ensure_tests() { # what checks and tests need on top
    cmp -s requirements/test.txt .venv/.tests && return
    say "installing the test tools"
    locked -r requirements/test.txt
    cp requirements/test.txt .venv/.tests
}
