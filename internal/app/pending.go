package app

import "context"

func importFile(_ context.Context, c *call) int {
	if code, ok := c.parse(c.flags()); !ok {
		return code
	}
	return exitFailed
}

func user(_ context.Context, c *call) int {
	if code, ok := c.parse(c.flags()); !ok {
		return code
	}
	return exitFailed
}
