#!/bin/sh
# Installs a Go tool under a name with its version: tool.sh PACKAGE VERSION FILE
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "installing $1@$2 (once)"
GOBIN="$dir" GOFLAGS= go install "$1@$2"
mkdir -p "$(dirname "$3")"
mv "$dir/$(basename "$1")" "$3"
