package door

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

type framed struct{ frame, body templ.Component }

// Render draws the frame with the body as its children.
func (f framed) Render(ctx context.Context, w io.Writer) error {
	return f.frame.Render(templ.WithChildren(ctx, f.body), w)
}
