#!/bin/sh
# Gets what the tests need that Go cannot bring, and names what it could not get.
#
# Chromium, Node and the packages of web/: for the tests of the dashboard.
# Redis: a server is installed with the system's package manager where that may be done;
#        otherwise the tests use an emulation in their own process.
# Postgres: the tests find, fetch and start it by themselves (internal/devstack); here it
#        is only checked that there is a way.
#
# With CI set, a missing part is an error: there, nobody reads a notice.
set -eu

missing=
say() { echo "need: $*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# as_root runs a command as root without asking anybody for a password.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

may_install() { [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }

# install NAME-FOR-APT NAME-FOR-DNF NAME-FOR-APK
install() {
	may_install || return 1
	if have apt-get; then
		say "installing $1 with apt-get"
		as_root apt-get update -qq </dev/null >/dev/null 2>&1 || true
		as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$1" </dev/null >/dev/null 2>&1
	elif have dnf; then
		say "installing $2 with dnf"
		as_root dnf install -y -q "$2" </dev/null >/dev/null 2>&1
	elif have apk; then
		say "installing $3 with apk"
		as_root apk add -q "$3" </dev/null >/dev/null 2>&1
	else
		return 1
	fi
}

have go || { say "Go is not on the PATH: install Go 1.26 or later"; exit 1; }

if have redis-server || have valkey-server; then
	:
elif install redis-server valkey redis && { have redis-server || have valkey-server; }; then
	# A package may start a server of its own (RUNLEVEL=1 asks it not to); the tests want
	# only the program.
	if have systemctl; then as_root systemctl disable --now redis-server >/dev/null 2>&1 || true; fi
else
	missing="$missing redis-server"
	say "no Redis server and none could be installed (Debian: redis-server); the tests use an emulation in their process"
fi

installed_postgres() {
	[ -z "${RELANCE_NO_SYSTEM_POSTGRES:-}" ] || return 1
	have postgres && return 0
	for p in /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres /usr/local/pgsql/bin/postgres \
		/opt/homebrew/opt/postgresql@*/bin/postgres /usr/libexec/postgresql*/postgres; do
		[ -x "$p" ] && return 0
	done
	return 1
}

if installed_postgres || have npm; then
	:
elif install postgresql postgresql-server postgresql && installed_postgres; then
	if have systemctl; then as_root systemctl disable --now postgresql >/dev/null 2>&1 || true; fi
else
	missing="$missing postgresql"
	say "no Postgres server, no npm to fetch one, and none could be installed (Debian: postgresql)"
fi

# The dashboard's tests want a browser, Node, and the packages of web/.
if have chromium || have chromium-browser || have google-chrome; then
	:
elif install chromium chromium chromium && { have chromium || have chromium-browser; }; then
	:
else
	missing="$missing chromium"
	say "no Chromium and none could be installed (Debian: chromium); the dashboard is not tested"
fi
if have npm; then
	sh scripts/webparts.sh || {
		missing="$missing web/node_modules"
		say "the packages of web/ could not be installed; the dashboard is not tested"
	}
else
	missing="$missing node"
	say "no Node with npm (Debian: nodejs npm); the dashboard is not tested"
fi

if [ -n "$missing" ]; then
	if [ -n "${CI:-}" ]; then
		say "missing:$missing; with CI set that is an error"
		exit 1
	fi
	say "going on without:$missing"
fi
