package cn

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var allLists = map[string]*List{
	"ethnic": Ethnic, "sex": Sex, "marriage": Marriage, "education": Education, "political": Political, "relation": Relation,
	"disability": Disability, "disability level": DisabilityLevel, "departments": CreditDepartments, "credit kinds": CreditKinds,
	"area kinds": AreaKinds, "urban and rural": UrbanRural,
}

func TestEveryEntryIsFoundByItsCodeAndNames(t *testing.T) {
	t.Parallel()
	for name, l := range allLists {
		seen := map[string]string{}
		for _, c := range l.All() {
			for _, w := range append([]string{c.Code, c.Zh, c.En}, c.also...) {
				if got, ok := l.Find(" " + w + " "); !ok || got.Code != c.Code {
					t.Errorf("%s: %q finds %q, want %q", name, w, got.Code, c.Code)
				}
				if other := seen[tidy(w)]; other != "" && other != c.Code {
					t.Errorf("%s: %q names both %s and %s", name, w, other, c.Code)
				}
				seen[tidy(w)] = c.Code
			}
			if got, ok := l.ByCode(c.Code); !ok || got.Zh != c.Zh || l.Name(c.Code, "zh-CN") != c.Zh || l.Name(c.Code, "en") != c.En {
				t.Errorf("%s: code %s gives %q", name, c.Code, got.Zh)
			}
		}
		if l.Name("no such", "zh-CN") != "no such" || l.Standard == "" {
			t.Errorf("%s: an unknown code has a name", name)
		}
	}
}

// The list of domain.md §8.6, as it stands there.
const ethnicInDomain = "01汉 02蒙古 03回 04藏 05维吾尔 06苗 07彝 08壮 09布依 10朝鲜 11满 12侗 13瑶 14白 15土家 16哈尼 17哈萨克 18傣 19黎 20傈僳 " +
	"21佤 22畲 23高山 24拉祜 25水 26东乡 27纳西 28景颇 29柯尔克孜 30土 31达斡尔 32仫佬 33羌 34布朗 35撒拉 36毛南 37仡佬 38锡伯 39阿昌 40普米 " +
	"41塔吉克 42怒 43乌孜别克 44俄罗斯 45鄂温克 46德昂 47保安 48裕固 49京 50塔塔尔 51独龙 52鄂伦春 53赫哲 54门巴 55珞巴 56基诺 97其他 98外国血统入籍"

func TestCodesOfTheDomainPage(t *testing.T) {
	t.Parallel()
	for l, text := range map[*List]string{
		Ethnic: ethnicInDomain, Sex: "0未知 1男 2女 9未说明", Marriage: "10未婚 20已婚 30丧偶 40离婚 90未说明",
		Education: "10研究生 20本科 30专科 40中等职业 60普通高中 70初中 80小学 90其他", Disability: "1视力 2听力 3言语 4肢体 5智力 6精神 7多重",
		UrbanRural: "111主城区 112城乡结合区 121镇中心区 122镇乡结合区 123特殊区域 210乡中心区 220村庄",
	} {
		var got []string
		for _, c := range l.All() {
			got = append(got, c.Code+c.Zh)
		}
		if want := strings.Fields(text); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", l.Standard, got, want)
		}
	}
	for code, zh := range map[string]string{"01": "中共党员", "02": "预备党员", "03": "共青团员", "12": "无党派", "13": "群众"} {
		if c, ok := Political.Find(zh); !ok || c.Code != code {
			t.Errorf("%s is %q, want %s", zh, c.Code, code)
		}
	}
	if len(Political.All()) != 13 {
		t.Errorf("%d political memberships", len(Political.All()))
	}
}

func TestTolerantWritings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list *List
		text string
		want string
	}{
		{Ethnic, "汉", "01"},
		{Ethnic, "汉族", "01"},
		{Ethnic, "01", "01"},
		{Ethnic, "1", "01"},
		{Ethnic, "０１", "01"},
		{Ethnic, "001", "01"},
		{Ethnic, "han", "01"},
		{Ethnic, "土家族", "15"},
		{Ethnic, "土族", "30"},
		{Sex, "男性", "1"},
		{Sex, "f", "2"},
		{Marriage, "离异", "40"},
		{Education, "大专", "30"},
		{Education, "中专", "40"},
		{Political, "团员", "03"},
		{Political, "3", "03"},
		{UrbanRural, "111", "111"},
	} {
		if got, ok := c.list.Find(c.text); !ok || got.Code != c.want {
			t.Errorf("%s: %q finds %q, want %q", c.list.Standard, c.text, got.Code, c.want)
		}
	}
	for _, text := range []string{"", "族", "99", "57", "汉人", "1234567890123", "00"} {
		if got, ok := Ethnic.Find(text); ok {
			t.Errorf("%q finds %s", text, got.Zh)
		}
	}
}

func TestAllIsACopy(t *testing.T) {
	t.Parallel()
	Sex.All()[0].Zh = "x"
	if Sex.All()[0].Zh != "未知" {
		t.Fatal("a caller changed the list")
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if c, ok := Ethnic.Find(text); ok && c.Code == "" {
			t.Fatalf("%q finds nothing named", text)
		}
	})
}
