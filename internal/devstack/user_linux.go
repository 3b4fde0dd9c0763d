package devstack

import (
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
// ordinary user, so that all files stay ours; or as that user, with its files apart.
func unprivileged(o Options) (runAs, error) {
	if os.Geteuid() != 0 {
		return runAs{mode: "self"}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		as := runAs{mode: "namespace", uid: uid, gid: gid}
		probe := exec.Command("/bin/true")
		as.apply(probe)
		if probe.Run() == nil {
			return as, nil
		}
		say(o, "postgres: no user namespaces here; running it as the user %s with its data in /var/tmp", name)
		return runAs{mode: "setuid", uid: uid, gid: gid}, nil
	}
	return runAs{}, fmt.Errorf("Postgres does not run as root and there is no user named postgres or nobody; run this as an ordinary user")
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

// home is where the server's files are kept.
func (r runAs) home(dir string) string {
	if r.mode != "setuid" {
		return dir
	}
	own := filepath.Join("/var/tmp", "relance-"+strconv.Itoa(r.uid))
	if err := os.MkdirAll(own, 0o700); err != nil {
		return dir
	}
	return own
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

func endWithParent(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGINT }
