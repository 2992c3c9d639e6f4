package api

import (
	"context"
	"slices"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/density"
)

// valueJSON is a figure, or why it is not shown.
type valueJSON struct {
	N   *int64 `json:"n" doc:"不公布时为 null null where it is not shown"`
	Why string `json:"why,omitempty" enum:"hidden,unreported" doc:"hidden 人数过少，或公布会推出过少的数；unreported 来源未报 hidden: too few people, or it would give a small group away; unreported: the source says nothing"`
}

// rateJSON is a share or ratio, or why it is not shown.
type rateJSON struct {
	Value *float64 `json:"value" doc:"没有分母或不公布时为 null null where it is not shown or there is nothing to divide by"`
	Why   string   `json:"why,omitempty" enum:"hidden,unreported"`
}

var whyWords = map[density.Why]string{density.Hidden: "hidden", density.Unreported: "unreported"}

func valueOut(v density.Value) valueJSON {
	if v.Why != density.Shown {
		return valueJSON{Why: whyWords[v.Why]}
	}
	return valueJSON{N: &v.N}
}

func rateOut(r density.Rate) rateJSON {
	if r.Why != density.Shown || !r.Known {
		return rateJSON{Why: whyWords[r.Why]}
	}
	x := float64(r.Millionths) / 1e6
	return rateJSON{Value: &x}
}

// divisionJSON names a division.
type divisionJSON struct {
	ID   string `json:"id,omitempty"`
	Kind string `json:"kind,omitempty" enum:"city,county,township,village"`
	Name string `json:"name,omitempty"`
}

func divisionOut(n org.Node) divisionJSON {
	return divisionJSON{ID: n.ID.String(), Kind: string(n.Kind), Name: n.Name}
}

// figuresJSON are the figures of one division.
type figuresJSON struct {
	Division divisionJSON         `json:"division"`
	Youth    valueJSON            `json:"youth" doc:"14—35 岁 aged 14 to 35"`
	Bands    map[string]valueJSON `json:"bands" doc:"各年龄段青年 young people by age"`
	Young    valueJSON            `json:"young" doc:"14—28 岁 aged 14 to 28"`
	Members  valueJSON            `json:"members"`
	Orgs     int64                `json:"orgs"`
	Ratio    rateJSON             `json:"member_ratio" doc:"团青比 members ÷ residents from 14 to 28"`
	Per1000  rateJSON             `json:"orgs_per_1000_youth"`
	Built    rateJSON             `json:"built" doc:"应建已建率 units that should have a branch and do"`
	Change   *rateJSON            `json:"change,omitempty" doc:"青年较对比批次 young people against the compared delivery"`
}

func figuresOut(f density.Figures, compared bool) figuresJSON {
	o := figuresJSON{
		Division: divisionOut(f.Node), Youth: valueOut(f.Youth), Bands: map[string]valueJSON{}, Young: valueOut(f.Young), Members: valueOut(f.Members),
		Orgs: f.Orgs, Ratio: rateOut(f.Ratio), Per1000: rateOut(f.Per1000), Built: rateOut(f.Built),
	}
	for i, v := range f.YouthBands {
		o.Bands[density.YouthBands[i]] = valueOut(v)
	}
	if compared {
		c := rateOut(f.Change)
		o.Change = &c
	}
	return o
}

func figuresAll(all []density.Figures, compared bool) []figuresJSON {
	out := make([]figuresJSON, len(all))
	for i, f := range all {
		out[i] = figuresOut(f, compared)
	}
	return out
}

// deliveryJSON is a delivery that has figures.
type deliveryJSON struct {
	Number int64     `json:"number"`
	AsOf   string    `json:"as_of" format:"date"`
	Source string    `json:"source"`
	Made   time.Time `json:"counted_at"`
}

func stampOut(s density.Stamp) deliveryJSON {
	return deliveryJSON{Number: s.Delivery, AsOf: s.AsOf.String(), Source: s.Source, Made: time.UnixMicro(s.Made).UTC()}
}

func stampsOut(all []density.Stamp) []deliveryJSON {
	out := make([]deliveryJSON, len(all))
	for i, s := range all {
		out[i] = stampOut(s)
	}
	return out
}

// FiguresIn says which figures are asked for.
type FiguresIn struct {
	Delivery int64  `query:"delivery" minimum:"0" doc:"0 为最新 0 for the newest"`
	Place    string `query:"place" maxLength:"26" doc:"区划，空为全市 a division, the city where it is empty"`
	Level    string `query:"level" enum:"county,township,village" doc:"按哪一级列出 the level of the rows"`
}

func (in FiguresIn) query() (density.Query, error) {
	q := density.Query{Delivery: in.Delivery, Level: org.Kind(in.Level)}
	if in.Place == "" {
		return q, nil
	}
	var err error
	q.Place, err = id.Parse[org.Node](in.Place)
	return q, err
}

type seeIn struct {
	FiguresIn
	Compare int64 `query:"compare" minimum:"0" doc:"与哪一批对比 the delivery to compare with"`
}

// viewJSON are the figures of a place and of the divisions in it.
type viewJSON struct {
	Delivery   deliveryJSON   `json:"delivery"`
	Compared   *deliveryJSON  `json:"compared,omitempty"`
	Deliveries []deliveryJSON `json:"deliveries" doc:"可查的各批 those that can be asked for"`
	Path       []divisionJSON `json:"path" doc:"从市到该区划 from the city down to the place"`
	Level      string         `json:"level,omitempty"`
	Villages   int            `json:"villages"`
	Reported   int            `json:"villages_reported"`
	Threshold  int            `json:"threshold" doc:"少于此数不公布 groups below are not shown"`
	Rows       []figuresJSON  `json:"rows"`
	Apart      *figuresJSON   `json:"apart,omitempty" doc:"属于本地而不在下列任何一行的 what belongs to none of the rows"`
	Sum        figuresJSON    `json:"sum"`
}

func viewOut(v *density.View) viewJSON {
	compared := v.Compared != nil
	o := viewJSON{
		Delivery: stampOut(v.Stamp), Deliveries: stampsOut(v.Stamps), Level: string(v.Level), Villages: v.Villages, Reported: v.Reported,
		Threshold: density.Threshold, Rows: figuresAll(v.Rows, compared), Sum: figuresOut(v.Sum, compared),
	}
	for _, n := range v.Path {
		o.Path = append(o.Path, divisionOut(n))
	}
	if compared {
		c := stampOut(*v.Compared)
		o.Compared = &c
	}
	if v.Apart != nil {
		f := figuresOut(*v.Apart, false)
		o.Apart = &f
	}
	return o
}

type viewOne struct{ Body viewJSON }

type coverageIn struct {
	FiguresIn
	Kind   string `query:"kind" maxLength:"60" doc:"阵地类别，空为全部 kind of site, all where it is empty"`
	Within int    `query:"within" minimum:"500" maximum:"5000" default:"2000" doc:"距离（米）：500、1000、2000、3000、5000 metres"`
}

// reachJSON is the coverage of one division.
type reachJSON struct {
	Division divisionJSON `json:"division"`
	Youth    int64        `json:"youth" doc:"有数可见的村的青年 young people of the villages whose figure is shown"`
	Covered  int64        `json:"covered"`
	Share    rateJSON     `json:"share"`
	Unseen   int          `json:"villages_not_shown"`
	Built    rateJSON     `json:"built"`
	Far      []farJSON    `json:"far" doc:"够不着的村 villages out of reach"`
}

type farJSON struct {
	Division divisionJSON `json:"division"`
	Youth    int64        `json:"youth"`
	Metres   int64        `json:"nearest_m"`
}

func reachOut(r density.Reach) reachJSON {
	o := reachJSON{
		Division: divisionOut(r.Node), Youth: r.Youth, Covered: r.Covered, Share: rateOut(r.Share), Unseen: r.Unseen, Built: rateOut(r.Built),
		Far: make([]farJSON, len(r.Far)),
	}
	for i, f := range r.Far {
		o.Far[i] = farJSON{divisionOut(f.Node), f.Youth, f.Metres}
	}
	return o
}

type coverageOut struct {
	Body struct {
		Delivery deliveryJSON `json:"delivery"`
		Kinds    []string     `json:"kinds" doc:"有哪些类别的阵地 kinds of site that there are"`
		Kind     string       `json:"kind,omitempty"`
		Within   int          `json:"within_m"`
		Sites    int          `json:"sites"`
		Missing  []string     `json:"missing" doc:"尚未导入的来源 sources that nobody has delivered"`
		Rows     []reachJSON  `json:"rows"`
		Sum      reachJSON    `json:"sum"`
	}
}

func (a *surface) figures(s Services) {
	add(a, operation{path: "/api/v1/density", name: "getDensity", summary: "分区划的青年、团员、组织 figures by division", verb: density.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *seeIn) (*viewOne, error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			q.Compare = in.Compare
			v, err := s.Density.See(ctx, r.Actor, q)
			if err != nil {
				return nil, err
			}
			return &viewOne{viewOut(v)}, nil
		})
	add(a, operation{path: "/api/v1/density/coverage", name: "getCoverage", summary: "阵地覆盖 young people with a site within reach", verb: density.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *coverageIn) (*coverageOut, error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			if !slices.Contains(density.Withins, in.Within) {
				return nil, badField("query.within")
			}
			c, err := s.Density.Cover(ctx, r.Actor, q, in.Kind, in.Within)
			if err != nil {
				return nil, err
			}
			out := &coverageOut{}
			b := &out.Body
			b.Delivery, b.Kinds, b.Kind, b.Within, b.Sites, b.Sum = stampOut(c.View.Stamp), append([]string{}, c.Kinds...), c.Kind, c.Within, c.Sites, reachOut(c.Sum)
			b.Missing, b.Rows = append([]string{}, c.Missing...), make([]reachJSON, len(c.Rows))
			for i, x := range c.Rows {
				b.Rows[i] = reachOut(x)
			}
			return out, nil
		})
	a.compare(s)
	a.picture(s)
}
