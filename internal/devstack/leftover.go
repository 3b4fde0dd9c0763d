package devstack

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopLeftover stops a server that a killed run left behind. The file's first line is
// its process number; mark is a word of its command line that no other process has.
func stopLeftover(ctx context.Context, o Options, pidFile, mark string) error {
	raw, err := os.ReadFile(pidFile)
	if err != nil {
		return nil // none
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid < 2 || !isServer(ctx, pid, mark) {
		return os.Remove(pidFile)
	}
	say(o, "stopping a server that an earlier run left behind (process %d)", pid)
	_ = syscall.Kill(pid, syscall.SIGINT)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		if !isServer(ctx, pid, mark) {
			return nil
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("a server of an earlier run (process %d) does not stop; stop it by hand", pid)
}

// isServer makes sure that the process is the server before it is stopped: process
// numbers are used again. A server that has ended but that nobody has waited for has no
// command line any more.
func isServer(ctx context.Context, pid int, mark string) bool {
	if _, err := os.Stat("/proc/self/cmdline"); err == nil {
		cmdline, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
		return err == nil && bytes.Contains(cmdline, []byte(mark))
	}
	out, err := exec.CommandContext(ctx, "ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && bytes.Contains(out, []byte(mark))
}
