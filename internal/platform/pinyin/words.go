package pinyin

import (
	"slices"
	"strings"
)

// word is a name part whose reading does not follow from its characters.
type word struct {
	text      string
	syllables [][]string
}

// spelled writes words as "隽水 jun shui"; readings that are both in use stand with a stroke: "厦铺 sha/xia pu".
func spelled(lines ...string) []word {
	words := make([]word, 0, len(lines))
	for _, line := range lines {
		fields := strings.Fields(line)
		w := word{text: fields[0]}
		for _, f := range fields[1:] {
			w.syllables = append(w.syllables, strings.Split(f, "/"))
		}
		words = append(words, w)
	}
	return words
}

func byFirst(words []word) map[rune][]word {
	m := map[rune][]word{}
	for _, w := range words {
		first := []rune(w.text)[0]
		m[first] = append(m[first], w)
	}
	return m
}

func characters(text string) map[rune][]string {
	m := map[rune][]string{}
	for _, w := range spelled(strings.Split(strings.TrimSpace(text), "\n")...) {
		for _, r := range w.text {
			m[r] = w.syllables[0]
		}
	}
	return m
}

// doubleSurnames are surnames of two characters; most read as written and stand here so that 单于 is no 单.
var doubleSurnames = byFirst(spelled(
	"尉迟 yu chi", "万俟 mo qi", "欧阳 ou yang", "司马 si ma", "诸葛 zhu ge", "上官 shang guan", "夏侯 xia hou", "单于 chan yu",
	"长孙 zhang sun", "澹台 tan tai", "皇甫 huang fu", "令狐 ling hu", "宇文 yu wen", "慕容 mu rong", "司徒 si tu", "司空 si kong",
	"东方 dong fang", "南宫 nan gong", "公孙 gong sun", "轩辕 xuan yuan", "钟离 zhong li", "呼延 hu yan", "端木 duan mu", "申屠 shen tu",
	"太史 tai shi", "独孤 du gu", "鲜于 xian yu", "闾丘 lv qiu", "亓官 qi guan", "乐正 yue zheng", "宰父 zai fu", "谷梁 gu liang",
	"拓跋 tuo ba", "濮阳 pu yang", "赫连 he lian", "宗政 zong zheng", "百里 bai li", "第五 di wu",
))

// surnames are read so at the head of a name (github.com/mozillazg/python-pinyin/issues/297). The everyday reading follows, because
// people type it too.
var surnames = characters(`
单 shan/dan
仇 qiu/chou
解 xie/jie
曾 zeng/ceng
查 zha/cha
盖 ge/gai
区 ou/qu
朴 piao/pu
任 ren
华 hua
纪 ji
覃 qin/tan
尉 wei/yu
翟 zhai/di
员 yun/yuan
乐 yue/le
缪 miao/mou
谌 chen/shen
种 chong/zhong
秘 bi/mi
折 she/zhe
黑 he/hei
繁 po/fan
召 shao/zhao
祭 zhai/ji
那 na/ne
能 nai/neng
洗 xian/xi
宓 mi/fu
隗 wei/kui
牟 mou/mu
柏 bai/bo
贾 jia
石 shi
曲 qu
车 che
郗 xi/chi
盛 sheng
沈 shen
万 wan
重 chong
长 chang
都 du
六 lu/liu
`)

// polyphones are the characters that people of today read in several ways in names; all others have the one usual reading.
var polyphones = characters(`
单 dan/shan
行 xing/hang
重 chong/zhong
乐 le/yue
长 chang/zhang
朝 chao/zhao
曾 zeng/ceng
茜 qian/xi
晟 sheng/cheng
藏 cang/zang
传 chuan/zhuan
调 tiao/diao
都 du/dou
会 hui/kuai
觉 jue/jiao
率 shuai/lv
强 qiang/jiang
校 xiao/jiao
厦 xia/sha
车 che/ju
柏 bai/bo
贾 jia/gu
翟 zhai/di
解 jie/xie
查 cha/zha
盖 gai/ge
区 qu/ou
朴 pu/piao
仇 chou/qiu
尉 wei/yu
石 shi
万 wan
俟 si/qi
参 can/shen
澄 cheng/deng
弹 dan/tan
降 jiang/xiang
卡 ka/qia
祭 ji/zhai
骑 qi/ji
省 sheng/xing
识 shi/zhi
宿 su/xiu
系 xi/ji
血 xue/xie
叶 ye
咽 yan/ye
峙 zhi/shi
隽 jun/juan
埔 pu/bu
堡 bao/pu
泊 bo/po
大 da
莞 wan/guan
圩 wei/xu
涌 yong/chong
六 liu/lu
蔚 wei/yu
台 tai
铅 qian/yan
佛 fo
伽 jia/qie
娜 na/nuo
炅 jiong/gui
叨 dao/tao
歙 she/xi
筠 yun/jun
曝 pu/bao
薄 bo/bao
露 lu/lou
绿 lv/lu
𠮷 ji
㛃 jie
`)

// places are read so wherever they stand. The reading of 厦铺 is disputed: sha in local use, xia in dictionaries.
var places = byFirst(spelled(
	"隽水 jun shui", "簰洲湾 pai zhou wan", "牌洲湾 pai zhou wan", "簰洲 pai zhou", "大畈 da fan", "高枧 gao jian", "闯王 chuang wang",
	"蒲圻 pu qi", "厦铺 sha/xia pu", "燕厦 yan sha/xia", "重庆 chong qing", "长沙 chang sha", "银行 yin hang",
	"长江 chang jiang", "校长 xiao zhang", "成都 cheng du", "大厦 da sha", "音乐 yin yue", "会计 kuai ji", "行政 xing zheng",
))

func placeAt(name string, first rune) (word, bool) {
	for _, w := range places[first] {
		if strings.HasPrefix(name, w.text) {
			return w, true
		}
	}
	return word{}, false
}

// variants are writings of the same name: statistics write 牌洲湾, people 簰洲湾, and fonts may lack 𠮷.
var variants = [][2]string{{"簰洲", "牌洲"}, {"𠮷", "吉"}}

// Variants gives the writings under which a name is to be indexed, the name itself first.
func Variants(name string) []string {
	list := []string{name}
	for _, v := range variants {
		for _, known := range list {
			for _, other := range []string{strings.ReplaceAll(known, v[0], v[1]), strings.ReplaceAll(known, v[1], v[0])} {
				if !slices.Contains(list, other) {
					list = append(list, other)
				}
			}
		}
	}
	return list
}
