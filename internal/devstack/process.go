package devstack

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is a server that runs beside us and ends with us.
type process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{}
}

// spawn starts a server. Where the system allows it, the server is told to end even if
// we are killed; that is bound to the thread that started it, so a thread is kept for it.
func spawn(user runAs, path string, args []string, logFile string) (*process, error) {
	out, err := os.OpenFile(logFile, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	defer out.Close()
	//nolint:noctx // the server outlives the start; stop ends it
	p := &process{cmd: exec.Command(path, args...), log: logFile, done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	user.apply(p.cmd)
	endWithParent(p.cmd)
	// A group of its own: Ctrl-C in the terminal reaches us first, and we stop it.
	p.cmd.SysProcAttr.Setpgid = true
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
		}
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return p, nil
}

// stop asks the server to end, and ends it where it does not in time.
func (p *process) stop(sig syscall.Signal, patience time.Duration) error {
	_ = p.cmd.Process.Signal(sig)
	select {
	case <-p.done:
		return nil
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("%s did not stop in %s and was killed", p.cmd.Path, patience)
	}
}

func (p *process) tail() string {
	b, _ := os.ReadFile(p.log)
	return string(b)
}
