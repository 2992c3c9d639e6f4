package intake

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
)

// Undone is what the undoing of a delivery left in place, because others refer to it.
type Undone struct {
	Persons []person.ID `json:"persons,omitempty"`
	Orgs    []org.ID    `json:"orgs,omitempty"`
}
