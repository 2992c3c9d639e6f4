package person_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

const (
	surnames = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
	given    = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建国志文海波小辉玲鑫宇浩然子轩雨欣怡佳思雪梦琪博俊豪晨阳天一诺可心语嫣若曦沐泽睿家豪梓涵诗逸"
)

// bigCity is a city of so many people in 6 counties, 90 townships, 1,080 villages and as many branches.
func bigCity(b *testing.B, db *sqldb.DB, people int) (keys seal.Provider, county, village org.Node, one string) {
	b.Helper()
	by := authz.System("big")
	keys = seal.Ephemeral("big")
	no := int64(1)
	var branches []org.ID
	write := func(fn func(tx *sqldb.Tx) error) {
		if err := db.Write(context.Background(), by, func(tx *sqldb.Tx) error {
			if err := fn(tx); err != nil {
				return err
			}
			return tx.Record(authz.Verb{Key: "bench.put", Writes: person.Written + " org org_code"}, "", act.Change{})
		}); err != nil {
			b.Fatal(err)
		}
	}
	write(func(tx *sqldb.Tx) error {
		branches, no = nil, 1
		grow := func(parent org.Node, kind org.Kind, n int) []org.Node {
			all := make([]org.New, n)
			for i := range all {
				all[i] = org.New{Kind: kind, Parent: parent.ID, Name: fmt.Sprintf("%s%s%d", parent.Name, kind, i)}
			}
			made, err := org.Add(tx, parent, no, all)
			if err != nil {
				panic(err)
			}
			no += int64(n)
			return made
		}
		for _, c := range grow(grow(org.Node{}, org.City, 1)[0], org.County, 6) {
			county = c
			for _, t := range grow(c, org.Township, 15) {
				for _, v := range grow(t, org.Village, 12) {
					village = v
					branches = append(branches, grow(v, org.LeagueBranch, 1)[0].ID)
				}
			}
		}
		return nil
	})
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(s []rune) string { return string(s[min(r.IntN(len(s)), r.IntN(len(s)))]) } // the front ones are more frequent
	last, first := []rune(surnames), []rune(given)
	for at := 0; at < people; at += 1000 {
		news := make([]person.New, min(1000, people-at))
		for i := range news {
			name := pick(last) + pick(first)
			if r.IntN(4) > 0 {
				name += pick(first)
			}
			home := branches[(at+i)*len(branches)/people]
			number := fmt.Sprintf("%018d", at+i)
			if one == "" {
				n, err := cn.SyntheticID("421202", day.Must("2005-06-07"))
				if err != nil {
					b.Fatal(err)
				}
				number, one = string(n), string(n)
			}
			news[i] = person.New{
				Home: home, Name: name, Sex: strconv.Itoa(1 + r.IntN(2)), Born: day.Must("1990-01-01").AddDays(r.IntN(8000)), Phone: fmt.Sprintf("+861%010d", at+i),
				Papers: []person.Paper{{Kind: person.ResidentID, Number: number}}, Ties: []person.Tie{{Kind: person.Member, Org: home}},
			}
		}
		write(func(tx *sqldb.Tx) error { _, err := person.Add(tx, keys, news); return err })
	}
	if err := db.Optimize(context.Background()); err != nil {
		b.Fatal(err)
	}
	return keys, county, village, one
}

// BenchmarkList asks from 16 callers at once, without pause, on as many persons as ZHIDIAN_BENCH_PERSONS says (200,000 without it), and
// reports the 95th percentile of each kind of question in each scope, in milliseconds: a page and its count together.
func BenchmarkList(b *testing.B) {
	people := 200_000
	if n, err := strconv.Atoi(os.Getenv("ZHIDIAN_BENCH_PERSONS")); err == nil {
		people = n
	}
	var db *sqldb.DB
	if os.Getenv("ZHIDIAN_BENCH_ENGINE") == "postgres" {
		db = sqldbtest.Postgres(b, sqldb.Options{})
	} else {
		db = sqldbtest.SQLite(b, sqldb.Options{})
	}
	began := time.Now()
	keys, county, village, one := bigCity(b, db, people)
	b.Logf("%d persons entered in %v", people, time.Since(began).Round(time.Second))
	s := &person.Service{DB: db, Keys: keys, Cursors: page.NewCursors(make([]byte, 32))}
	scopes := []struct {
		name string
		at   authz.Path
	}{{"village", village.Path}, {"township", org.Ancestors(village.Path)[2]}, {"county", county.Path}, {"city", org.Ancestors(county.Path)[0]}}
	for _, question := range []struct{ name, words string }{
		{"first", ""}, {"initials", "zs"}, {"pinyin", "zhangw"}, {"one", "国"}, {"surname", "王"}, {"two", "建国"}, {"three", "王建国"}, {"rare", "文"}, {"id", one}, {"tail", "1234"},
	} {
		for _, scope := range scopes {
			by := authz.Actor{City: "big", User: "u", Grants: []authz.Held{{Role: clerk, At: scope.at}}}
			b.Run(question.name+"/"+scope.name, func(b *testing.B) {
				var mu sync.Mutex
				var took []time.Duration
				var wg sync.WaitGroup
				each := max(1, b.N/16)
				b.ResetTimer()
				for range 16 {
					wg.Go(func() {
						for range each {
							start := time.Now()
							f := person.Filter{Words: question.words}
							if _, _, err := s.ListCounted(context.Background(), by, f, ""); err != nil {
								b.Error(err)
							}
							d := time.Since(start)
							mu.Lock()
							took = append(took, d)
							mu.Unlock()
						}
					})
				}
				wg.Wait()
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
				b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "pages/s")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
