// A stand-in for wsl.exe, for a trial of the .bat files under Wine. It notes its arguments and what WSLENV passes on,
// one JSON document a line, and ends as it is told:
//
//	TRIAL_NOTES  the file of the notes
//	TRIAL_FAILS  the command that fails with TRIAL_CODE: bash, docker or script
package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
)

func main() {
	arguments := os.Args[1:]
	line := strings.Join(arguments, " ")
	what := "script"
	if strings.HasPrefix(line, "--exec bash -c") {
		what = "bash"
	} else if strings.HasPrefix(line, "--exec docker") {
		what = "docker"
	}
	passed := map[string]string{}
	for _, entry := range strings.Split(os.Getenv("WSLENV"), ":") {
		name, _, _ := strings.Cut(entry, "/")
		passed[name] = os.Getenv(name)
	}
	note, _ := json.Marshal(map[string]any{"what": what, "arguments": arguments, "passed": passed})
	file, err := os.OpenFile(os.Getenv("TRIAL_NOTES"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	file.Write(append(note, '\n'))
	file.Close()
	if os.Getenv("TRIAL_FAILS") == what {
		code, _ := strconv.Atoi(os.Getenv("TRIAL_CODE"))
		os.Exit(code)
	}
}
