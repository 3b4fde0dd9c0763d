//go:build !linux

package devstack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// runAs is how a server that refuses root is started; elsewhere than on Linux, not by root.
type runAs struct{}

func unprivileged(context.Context, Options) (runAs, error) {
	if os.Geteuid() == 0 {
		return runAs{}, fmt.Errorf("postgres does not run as root; run this as an ordinary user")
	}
	return runAs{}, nil
}

func (runAs) apply(cmd *exec.Cmd)                     { cmd.SysProcAttr = &syscall.SysProcAttr{} }
func (runAs) home(dir string, _ bool) (string, error) { return dir, nil }
func (runAs) own(...string) error                     { return nil }
func freeSpace(string) uint64                         { return 0 }

func endWithParent(*exec.Cmd) {}
