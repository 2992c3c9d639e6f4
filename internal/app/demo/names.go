package demo

import (
	"math/rand/v2"
	"strings"
)

// surnames are common ones, the more frequent ones repeated.
var surnames = strings.Fields(`王 王 王 李 李 李 张 张 张 刘 刘 陈 陈 杨 杨 黄 黄 赵 吴 吴 周 周 徐 孙 马 朱 朱 胡 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 邓 冯 韩 曹
	曾 彭 彭 萧 蔡 潘 田 董 袁 于 余 余 叶 杜 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 汪 范 金 石 廖 贾 夏 韦 付 方 邹 熊 白 孟 秦 邱 江 尹 单 解 查 覃 纪 华 欧阳 诸葛 上官 尉迟`)

var givenFirst = []rune(`子一雨思梓欣若嘉浩宇俊晨诗佳志文海建明国春秋冬夏云雪梦晓小丽玉红艳永新天泽瑞博弘立广安宏奕沐清景书承映知予言`)

var givenLast = []rune(`轩涵怡萱琪博豪杰瑶妍宁航洋鹏飞翔龙军伟强刚勇峰涛斌超辉亮平华英芳娟敏静秀兰梅霞燕玲婷慧莉倩雯洁颖菲媛悦然康健诚毅和安远帆阳光松柏竹荷莲`)

// Name makes a name of two or three characters.
func Name(r *rand.Rand) string {
	n := surnames[r.IntN(len(surnames))]
	if r.IntN(6) > 0 {
		n += string(givenFirst[r.IntN(len(givenFirst))])
	}
	return n + string(givenLast[r.IntN(len(givenLast))])
}

// idAreas are county codes that issue resident IDs in Hubei. One demo ID exists per birth date and area, because the
// sequence is always 000, so that many areas are needed.
var idAreas = strings.Fields(`421202 421221 421222 421223 421224 421281
	420102 420103 420104 420105 420106 420107 420111 420112 420113 420114 420115 420116 420117
	420202 420203 420204 420205 420222 420281 420302 420303 420304 420322 420323 420324 420325 420381
	420502 420503 420504 420505 420506 420525 420526 420527 420528 420529 420581 420582 420583`)

var (
	trades   = strings.Fields(`砖茶 竹木 纺织 机电 食品 冷链 快递 印刷 汽配 建材 医药 家居 电商 桂花 楠竹 柑橘 温泉 物流 玻璃 光电 制冷 苎麻 油茶 饮料`)
	titles   = strings.Fields(`有限公司 科技有限公司 实业有限公司 农民专业合作社 商贸有限公司 制造有限公司`)
	pretty   = strings.Fields(`香城 潜山 金桂 淦河 陆水 斧头湖 九宫 黄龙 隐水 星星竹 三国 茶庵 向阳 双鹤 长岭 青龙 楚天 鄂南 银泉 旗鼓`)
	industry = strings.Fields(`制造业 批发和零售业 农、林、牧、渔业 交通运输、仓储和邮政业 信息传输、软件和信息技术服务业 住宿和餐饮业`)
)
