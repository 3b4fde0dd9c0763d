package devstack

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	scratchPrefix = "relance-test-"
	scratchRoom   = 3 << 30 // what the databases of a test run may take
)

// Scratch makes a folder for a throwaway stack: in memory where there is room, which
// containers often do not give, else with the temporary files. It removes what test runs
// that were killed left there.
func Scratch() (string, error) {
	const ram = "/dev/shm"
	base := os.TempDir()
	sweepScratch(base)
	if info, err := os.Stat(ram); err == nil && info.IsDir() {
		sweepScratch(ram)
		if freeSpace(ram) >= scratchRoom {
			base = ram
		}
	}
	dir, err := os.MkdirTemp(base, scratchPrefix)
	if err != nil {
		return "", fmt.Errorf("make a scratch folder: %w", err)
	}
	return dir, nil
}

// sweepScratch removes folders that nobody holds the lock of. Young ones are left alone:
// they may not have been locked yet.
func sweepScratch(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, scratchPrefix+"*"))
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		unlock, err := lockDir(dir)
		if err != nil {
			continue
		}
		_ = os.RemoveAll(dir)
		_ = unlock()
	}
}
