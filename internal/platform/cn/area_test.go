package cn

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

// The townships of domain.md §8.4, as they stand there.
var townships = map[string]string{
	"421202": "001温泉街道 002浮山街道 003永安街道 100汀泗桥镇 101向阳湖镇 102官埠桥镇 103横沟桥镇 104贺胜桥镇 105双溪桥镇 106马桥镇 107桂花镇 108高桥镇 200大幕乡 450向阳湖奶牛良种场 451咸安商贸物流区 570咸宁市经济技术开发区 571湖北咸安经济开发区",
	"421221": "100陆溪镇 101高铁岭镇 102官桥镇 103鱼岳镇 104新街镇 105渡普镇 106潘家湾镇 107牌洲湾镇 450头墩农场 570嘉鱼县经济开发区",
	"421222": "100隽水镇 101麦市镇 102塘湖镇 103关刀镇 104沙堆镇 105五里镇 106石南镇 107北港镇 108马港镇 200四庄乡 201大坪乡 500鹿角山林场 501锡山森林公园管理处 502黄龙林场 503黄袍林场 504药姑林场",
	"421223": "100天城镇 101沙坪镇 102石城镇 103桂花泉镇 104白霓镇 105路口镇 106金塘镇 107青山镇 200肖岭乡 201铜钟乡 202港口乡 203高枧乡 570崇阳县工业园区",
	"421224": "100通羊镇 101南林桥镇 102黄沙铺镇 103厦铺镇 104九宫山镇 105闯王镇 106洪港镇 107大畈镇 200大路乡 201杨芳林乡 202燕厦乡 203慈口乡 450九宫山自然保护管理局 570开发区",
	"421281": "001蒲圻街道 002赤马港街道 003陆水湖街道 100新店镇 101赵李桥镇 102茶庵岭镇 103车埠镇 104赤壁镇 105柳山湖镇 106神山镇 107中伙铺镇 108官塘驿镇 109黄盖湖镇 200余家桥乡 400蒲纺工业园 401官塘驿林场 402羊楼洞茶场 403沧湖开发区 404赤壁市经济开发区",
}

func TestTownshipsOfXianning(t *testing.T) {
	t.Parallel()
	count := 0
	for county, list := range townships {
		for _, entry := range strings.Fields(list) {
			count++
			suffix, name := entry[:3], entry[3:]
			want := "like_township"
			switch {
			case strings.HasSuffix(name, "街道"):
				want = "subdistrict"
			case strings.HasSuffix(name, "镇"):
				want = "town"
			case strings.HasSuffix(name, "乡"):
				want = "rural_township"
			}
			a, err := ParseArea(county + suffix)
			if err != nil || a.Level() != Township || a.Kind() != want || a.Parent().Short() != county {
				t.Errorf("%s%s: %s %s in %s, %v, want %s", county, entry, a.Level(), a.Kind(), a.Parent(), err, want)
			}
			if _, ok := AreaKinds.ByCode(a.Kind()); !ok {
				t.Errorf("%s has no name", a.Kind())
			}
		}
	}
	if count != 89 {
		t.Fatalf("%d townships, the division list has 89", count)
	}
}

func TestVillagesNamedInTheDomainPage(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"421221106202", "421202002223"} { // 四邑村, 白鹤村
		a, err := ParseArea(code)
		if err != nil || a.Level() != Village || a.Kind() != "villagers_committee" || string(a.Parent()) != code[:9]+"000" {
			t.Errorf("%s: %s %s %v", code, a.Level(), a.Kind(), err)
		}
	}
	for suffix, want := range map[string]string{
		"001": "residents_committee", "199": "residents_committee", "200": "villagers_committee", "399": "villagers_committee",
		"400": "like_residents", "499": "like_residents", "500": "like_villagers", "599": "like_villagers", "600": "", "999": "",
	} {
		if a, err := ParseArea("421221106" + suffix); err != nil || a.Kind() != want {
			t.Errorf("%s: %q %v, want %q", suffix, a.Kind(), err, want)
		}
	}
	for suffix, want := range map[string]string{"300": "", "399": "", "599": "like_township", "600": ""} {
		if a, err := ParseArea("421221" + suffix); err != nil || a.Kind() != want {
			t.Errorf("%s: %q %v, want %q", suffix, a.Kind(), err, want)
		}
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	city, _ := ParseArea("421200")
	for _, c := range []struct {
		text, code, short, parent string
		level                     Level
		inCity                    bool
	}{
		{"42", "420000000000", "420000", "", Province, false},
		{"4212", "421200000000", "421200", "420000000000", City, true},
		{"421202", "421202000000", "421202", "421200000000", County, true},
		{"421281", "421281000000", "421281", "421200000000", County, true},
		{"421202001", "421202001000", "421202001000", "421202000000", Township, true},
		{"421202001001", "421202001001", "421202001001", "421202001000", Village, true},
		{"441900003", "441900003000", "441900003000", "441900000000", Township, false},
	} {
		a, err := ParseArea(c.text)
		if err != nil || string(a) != c.code || a.Level() != c.level || a.Short() != c.short || string(a.Parent()) != c.parent || a.Within(city) != c.inCity {
			t.Errorf("%s: %s %s %s under %s %v", c.text, a, a.Level(), a.Short(), a.Parent(), err)
		}
	}
	for text, key := range map[string]string{
		"": "cn.area_format", "421": "cn.area_format", "42120A": "cn.area_format", "000000": "cn.area_gap", "420002": "cn.area_gap",
		"421202000001": "cn.area_gap", "4.21202E+11": "cn.area_format",
	} {
		if a, err := ParseArea(text); errs.KeyOf(err) != key || a != "" {
			t.Errorf("%q: %q %v, want %s", text, a, err, key)
		}
	}
}

func TestParentsLeadUpToTheProvince(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := fmt.Sprintf("42%02d%02d%03d%03d", rapid.IntRange(1, 99).Draw(t, "city"), rapid.IntRange(0, 99).Draw(t, "county"),
			rapid.IntRange(1, 599).Draw(t, "town"), rapid.IntRange(0, 599).Draw(t, "village"))
		a, err := ParseArea(text)
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		for p := a; p != ""; p = p.Parent() {
			if !a.Within(p) || steps > 4 {
				t.Fatalf("%s is not within %s", a, p)
			}
			steps++
		}
	})
}

func FuzzParseArea(f *testing.F) {
	for _, s := range []string{"42", "421202001", "421221106202", "４２", "420002"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseArea(s)
		if err != nil {
			return
		}
		if again, err := ParseArea(string(a)); err != nil || again != a || a.Level() == "" || !a.Within(a) {
			t.Fatalf("%q: %q %v", s, again, err)
		}
	})
}
