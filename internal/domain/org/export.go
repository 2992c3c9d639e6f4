package org

import (
	"context"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
)

// Export is noted whenever somebody takes a list of organisations away.
var Export = authz.Verb{Key: "org.export"}

// Exported notes, before the file goes out, that somebody takes so many organisations away.
func (s *Service) Exported(ctx context.Context, by authz.Actor, n int) error {
	return s.DB.Note(ctx, by, Export, "", act.Change{"rows": n})
}
