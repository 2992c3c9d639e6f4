package cn

// The lists below are those of domain use; those marked "unverified" await comparison with the printed standard.

// Sex is GB/T 2261.1.
var Sex = newList(
	"GB/T 2261.1", 1,
	Code{"0", "未知", "unknown", []string{"未知的性别"}},
	Code{"1", "男", "male", []string{"男性", "M"}},
	Code{"2", "女", "female", []string{"女性", "F"}},
	Code{"9", "未说明", "not stated", []string{"未说明的性别"}},
)

// Marriage is GB/T 2261.2.
var Marriage = newList(
	"GB/T 2261.2", 2,
	Code{"10", "未婚", "single", nil},
	Code{"20", "已婚", "married", []string{"初婚", "再婚", "复婚", "有配偶"}},
	Code{"30", "丧偶", "widowed", nil},
	Code{"40", "离婚", "divorced", []string{"离异"}},
	Code{"90", "未说明", "not stated", []string{"未说明的婚姻状况"}},
)

// Education is GB/T 4658, first digit.
var Education = newList(
	"GB/T 4658", 2,
	Code{"10", "研究生", "postgraduate", []string{"硕士", "博士", "硕士研究生", "博士研究生", "研究生教育"}},
	Code{"20", "本科", "bachelor", []string{"大学本科", "大学", "学士", "本科生"}},
	Code{"30", "专科", "college diploma", []string{"大学专科", "大专", "高职", "专科生"}},
	Code{"40", "中等职业", "secondary vocational", []string{"中等职业教育", "中专", "中职", "职高", "技校", "职业高中", "技工学校", "中等专科"}},
	Code{"60", "普通高中", "senior high", []string{"高中", "普通高级中学"}},
	Code{"70", "初中", "junior high", []string{"初级中学", "普通初中"}},
	Code{"80", "小学", "primary", nil},
	Code{"90", "其他", "other", []string{"其它", "文盲", "半文盲"}},
)

// Political is GB/T 4762: membership of party and League.
var Political = newList(
	"GB/T 4762", 2,
	Code{"01", "中共党员", "CPC member", []string{"党员", "中国共产党党员", "正式党员"}},
	Code{"02", "预备党员", "probationary CPC member", []string{"中共预备党员", "中国共产党预备党员"}},
	Code{"03", "共青团员", "League member", []string{"团员", "中国共产主义青年团团员"}},
	Code{"04", "民革党员", "RCCK member", []string{"民革会员", "民革"}},
	Code{"05", "民盟盟员", "CDL member", []string{"民盟"}},
	Code{"06", "民建会员", "CNDCA member", []string{"民建"}},
	Code{"07", "民进会员", "CAPD member", []string{"民进"}},
	Code{"08", "农工党党员", "CPWDP member", []string{"农工党"}},
	Code{"09", "致公党党员", "Zhigong member", []string{"致公党"}},
	Code{"10", "九三学社社员", "Jiusan member", []string{"九三学社"}},
	Code{"11", "台盟盟员", "TDSL member", []string{"台盟"}},
	Code{"12", "无党派人士", "independent", []string{"无党派", "无党派民主人士"}},
	Code{"13", "群众", "none", []string{"普通居民", "一般群众"}},
)

// Relation is GB/T 4761, first digit: relation to the head of the household. Unverified.
var Relation = newList(
	"GB/T 4761", 1,
	Code{"0", "本人或户主", "self or head of household", []string{"本人", "户主"}},
	Code{"1", "配偶", "spouse", []string{"夫", "妻", "丈夫", "妻子"}},
	Code{"2", "子", "son", []string{"儿子", "长子", "次子", "独生子"}},
	Code{"3", "女", "daughter", []string{"女儿", "长女", "次女", "独生女"}},
	Code{"4", "孙子女或外孙子女", "grandchild", []string{"孙子", "孙女", "外孙子", "外孙女", "外孙"}},
	Code{"5", "父母", "parent", []string{"父亲", "母亲", "父", "母", "爸爸", "妈妈", "公公", "婆婆", "岳父", "岳母"}},
	Code{"6", "祖父母或外祖父母", "grandparent", []string{"祖父", "祖母", "外祖父", "外祖母", "爷爷", "奶奶", "外公", "外婆"}},
	Code{"7", "兄弟姐妹", "sibling", []string{"哥哥", "弟弟", "姐姐", "妹妹", "兄", "弟", "姐", "妹"}},
	Code{"8", "其他", "other", []string{"其它", "其他亲属"}},
)

// Disability is GB/T 26341, kinds.
var Disability = newList(
	"GB/T 26341", 1,
	Code{"1", "视力", "sight", []string{"视力残疾"}},
	Code{"2", "听力", "hearing", []string{"听力残疾"}},
	Code{"3", "言语", "speech", []string{"言语残疾"}},
	Code{"4", "肢体", "limbs", []string{"肢体残疾"}},
	Code{"5", "智力", "intellect", []string{"智力残疾"}},
	Code{"6", "精神", "mental", []string{"精神残疾"}},
	Code{"7", "多重", "multiple", []string{"多重残疾"}},
)

// DisabilityLevel is GB/T 26341, 1 the gravest.
var DisabilityLevel = newList(
	"GB/T 26341", 1,
	Code{"1", "一级", "level 1", []string{"壹级"}},
	Code{"2", "二级", "level 2", []string{"贰级"}},
	Code{"3", "三级", "level 3", []string{"叁级"}},
	Code{"4", "四级", "level 4", []string{"肆级"}},
)

// CreditDepartments is the first character of a credit code (GB 32100-2015): who registered the organisation.
var CreditDepartments = newList(
	"GB 32100", 1,
	Code{"1", "机构编制", "establishment office", []string{"编制"}},
	Code{"2", "外交", "foreign affairs", nil},
	Code{"3", "司法行政", "justice", []string{"司法"}},
	Code{"4", "文化", "culture", nil},
	Code{"5", "民政", "civil affairs", nil},
	Code{"6", "旅游", "tourism", nil},
	Code{"7", "宗教", "religious affairs", nil},
	Code{"8", "工会", "trade union", nil},
	Code{"9", "工商", "market regulation", []string{"市场监管"}},
	Code{"A", "中央军委改革和编制办公室", "Central Military Commission", []string{"军委"}},
	Code{"N", "农业", "agriculture", nil},
	Code{"Y", "其他", "other", []string{"其它"}},
)

// CreditKinds is the first two characters of a credit code, as far as the city meets them. Partly unverified.
var CreditKinds = newList(
	"GB 32100", 2,
	Code{"11", "机关", "government body", nil},
	Code{"12", "事业单位", "public institution", nil},
	Code{"13", "编办管理的群众团体", "mass organisation", []string{"群众团体"}},
	Code{"51", "社会团体", "social association", nil},
	Code{"52", "社会服务机构", "social service body", []string{"民办非企业单位"}},
	Code{"53", "基金会", "foundation", nil},
	Code{"91", "企业", "company", []string{"公司"}},
	Code{"92", "个体工商户", "sole trader", []string{"个体户", "个体"}},
	Code{"93", "农民专业合作社", "farmers' cooperative", []string{"合作社"}},
)

// AreaKinds names what Area.Kind gives; the ranges are those of the statistical codes.
var AreaKinds = newList(
	"统计用区划代码", 0,
	Code{"subdistrict", "街道", "subdistrict", nil},
	Code{"town", "镇", "town", nil},
	Code{"rural_township", "乡", "rural township", nil},
	Code{"like_township", "类似乡级单位", "farm, zone or other unit at township level", []string{"类似乡级"}},
	Code{"residents_committee", "居委会", "residents' committee", []string{"居民委员会", "社区"}},
	Code{"villagers_committee", "村委会", "villagers' committee", []string{"村民委员会", "村"}},
	Code{"like_residents", "类似居委会", "unit like a residents' committee", []string{"类居委会"}},
	Code{"like_villagers", "类似村委会", "unit like a villagers' committee", []string{"类村委会"}},
)

// UrbanRural is the class of a village-level unit in the statistical codes (城乡分类代码).
var UrbanRural = newList(
	"统计用城乡划分代码", 3,
	Code{"111", "主城区", "city proper", nil},
	Code{"112", "城乡结合区", "urban fringe", nil},
	Code{"121", "镇中心区", "town centre", nil},
	Code{"122", "镇乡结合区", "town fringe", nil},
	Code{"123", "特殊区域", "special area", nil},
	Code{"210", "乡中心区", "rural township centre", nil},
	Code{"220", "村庄", "village", nil},
)
