package form

import (
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Content is one answer as it is counted: values by the paths of questions, and those of repeats row by row, by the path of
// the repeat. Rows of a repeat within another follow each other.
type Content struct {
	Values map[string]string
	Rows   map[string][]map[string]string
}

// Each gives the answers to a form that count at an organisation or below it, without those that were taken back: for
// counting, never for showing. What is sealed is opened only for a count that shows nobody's answer.
func (s *Service) Each(q sqldb.Q, which ID, at authz.Path, sealed bool, fn func(a Answer, c Content) error) error {
	last := AnswerID("")
	for {
		w := Filter{Form: which, At: at}.where(authz.System(q.City()), Answers).And("a.id > ?", last.String())
		all, err := sqldb.All(q, scanAnswer, `SELECT `+answerColumns+` FROM answer a WHERE `+w.SQL()+` ORDER BY a.id LIMIT `+w.Arg(atOnce), w.Args()...)
		if err != nil {
			return err
		}
		for _, a := range all {
			read, err := s.Definition(q, which, a.Version)
			if err != nil {
				return err
			}
			if !sealed {
				a.sealed = nil
			}
			content, err := s.open(q.City(), a)
			if err != nil {
				return err
			}
			c := Content{Values: map[string]string{}, Rows: map[string][]map[string]string{}}
			c.flatten(read, 0, "", content, c.Values)
			if err := fn(a, c); err != nil {
				return err
			}
		}
		if len(all) < atOnce {
			return nil
		}
		last = all[len(all)-1].ID
	}
}

func (c Content) flatten(read *survey.Form, place int, prefix string, content map[string]any, out map[string]string) {
	for _, below := range read.Questions[place].Below {
		q := read.Questions[below]
		path := prefix + q.Name
		switch x := content[q.Name].(type) {
		case string:
			out[path] = x
		case map[string]any:
			c.flatten(read, below, path+"/", x, out)
		case []any:
			for _, one := range x {
				inside, _ := one.(map[string]any)
				row := map[string]string{}
				c.flatten(read, below, path+"/", inside, row)
				c.Rows[path] = append(c.Rows[path], row)
			}
		}
	}
}
