#!/bin/sh
# Installs the packages of web/ that its lock file names, once for each lock file. Not by
# npm ci: the lock file lacks builds of the linter for other platforms than its writer's
# mirror has, which npm ci takes for a mistake.
set -eu
cd web
cmp -s package-lock.json node_modules/.got && exit 0
echo "web: installing packages"
npm install --no-save --no-audit --no-fund --loglevel=error </dev/null
cp package-lock.json node_modules/.got
