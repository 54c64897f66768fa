# setup.sh - sourced by ./run and ./check: installs what is missing, builds. Says what it does.
say() { printf '%s\n' "$*" >&2; }

# packages SECTION…: the lines of those sections.
packages() {
    for section in "$@"; do
        awk -v want="[$section]" '/^\[/ { on = $0 == want; next } on && NF && $1 !~ /^#/ { print $1 }' \
            packaging/debian-packages.txt
    done
}

missing_packages() {
    packages "$@" | while IFS='|' read -r package command; do
        if [ -n "$command" ] && command -v "$command" >/dev/null 2>&1; then continue; fi
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        if [ "$state" != installed ]; then echo "$package"; fi
    done
}

install_missing() {
    command -v dpkg-query >/dev/null || { say "This is not Debian: install the packages of packaging/debian-packages.txt by hand."; return 0; }
    todo=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "${todo// /}" ] || return 0
    as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { say "Missing packages, and neither root nor sudo: $todo"; return 1; }
        as_root=(sudo)
    fi
    say "Installing with apt-get: $todo"
    "${as_root[@]}" apt-get update -qq >/dev/null || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $todo >/dev/null
}

# build FOLDER MESON-OPTIONS…   ($targets: what to build, all when not set)
build() {
    folder=$1; shift
    if [ -f "$folder/build.ninja" ]; then set -- --reconfigure "$@"; fi
    meson setup "$folder" "$@" >"$folder.log" 2>&1 || { tail -n 30 "$folder.log" >&2; return 1; }
    rm -f "$folder.log"
    # shellcheck disable=SC2086
    ninja -C "$folder" ${targets:-} >"$folder/ninja.log" 2>&1 || { grep -E -A12 'FAILED|error' "$folder/ninja.log" | head -n 60 >&2; return 1; }
}
