package person

// What the tests of the package look at from outside.
var (
	InitialsOf = initialsOf
	Grams      = grams
)

// Both makes searches go through the tree or through the names, whatever a scope holds.
func (s *Service) Both(throughTree bool) {
	if s.tried = (&bounds{perBearer: 1, manyPersons: -1}); throughTree {
		s.tried = &bounds{perBearer: 1 << 30, manyPersons: 1 << 30}
	}
}
