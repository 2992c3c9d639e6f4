package form

import (
	"encoding/json"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Each gives the answers to a form that count at an organisation or below it, without those that were taken back and without
// what is sealed: for counting, never for showing. Values are by the paths of questions; repeats are left out.
func (s *Service) Each(q sqldb.Q, which ID, at authz.Path, fn func(a Answer, values map[string]string) error) error {
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
			var content map[string]any
			if err := json.Unmarshal([]byte(a.content), &content); err != nil {
				return err
			}
			values := map[string]string{}
			flatten(read, 0, "", content, values)
			if err := fn(a, values); err != nil {
				return err
			}
		}
		if len(all) < atOnce {
			return nil
		}
		last = all[len(all)-1].ID
	}
}

func flatten(read *survey.Form, place int, prefix string, content map[string]any, out map[string]string) {
	for _, below := range read.Questions[place].Below {
		q := read.Questions[below]
		switch x := content[q.Name].(type) {
		case string:
			out[prefix+q.Name] = x
		case map[string]any:
			flatten(read, below, prefix+q.Name+"/", x, out)
		}
	}
}
