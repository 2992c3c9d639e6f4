package casework

import (
	"context"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
)

// Export is noted whenever somebody takes a list of matters away.
var Export = authz.Verb{Key: "matter.export"}

// Exported notes, before the file goes out, that somebody takes so many matters away.
func (s *Service) Exported(ctx context.Context, by authz.Actor, n int64) error {
	return s.DB.Note(ctx, by, Export, "", act.Change{"rows": n})
}
