package app

import "zhidian/internal/platform/i18n"

// say puts a message into the office's language, for matters that are opened by a rule.
func say(key string, args ...any) string {
	cat, err := catalog()
	if err != nil {
		return key
	}
	return cat.Printer(i18n.ZhCN).T(key, args...)
}
