package result

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// variable is one column for a statistics program.
type variable struct {
	name, label string
	text        int // bytes of a text, 0 of a number
	labels      []Choice
	value       func(g Given) string
}

// variables turns questions into columns: a single choice into the number of the choice, several choices into a yes or no
// for each, an order into the place of each choice. Open words stay texts.
func variables(all []Question) (out []variable) {
	for i, q := range all {
		name := fmt.Sprintf("q%d", i+1)
		said := func(g Given) string { return strings.TrimSpace(g.Values[q.Path]) }
		switch q.Kind {
		case One:
			v := variable{name: name, label: q.Label, value: func(g Given) string {
				for k, c := range q.Choices {
					if c.Value == said(g) {
						return strconv.Itoa(k + 1)
					}
				}
				return ""
			}}
			for k, c := range q.Choices {
				v.labels = append(v.labels, Choice{strconv.Itoa(k + 1), c.Label})
			}
			out = append(out, v)
		case Many, Rank:
			for k, c := range q.Choices {
				v := variable{name: fmt.Sprintf("%s_%d", name, k+1), label: q.Label + "：" + c.Label, value: func(g Given) string {
					if said(g) == "" {
						return ""
					}
					at := slices.Index(strings.Fields(said(g)), c.Value)
					if q.Kind == Many {
						at = min(at, 0)
					}
					return strconv.Itoa(at + 1)
				}}
				if q.Kind == Many {
					v.labels = []Choice{{"0", "否"}, {"1", "是"}}
				}
				out = append(out, v)
			}
		case Number:
			out = append(out, variable{name: name, label: q.Label, value: func(g Given) string {
				if _, err := strconv.ParseFloat(said(g), 64); err != nil {
					return ""
				}
				return said(g)
			}})
		default:
			out = append(out, variable{name: name, label: q.Label, text: 2000, value: said})
		}
	}
	return out
}

// WriteSPSS writes answers for SPSS: the data as csv, and a syntax file that reads them with labels. Both are UTF-8. The
// weight is a column, and the syntax turns it on.
func WriteSPSS(data, syntax io.Writer, dataName string, all []Question, serials []string, given []Given) error {
	vars := variables(all)
	c := csv.NewWriter(data)
	head := []string{"serial", "weight"}
	for _, v := range vars {
		head = append(head, v.name)
	}
	if err := c.Write(head); err != nil {
		return err
	}
	for i, g := range given {
		row := []string{serials[i], strconv.FormatFloat(g.Weight, 'f', 6, 64)}
		for _, v := range vars {
			row = append(row, strings.Join(strings.Fields(v.value(g)), " "))
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return err
	}
	w := bufio.NewWriter(syntax)
	fmt.Fprintf(w, "* Encoding: UTF-8.\nGET DATA\n  /TYPE=TXT\n  /FILE=%s\n  /ENCODING='UTF8'\n  /DELIMITERS=\",\"\n  /QUALIFIER='\"'\n  /ARRANGEMENT=DELIMITED\n  /FIRSTCASE=2\n  /VARIABLES=\n    serial A40\n    weight F12.6", quoted(dataName))
	for _, v := range vars {
		format := "F12.4"
		if v.text > 0 {
			format = fmt.Sprintf("A%d", v.text)
		}
		if len(v.labels) > 0 {
			format = "F4.0"
		}
		fmt.Fprintf(w, "\n    %s %s", v.name, format)
	}
	fmt.Fprint(w, ".\nVARIABLE LABELS")
	for _, v := range vars {
		fmt.Fprintf(w, "\n  %s %s", v.name, quoted(v.label))
	}
	fmt.Fprint(w, ".\n")
	for _, v := range vars {
		if len(v.labels) == 0 {
			continue
		}
		fmt.Fprintf(w, "VALUE LABELS %s", v.name)
		for _, l := range v.labels {
			fmt.Fprintf(w, "\n  %s %s", l.Value, quoted(l.Label))
		}
		fmt.Fprint(w, ".\n")
	}
	fmt.Fprint(w, "WEIGHT BY weight.\nEXECUTE.\n")
	return w.Flush()
}

// quoted writes a text as SPSS reads it: in apostrophes, those within doubled, on one line and not longer than a label may be.
func quoted(text string) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) > 80 {
		r = r[:80]
	}
	return "'" + strings.ReplaceAll(string(r), "'", "''") + "'"
}
