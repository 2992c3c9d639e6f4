package intake

import "zhidian/internal/platform/sheet"

// fields are the columns of each kind under the names that registries and offices give them.
var fields = map[Kind][]sheet.Field{
	LeagueOrgs: {
		{Name: "code", Aliases: []string{"组织编号", "团组织编号", "组织编码", "团组织编码", "组织代码", "组织ID", "组织树编号", "团组织代码", "组织标识", "organisation number"}},
		{Name: "name", Required: true, Aliases: []string{"组织全称", "团组织全称", "组织名称", "团组织名称", "全称", "名称", "团组织", "组织名称全称", "团组织名称全称", "团支部名称", "organisation"}},
		{Name: "short", Aliases: []string{"组织简称", "简称", "团组织简称"}},
		{Name: "class", Required: true, Aliases: []string{"组织类别", "团组织类别", "类别", "组织类型", "团组织类型", "组织级别", "组织类别名称", "团组织级别", "class"}},
		{Name: "above", Aliases: []string{"上级组织", "上级团组织", "上级组织名称", "上级团组织名称", "直属上级", "隶属团组织", "上级组织全称", "上级团组织全称", "所属上级团组织", "直属上级团组织"}},
		{Name: "host", Aliases: []string{"所属单位", "单位名称", "所在单位", "建制单位", "依托单位", "单位全称", "所属单位名称", "所在单位名称", "依托单位名称"}},
		{Name: "host_credit", Aliases: []string{"单位统一社会信用代码", "统一社会信用代码", "社会信用代码"}},
		{Name: "industry", Aliases: []string{"单位所属行业类别", "行业类别", "所属行业", "行业", "单位行业", "所属行业类别", "行业分类", "国民经济行业"}},
		{Name: "area", Aliases: []string{"所在区划代码", "区划代码", "行政区划代码", "所在地代码", "所在村（社区）代码", "属地代码", "所在地区划", "统计用区划代码", "单位所在地区划代码"}},
		{Name: "county", Aliases: []string{"县市区", "所在县", "所在区县"}},
		{Name: "town", Aliases: []string{"乡镇街道", "所在乡镇", "乡镇"}},
		{Name: "village", Aliases: []string{"村（社区）", "村社区", "所在村", "村居"}},
	},
	Members: memberFields("所在团支部"),
	Cadres:  cadreFields(),
	Youth: {
		{Name: "area", Aliases: []string{"区划代码", "村代码", "村（社区）代码", "行政区划代码", "统计用区划代码", "所在村（社区）代码", "village code", "code"}},
		{Name: "county", Aliases: []string{"县市区", "县（市、区）", "区县", "县区", "county"}},
		{Name: "town", Aliases: []string{"乡镇街道", "乡镇（街道）", "乡镇", "镇街", "township"}},
		{Name: "village", Aliases: []string{"村（社区）", "村社区", "村居", "村名", "社区", "行政村", "village"}},
		{Name: "14-17", Required: true, Aliases: []string{"14-17岁", "14至17岁", "14~17岁", "14—17岁", "14-17", "14-17岁人数", "14到17岁", "14-17周岁", "14至17周岁", "14-17岁青年", "14-17岁青年数"}},
		{Name: "18-22", Required: true, Aliases: []string{"18-22岁", "18至22岁", "18~22岁", "18—22岁", "18-22", "18-22岁人数", "18到22岁", "18-22周岁", "18至22周岁", "18-22岁青年", "18-22岁青年数"}},
		{Name: "23-28", Required: true, Aliases: []string{"23-28岁", "23至28岁", "23~28岁", "23—28岁", "23-28", "23-28岁人数", "23到28岁", "23-28周岁", "23至28周岁", "23-28岁青年", "23-28岁青年数"}},
		{Name: "29-35", Required: true, Aliases: []string{"29-35岁", "29至35岁", "29~35岁", "29—35岁", "29-35", "29-35岁人数", "29到35岁", "29-35周岁", "29至35周岁", "29-35岁青年", "29-35岁青年数"}},
	},
	Employers: employerFields(),
	Schools:   unitFields("学校名称", "学校类型"),
	Sites: {
		{Name: "name", Required: true, Aliases: []string{"阵地名称", "场所名称", "站点名称", "名称", "点位名称", "驿站名称", "服务站名称", "场地名称", "阵地全称", "站点", "name"}},
		{Name: "kind", Required: true, Aliases: []string{"类别", "阵地类别", "类型", "阵地类型", "场所类型", "站点类型", "阵地种类", "点位类型", "kind"}},
		{Name: "address", Aliases: []string{"地址", "详细地址", "所在地址", "具体地址", "阵地地址", "场所地址", "位置", "address"}},
		{Name: "area", Aliases: []string{"所在村（社区）代码", "区划代码", "村（社区）代码", "行政区划代码", "所在区划代码"}},
		{Name: "county", Aliases: []string{"县市区", "所在县", "区县"}},
		{Name: "town", Aliases: []string{"乡镇街道", "所在乡镇", "乡镇"}},
		{Name: "village", Aliases: []string{"村（社区）", "村社区", "所在村", "村居"}},
		{Name: "lon", Required: true, Aliases: []string{"经度", "lon", "lng", "longitude", "东经", "X坐标", "经度坐标", "GPS经度"}},
		{Name: "lat", Required: true, Aliases: []string{"纬度", "lat", "latitude", "北纬", "Y坐标", "纬度坐标", "GPS纬度"}},
		{Name: "capacity", Aliases: []string{"可容纳人数", "容纳人数", "容量", "床位数", "座位数", "可接待人数", "接待能力", "最大容纳人数", "capacity"}},
	},
}

func memberFields(branch string) []sheet.Field {
	return []sheet.Field{
		{Name: "name", Required: true, Aliases: []string{"姓名", "团员姓名", "团干部姓名", "名字", "学生姓名", "青年姓名", "姓名全称", "干部姓名", "name"}},
		{Name: "sex", Aliases: []string{"性别", "sex", "gender"}},
		{Name: "ethnicity", Aliases: []string{"民族", "族别"}},
		{Name: "born", Aliases: []string{"出生日期", "出生年月", "出生年月日", "生日", "出生时间", "出生"}},
		{Name: "id", Required: true, Aliases: []string{
			"身份证号码", "身份证号", "居民身份证号", "居民身份证号码", "公民身份号码", "公民身份证号码", "证件号码", "证件号", "身份证件号", "身份证件号码", "身份证", "公民身份证号", "身份证号码18位", "有效证件号码",
		}},
		{Name: "education", Aliases: []string{"学历", "文化程度", "最高学历", "学历层次", "现学历", "全日制学历", "当前学历", "受教育程度"}},
		{Name: "standing", Aliases: []string{"政治面貌", "政治身份", "政治面貌名称"}},
		{Name: "joined", Aliases: []string{"入团年月", "入团时间", "入团日期", "加入共青团时间", "加入共青团日期", "入团年月日", "加入中国共青团时间", "加入中国共产主义青年团时间", "何时入团"}},
		{Name: "number", Aliases: []string{"发展团员编号", "团员编号", "入团志愿书编号", "团员发展编号", "发展编号", "发展团员号", "团员编码", "入团志愿书号"}},
		{Name: "phone", Aliases: []string{"手机号码", "手机号", "手机", "联系电话", "联系方式", "移动电话", "电话", "联系手机", "本人手机", "本人联系电话", "联系电话手机"}},
		{Name: "branch", Aliases: []string{
			branch, "所在团支部", "所在团组织", "团支部", "所属团支部", "所在支部", "所在组织", "团支部名称", "所属团组织", "组织名称", "组织全称", "团组织", "所在团组织名称", "团组织名称", "所在团支部名称", "所在团支部全称", "所在团组织全称", "管理团组织", "直属团组织", "任职团组织", "所在团总支",
		}},
		{Name: "branch_code", Aliases: []string{"团支部编号", "所在团支部编号", "组织编号", "团组织编号", "所在团组织编号", "所在组织编号"}},
		{Name: "duty", Aliases: []string{"团内职务", "职务", "担任职务", "团干部职务", "团内职务名称", "现任团内职务", "现任职务", "职务名称", "担任团内职务", "团内任职"}},
		{Name: "unit", Aliases: []string{
			"工作单位或学校", "工作单位", "工作（学习）单位", "就读学校", "学校", "学习工作单位", "单位名称", "所在单位", "工作或学习单位", "工作学习单位", "单位", "学校名称", "所在学校", "就读院校", "学校/单位", "单位/学校", "工作单位名称", "所在学校或单位",
		}},
		{Name: "unit_credit", Aliases: []string{"单位统一社会信用代码", "统一社会信用代码", "社会信用代码"}},
		{Name: "home", Aliases: []string{
			"居住村（社区）代码", "居住地代码", "居住地区划代码", "现居住地代码", "现居住地区划代码", "村（社区）代码", "居住区划代码", "现居住村（社区）代码", "常住地区划代码", "户籍地区划代码",
		}},
	}
}

// cadreFields are those of members, of whom each must hold an office.
func cadreFields() []sheet.Field {
	all := memberFields("所在团组织")
	for i := range all {
		all[i].Required = all[i].Required || all[i].Name == "duty"
	}
	return all
}

// employerFields are those of units, and how many people work there in the employer's own words.
func employerFields() []sheet.Field {
	return append(unitFields("企业名称", "所属行业"), sheet.Field{Name: "staff", Aliases: []string{
		"职工人数", "职工总数", "职工数", "员工人数", "员工总数", "员工数", "从业人员", "从业人员数", "从业人数", "从业人员期末人数", "用工人数", "在职人数", "在岗职工人数", "就业人数",
		"35岁以下职工数", "35岁以下职工人数", "青年职工数", "青年职工人数", "青年员工数", "staff", "employees",
	}})
}

func unitFields(name, trade string) []sheet.Field {
	return []sheet.Field{
		{Name: "name", Required: true, Aliases: []string{name, "单位名称", "名称", "单位全称", "机构名称", "全称", "单位详细名称", "企业全称", "法人单位名称", "市场主体名称", "学校全称", "name"}},
		{Name: "credit", Aliases: []string{"统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "单位统一社会信用代码", "统一代码", "credit code"}},
		{Name: "trade", Aliases: []string{trade, "所属行业", "行业", "行业类别", "行业名称", "学校类别", "办学类型", "学校办学类型", "国民经济行业", "主要业务活动", "行业门类"}},
		{Name: "area", Aliases: []string{"所在村（社区）代码", "区划代码", "村（社区）代码", "行政区划代码", "所在区划代码", "所在地代码"}},
		{Name: "county", Aliases: []string{"县市区", "所在县", "区县"}},
		{Name: "town", Aliases: []string{"乡镇街道", "所在乡镇", "乡镇"}},
		{Name: "village", Aliases: []string{"村（社区）", "村社区", "所在村", "村居"}},
		{Name: "lon", Aliases: []string{"经度", "lon", "lng", "longitude", "东经", "经度坐标", "GPS经度"}},
		{Name: "lat", Aliases: []string{"纬度", "lat", "latitude", "北纬", "纬度坐标", "GPS纬度"}},
	}
}

// Fields gives the columns that a kind of file may have.
func Fields(k Kind) []sheet.Field { return fields[k] }
