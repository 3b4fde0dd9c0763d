#!/bin/sh
# Checks that need no linter: format, generated code, go.mod.
set -eu

echo "check: format"
gofmt=$(command -v gofmt || echo "$(go env GOROOT)/bin/gofmt")
unformatted=$(find . -name '*.go' -not -path './.git/*' -not -path './node_modules/*' -exec "$gofmt" -l -s {} +)
if [ -n "$unformatted" ]; then
	echo "not formatted (make fmt):"
	echo "$unformatted"
	exit 1
fi

# The generated files are compared with what they were a moment ago, not with the last
# commit: other work in progress is nobody's mistake.
echo "check: generated code"
keep=$(mktemp -d)
trap 'rm -rf "$keep"' EXIT
files="graph/generated.go graph/models_gen.go $(ls graph/*.resolvers.go)"
for f in $files; do cp -p "$f" "$keep/$(basename "$f")"; done
go run ./graph/generate
differs=
for f in $files; do
	cmp -s "$f" "$keep/$(basename "$f")" || differs="$differs $f"
done
if [ -n "$differs" ]; then
	for f in $differs; do diff -u "$keep/$(basename "$f")" "$f" | head -20 || true; done
	echo "generated code was not up to date:$differs (it is now: look at it and commit it)"
	exit 1
fi

# The dashboard as built is committed, so that building the program needs no Node; here it
# is built again and compared byte by byte.
if command -v npm >/dev/null; then
	echo "check: web (types, lint, texts, the same build)"
	sh scripts/webparts.sh
	(cd web && npm run --silent check -- --dist)
elif [ -n "${CI:-}" ]; then
	echo "check: web could not be checked: no npm"
	exit 1
else
	echo "check: web is not checked: no npm"
fi

echo "check: go.mod"
go mod tidy -diff >"$keep/tidy" 2>&1 || {
	if grep -q '^diff ' "$keep/tidy"; then
		cat "$keep/tidy"
		echo "go.mod or go.sum is not tidy: go mod tidy"
		exit 1
	fi
	echo "check: go mod tidy could not be tried here (no way to the module proxy?)"
	[ -z "${CI:-}" ] || { cat "$keep/tidy"; exit 1; }
}
