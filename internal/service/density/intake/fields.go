package intake

import "zhidian/internal/platform/sheet"

// fields are the columns of each kind under the names that registries and offices give them.
var fields = map[Kind][]sheet.Field{
	LeagueOrgs: {
		{Name: "code", Aliases: []string{"组织编号", "团组织编号", "组织编码", "团组织编码", "组织代码", "组织ID", "组织树编号", "organisation number"}},
		{Name: "name", Required: true, Aliases: []string{"组织全称", "团组织全称", "组织名称", "团组织名称", "全称", "名称", "团组织", "organisation"}},
		{Name: "short", Aliases: []string{"组织简称", "简称", "团组织简称"}},
		{Name: "class", Required: true, Aliases: []string{"组织类别", "团组织类别", "类别", "组织类型", "团组织类型", "组织级别", "class"}},
		{Name: "above", Aliases: []string{"上级组织", "上级团组织", "上级组织名称", "上级团组织名称", "直属上级", "隶属团组织"}},
		{Name: "host", Aliases: []string{"所属单位", "单位名称", "所在单位", "建制单位", "依托单位", "单位全称"}},
		{Name: "host_credit", Aliases: []string{"单位统一社会信用代码", "统一社会信用代码", "社会信用代码"}},
		{Name: "industry", Aliases: []string{"单位所属行业类别", "行业类别", "所属行业", "行业", "单位行业", "所属行业类别"}},
		{Name: "area", Aliases: []string{"所在区划代码", "区划代码", "行政区划代码", "所在地代码", "所在村（社区）代码", "属地代码"}},
		{Name: "county", Aliases: []string{"县市区", "所在县", "所在区县"}},
		{Name: "town", Aliases: []string{"乡镇街道", "所在乡镇", "乡镇"}},
		{Name: "village", Aliases: []string{"村（社区）", "村社区", "所在村", "村居"}},
	},
	Members: memberFields("所在团支部"),
	Cadres:  memberFields("所在团组织"),
	Youth: {
		{Name: "area", Aliases: []string{"区划代码", "村代码", "村（社区）代码", "行政区划代码", "统计用区划代码", "所在村（社区）代码", "village code", "code"}},
		{Name: "county", Aliases: []string{"县市区", "县（市、区）", "区县", "县区", "county"}},
		{Name: "town", Aliases: []string{"乡镇街道", "乡镇（街道）", "乡镇", "镇街", "township"}},
		{Name: "village", Aliases: []string{"村（社区）", "村社区", "村居", "村名", "社区", "行政村", "village"}},
		{Name: "14-17", Required: true, Aliases: []string{"14-17岁", "14至17岁", "14~17岁", "14—17岁", "14-17", "14-17岁人数", "14到17岁"}},
		{Name: "18-22", Required: true, Aliases: []string{"18-22岁", "18至22岁", "18~22岁", "18—22岁", "18-22", "18-22岁人数", "18到22岁"}},
		{Name: "23-28", Required: true, Aliases: []string{"23-28岁", "23至28岁", "23~28岁", "23—28岁", "23-28", "23-28岁人数", "23到28岁"}},
		{Name: "29-35", Required: true, Aliases: []string{"29-35岁", "29至35岁", "29~35岁", "29—35岁", "29-35", "29-35岁人数", "29到35岁"}},
	},
	Employers: unitFields("企业名称", "所属行业"),
	Schools:   unitFields("学校名称", "学校类型"),
	Sites: {
		{Name: "name", Required: true, Aliases: []string{"阵地名称", "场所名称", "站点名称", "名称", "点位名称", "驿站名称", "name"}},
		{Name: "kind", Required: true, Aliases: []string{"类别", "阵地类别", "类型", "阵地类型", "场所类型", "kind"}},
		{Name: "address", Aliases: []string{"地址", "详细地址", "所在地址", "address"}},
		{Name: "area", Aliases: []string{"所在村（社区）代码", "区划代码", "村（社区）代码", "行政区划代码", "所在区划代码"}},
		{Name: "county", Aliases: []string{"县市区", "所在县", "区县"}},
		{Name: "town", Aliases: []string{"乡镇街道", "所在乡镇", "乡镇"}},
		{Name: "village", Aliases: []string{"村（社区）", "村社区", "所在村", "村居"}},
		{Name: "lon", Required: true, Aliases: []string{"经度", "lon", "lng", "longitude", "东经", "X坐标"}},
		{Name: "lat", Required: true, Aliases: []string{"纬度", "lat", "latitude", "北纬", "Y坐标"}},
		{Name: "capacity", Aliases: []string{"可容纳人数", "容纳人数", "容量", "床位数", "座位数", "capacity"}},
	},
}

func memberFields(branch string) []sheet.Field {
	return []sheet.Field{
		{Name: "name", Required: true, Aliases: []string{"姓名", "团员姓名", "团干部姓名", "名字", "学生姓名", "青年姓名", "name"}},
		{Name: "sex", Aliases: []string{"性别", "sex", "gender"}},
		{Name: "ethnicity", Aliases: []string{"民族", "族别"}},
		{Name: "born", Aliases: []string{"出生日期", "出生年月", "出生年月日", "生日", "出生时间"}},
		{Name: "id", Required: true, Aliases: []string{
			"身份证号码", "身份证号", "居民身份证号", "居民身份证号码", "公民身份号码", "公民身份证号码", "证件号码", "证件号", "身份证件号", "身份证件号码", "身份证",
		}},
		{Name: "education", Aliases: []string{"学历", "文化程度", "最高学历", "学历层次"}},
		{Name: "standing", Aliases: []string{"政治面貌"}},
		{Name: "joined", Aliases: []string{"入团年月", "入团时间", "入团日期", "加入共青团时间", "加入共青团日期", "入团年月日"}},
		{Name: "number", Aliases: []string{"发展团员编号", "团员编号", "入团志愿书编号", "团员发展编号", "发展编号"}},
		{Name: "phone", Aliases: []string{"手机号码", "手机号", "手机", "联系电话", "联系方式", "移动电话", "电话", "联系手机"}},
		{Name: "branch", Aliases: []string{
			branch, "所在团支部", "所在团组织", "团支部", "所属团支部", "所在支部", "所在组织", "团支部名称", "所属团组织", "组织名称", "组织全称", "团组织", "所在团组织名称", "团组织名称",
		}},
		{Name: "branch_code", Aliases: []string{"团支部编号", "所在团支部编号", "组织编号", "团组织编号", "所在团组织编号", "所在组织编号"}},
		{Name: "duty", Aliases: []string{"团内职务", "职务", "担任职务", "团干部职务", "团内职务名称", "现任团内职务"}},
		{Name: "unit", Aliases: []string{
			"工作单位或学校", "工作单位", "工作（学习）单位", "就读学校", "学校", "学习工作单位", "单位名称", "所在单位", "工作或学习单位", "工作学习单位", "单位",
		}},
		{Name: "unit_credit", Aliases: []string{"单位统一社会信用代码", "统一社会信用代码", "社会信用代码"}},
		{Name: "home", Aliases: []string{
			"居住村（社区）代码", "居住地代码", "居住地区划代码", "现居住地代码", "现居住地区划代码", "村（社区）代码", "居住区划代码",
		}},
	}
}

func unitFields(name, trade string) []sheet.Field {
	return []sheet.Field{
		{Name: "name", Required: true, Aliases: []string{name, "单位名称", "名称", "单位全称", "机构名称", "全称", "name"}},
		{Name: "credit", Aliases: []string{"统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "credit code"}},
		{Name: "trade", Aliases: []string{trade, "所属行业", "行业", "行业类别", "行业名称", "学校类别", "办学类型"}},
		{Name: "area", Aliases: []string{"所在村（社区）代码", "区划代码", "村（社区）代码", "行政区划代码", "所在区划代码", "所在地代码"}},
		{Name: "county", Aliases: []string{"县市区", "所在县", "区县"}},
		{Name: "town", Aliases: []string{"乡镇街道", "所在乡镇", "乡镇"}},
		{Name: "village", Aliases: []string{"村（社区）", "村社区", "所在村", "村居"}},
		{Name: "lon", Aliases: []string{"经度", "lon", "lng", "longitude", "东经"}},
		{Name: "lat", Aliases: []string{"纬度", "lat", "latitude", "北纬"}},
	}
}

// Fields gives the columns that a kind of file may have.
func Fields(k Kind) []sheet.Field { return fields[k] }
