package app

import (
	"embed"
	"io/fs"
	"sync"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

//go:embed messages
var messages embed.FS

// catalog loads every sentence of the program. It fails where the two languages do not agree, and a test sees it first.
var catalog = sync.OnceValues(func() (*i18n.Catalog, error) {
	return i18n.Load([]fs.FS{
		messages, act.Messages, cn.Messages, day.Messages, geo.Messages, money.Messages, page.Messages, seal.Messages,
		sheet.Messages, sqldb.Messages, web.Messages, door.Messages, ui.Messages,
	}...)
})
