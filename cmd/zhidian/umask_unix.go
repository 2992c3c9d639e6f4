//go:build unix

package main

import "syscall"

// What the program writes is for its own user alone, whatever folder it is written to.
func init() { syscall.Umask(0o077) }
