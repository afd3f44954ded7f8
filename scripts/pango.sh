#!/bin/sh
# Pango, which WeasyPrint needs for the PDF: found, or installed where that needs no password, or asked for.
# Usage: pango.sh PYTHON
set -u
python=${1:-python3}

# WeasyPrint warns where HarfBuzz cannot subset fonts: then too something is missing
there() { "$python" -W error::DeprecationWarning -c 'import weasyprint' >/dev/null 2>&1; }
say() { printf '%s\n' "$*" >&2; }

there && exit 0
as_root=
[ "$(id -u)" = 0 ] || as_root='sudo -n'
if command -v apt-get >/dev/null 2>&1 && $as_root true 2>/dev/null; then
  say "Pango is missing: installing it from the system's packages."
  $as_root apt-get update -q >/dev/null 2>&1
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core >/dev/null
elif command -v dnf >/dev/null 2>&1 && $as_root true 2>/dev/null; then
  say "Pango is missing: installing it from the system's packages."
  $as_root dnf install -qy pango dejavu-sans-fonts >/dev/null
elif command -v brew >/dev/null 2>&1; then
  say "Pango is missing: installing it with Homebrew."
  brew install --quiet pango >/dev/null
fi
there && exit 0
say "Expected Pango, which the PDF needs; it is not there and could not be installed without a password."
say "Install it and try again: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0, or brew install pango"
exit 1
