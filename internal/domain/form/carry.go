package form

import (
	"cmp"
	"encoding/json"
	"slices"

	"zhidian/internal/domain/form/survey"
)

// How much of the choices that lie in files goes along with a form to a phone.
const (
	CarriedItems = 10_000  // of one file
	carriedBytes = 2 << 20 // of a form's files together, as far as the form asks for them
)

// carried is a version as a phone takes it along.
type carried struct {
	form []byte
	left []string
}

// Carry gives a published version as a phone takes it along, as JSON: with the choices that lie in files, of which only the
// columns go that the form asks for. Files that are too large are named; the small ones go first. It never changes, and is made once.
func (s *Service) Carry(city string, a Asked, asks map[string]bool) (form []byte, left []string, err error) {
	key := sentKey{city, a.Form.ID, a.Seq}
	if c, ok := s.carried.Load(key); ok {
		return c.(carried).form, c.(carried).left, nil
	}
	tables := map[string]*survey.List{}
	files := slices.Clone(a.Files)
	slices.SortStableFunc(files, func(x, y Attached) int { return cmp.Compare(x.Items, y.Items) })
	size := 0
	for _, x := range files {
		if !tabular(x.Name) {
			continue
		}
		if x.Items > CarriedItems {
			left = append(left, x.Name)
			continue
		}
		got := s.table(city, a.Files, x.Name)
		if got == nil {
			continue
		}
		list, n := shortened(got.list, asks)
		if size+n > carriedBytes {
			left = append(left, x.Name)
			continue
		}
		size += n
		tables[survey.FileID(x.Name)] = list
	}
	if form, err = json.Marshal(survey.Send(a.Survey, tables)); err == nil {
		s.carried.Store(key, carried{form, left})
	}
	return form, left, err
}

// shortened is a table without the columns that nobody asks for, and about how long it is.
func shortened(list *survey.List, asks map[string]bool) (short *survey.List, size int) {
	short = &survey.List{Name: list.Name, Items: make([]survey.Item, len(list.Items))}
	var keep []int
	for i, column := range list.Columns {
		if asks[column] {
			keep = append(keep, i)
			short.Columns = append(short.Columns, column)
		}
	}
	for i, item := range list.Items {
		cells := make([]string, len(keep))
		for k, at := range keep {
			if at < len(item.Cells) {
				cells[k] = item.Cells[at]
			}
			size += len(cells[k]) + 3
		}
		size += len(item.Value) + len(item.Label.In(0)) + 30
		item.Cells = cells
		short.Items[i] = item
	}
	return short, size
}
