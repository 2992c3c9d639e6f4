package record

import (
	"maps"
	"slices"

	"zhidian/internal/domain/form/xpath"
)

// Known is a record as whoever fills a form in knows it: what formulas may ask of it, and no more.
type Known struct {
	ID    string            `json:"id"`
	Label string            `json:"label"`
	Heads []string          `json:"heads,omitempty"` // the versions that it shows
	Says  map[string]string `json:"says,omitempty"`
}

// Document gives records as expressions see a list: root, item, and in each item name, label and its properties.
func Document(all []Known) *xpath.Node {
	root := (&xpath.Node{}).Add(&xpath.Node{Name: "root"})
	for i, one := range all {
		n := root.Add(&xpath.Node{Name: "item", Place: i})
		n.Add(&xpath.Node{Name: "name", Value: one.ID})
		n.Add(&xpath.Node{Name: "label", Value: one.Label})
		for _, name := range slices.Sorted(maps.Keys(one.Says)) {
			n.Add(&xpath.Node{Name: name, Value: one.Says[name]})
		}
	}
	return root.Up
}
