package app

import (
	"context"
	"io"
)

type demoAccount struct{ login, says string }

var demoAccounts []demoAccount

const demoPassword = ""

func importFile(context.Context, *call) int { return exitFailed }

func user(context.Context, *call) int { return exitFailed }

func planDensity(context.Context, []string, io.Writer, io.Writer) int { return exitFailed }
