package app

import (
	"context"
)

type demoAccount struct{ login, says string }

var demoAccounts []demoAccount

const demoPassword = ""

func importFile(context.Context, *call) int { return exitFailed }

func user(context.Context, *call) int { return exitFailed }
