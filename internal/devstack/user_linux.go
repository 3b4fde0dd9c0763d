package devstack

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// runAs is how a server that refuses root is started by root.
type runAs struct {
	mode     string // "self", "namespace" or "setuid"
	uid, gid int
}

// unprivileged chooses how: as ourselves; in a user namespace where we appear as an
// ordinary user, so that all files stay ours; or as that user, with its files apart. A
// user who holds this stack's files already stays, whoever else was added since.
func unprivileged(ctx context.Context, o Options) (runAs, error) {
	if os.Geteuid() != 0 {
		return runAs{mode: "self"}, nil
	}
	var users []runAs
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.Atoi(u.Uid)
			gid, _ := strconv.Atoi(u.Gid)
			users = append(users, runAs{mode: "namespace", uid: uid, gid: gid})
		}
	}
	if len(users) == 0 {
		return runAs{}, fmt.Errorf("postgres does not run as root and there is no user named postgres or nobody; run this as an ordinary user")
	}
	probe := exec.CommandContext(ctx, "/bin/true")
	users[0].apply(probe)
	if !o.noNamespace && probe.Run() == nil {
		return users[0], nil
	}
	for i := range users {
		users[i].mode = "setuid"
	}
	for _, dir := range []string{o.Dir, o.cache()} {
		place, err := apart(dir)
		if err != nil {
			return runAs{}, err
		}
		for _, u := range users {
			if owner, ok := ownerOf(place); ok && owner == u.uid {
				return u, nil
			}
		}
	}
	return users[0], nil
}

// apart is where the files of a stack are kept that its user cannot reach in dir.
func apart(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join("/var/tmp", fmt.Sprintf("relance-%x", sum[:4])), nil
}

// ownerOf gives the user of a folder.
func ownerOf(dir string) (int, bool) {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}

func (r runAs) apply(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	switch r.mode {
	case "namespace":
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: r.uid, HostID: 0, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: r.gid, HostID: 0, Size: 1}}
	case "setuid":
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(r.uid), Gid: uint32(r.gid)}
		cmd.Dir = "/"
	}
}

// home is where the server's files are kept: dir, or for a user who cannot reach dir a
// folder of its own in /var/tmp. What is thrown away stays in dir where that can be
// reached.
func (r runAs) home(dir string, throwaway bool) (string, error) {
	if r.mode != "setuid" {
		return dir, nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if throwaway && passable(filepath.Dir(abs)) {
		return dir, os.Chmod(dir, 0o711)
	}
	own, err := apart(dir)
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(own, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	// Anybody may have made a folder of that name.
	if owner, ok := ownerOf(own); !ok || owner != 0 && owner != r.uid {
		return "", fmt.Errorf("%s belongs to somebody else; remove it", own)
	}
	return own, os.Chown(own, r.uid, r.gid)
}

// passable reports whether every user can reach what is below the folder.
func passable(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&1 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
		dir = filepath.Dir(dir)
	}
}

// own gives files to the server's user.
func (r runAs) own(paths ...string) error {
	if r.mode != "setuid" {
		return nil
	}
	for _, p := range paths {
		if err := os.Chown(p, r.uid, r.gid); err != nil {
			return fmt.Errorf("give %s to the database's user: %w", p, err)
		}
	}
	return nil
}

// freeSpace gives the bytes that may be written there.
func freeSpace(dir string) uint64 {
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil || st.Bsize < 0 {
		return 0
	}
	return st.Bavail * uint64(st.Bsize)
}

func endWithParent(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGINT }
