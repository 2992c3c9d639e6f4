package app

import "context"

type demoAccount struct{ login, says string }

var demoAccounts []demoAccount

const demoPassword = ""

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
