package app

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"zhidian/internal/platform/errs"
	"zhidian/solver/pairing/flow"
	"zhidian/solver/routing"
	"zhidian/solver/routing/week"
	"zhidian/solver/siting/plane"
	"zhidian/solver/text"
)

// planCommand runs a planner, as textCommand does.
func planCommand(name, help string, args []string, stdout, stderr io.Writer, flags func(*flag.FlagSet), do func() error) int {
	return textCommand("zhidian plan "+name, help, args, stdout, stderr, flags, do)
}

// textCommand parses the flags of a command that works on texts alone, runs it and gives the exit code: 2 when call or input is wrong,
// said in both languages, 1 when it could not be done, 0 otherwise.
func textCommand(name, help string, args []string, stdout, stderr io.Writer, flags func(*flag.FlagSet), do func() error) int {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	flags(fs)
	err := fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, help)
		return exitOK
	}
	if err == nil && fs.NArg() > 0 {
		err = fmt.Errorf("%q", fs.Arg(0))
	}
	if err != nil {
		err = said{"参数不对：" + oneLine(err.Error()) + "，见 --help", "wrong argument, see --help"}
	} else {
		err = do()
	}
	if err == nil {
		return exitOK
	}
	var fault said
	if errors.As(err, &fault) {
		fmt.Fprintln(stderr, name+": "+oneLine(err.Error()))
		return exitUsage
	}
	if kind := errs.KindOf(err); errs.KeyOf(err) != "" && (kind == errs.Invalid || kind == errs.Absent) {
		for _, line := range eachInBoth(err) {
			fmt.Fprintln(stderr, name+": "+oneLine(line))
		}
		return exitUsage
	}
	fmt.Fprintln(stderr, name+": "+oneLine(err.Error()))
	return exitFailed
}

// openInput opens a file, or standard input for "-".
func openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, said{"打不开文件 " + name, "cannot open this file"}
	}
	return f, nil
}

// readProblem reads a problem in one of the plain formats.
func readProblem[P any](name string, read func(io.Reader) (P, error)) (p P, err error) {
	err = readPlain(name, func(in io.Reader) (err error) {
		p, err = read(in)
		return err
	})
	return p, err
}

// readPlain reads a file, or standard input for "-", packed or not, and tells faults of its text in both languages.
func readPlain(name string, read func(io.Reader) error) error {
	file, err := openInput(name)
	if err != nil {
		return err
	}
	defer file.Close()
	in := io.Reader(file)
	buffered := bufio.NewReaderSize(in, 1<<16)
	in = buffered
	if head, _ := buffered.Peek(2); string(head) == "\x1f\x8b" {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return said{name + "：压缩文件已损坏", "the packed file is damaged"}
		}
		in = z
	}
	err = read(in)
	var bad *text.Error
	switch {
	case errors.As(err, &bad):
		return plainFault(name, bad)
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF):
		return said{name + "：压缩文件已损坏或不完整", "the packed file is damaged or cut short"}
	}
	return err
}

// readJSON reads an answer as a planner prints it.
func readJSON(name string, into any) error {
	return readPlain(name, func(in io.Reader) error {
		if err := json.NewDecoder(in).Decode(into); err != nil {
			return said{name + "：不是规划命令输出的 JSON：" + oneLine(err.Error()), "not JSON as planners print it"}
		}
		return nil
	})
}

// plainTroubles are the sentences for what may be wrong in a plain file.
var plainTroubles = map[text.Trouble]string{
	text.Missing:     "缺失，文件到此结束",
	text.NotWhole:    "应为整数",
	text.NotANumber:  "应为数字",
	text.OutOfRange:  "超出范围",
	text.TooLong:     "太长，不是数字或名称",
	text.Unexpected:  "多余，此处应当结束",
	text.NoColumn:    "：表头没有这一列",
	text.ColumnTwice: "：表头有重复的列",
	text.NotUTF8:     "不是 UTF-8 文字，请另存为 UTF-8 的 CSV",
	text.BadQuotes:   "引号不成对",
	text.Empty:       "是空的",
	sameTwice:        "出现了两次",
	noTime:           "不是时间，应写成 2026-07-06 08:30",
	noSpan:           "不是时间段，应写成 2026-07-06 08:00/2026-07-06 12:00，多段用分号隔开",
	noPerson:         "不在人员表里",
	noSex:            "应为 女 或 男",
	tooMany:          "超过了这一场的人数",
	otherPlace:       "与前面各行的位置不同",
	manySkills:       "超出了 64 种技能",
	manyTerms:        "超出了 16 期",
	noTerm:           "不是地点表里的期次",
	noPlace:          "不在地点表里",
	text.TooMany:     "起行数太多",
	flow.NoHeading:   "之前应有一行 p min 节点数 弧数，且只有一行",
	flow.NotMin:      "应为 min",
	flow.Twice:       "是同一节点的第二个供应量",
	flow.NoSuchLine:  "不是行首应有的 c、p、n 或 a",
	flow.Crossed:     "所在的弧下限大于上限",
	flow.NotAllArcs:  "条数与 p 行所写不同",
	routing.Wrong:    "不是此类文件该处应有的内容",
	week.NotATime:    "应为时刻，如 8:30",
	week.Twice:       "出现了两次",
	week.Unknown:     "不在表中",
	week.Backwards:   "早于开始",
	week.NoPlace:     "缺失，不知道在哪里",
	week.TwoKinds:    "与别的行不同：经纬度和平面米只用一种",
	week.TooMany:     "种类太多，最多 64 种",
	plane.NotPlane:   "不是 EUC_2D：只读平面上的点",
	plane.Twice:      "是第二个点的编号",
	plane.NotAll:     "与点的个数不同",
	noCandidate:      "不是候选地点的编号",
	noDemand:         "不是需求点的编号",
}

// plainFields are the names of what is expected.
var plainFields = map[string]string{
	"rows": "行数", "cost": "费用", "nodes": "节点数", "arcs": "弧", "node": "节点", "supply": "供应量",
	"lower limit": "下限", "upper limit": "上限", "heading": "表头", "edges": "边数", "sites": "地点数", "site": "地点", "length": "长度",
	"name": "名称", "teams": "队数", "capacity": "容量", "customer": "客户", "x": "横坐标", "y": "纵坐标", "demand": "需求", "ready time": "最早时间",
	"due date": "最晚时间", "service time": "服务时间", "depot": "出发地", "points": "点数", "time limit": "时限", "score": "得分",
	"id": "编号", "lon": "经度", "lat": "纬度", "skills": "技能", "sex": "性别", "most": "最多次数", "free": "可服务时间",
	"knows": "去过的地点", "from": "开始", "until": "结束", "count": "人数", "needs": "所需技能", "women": "其中女", "men": "其中男", "locked": "指定", "banned": "不排",
	"minutes": "分钟", "skill": "技能", "persons": "人数", "day": "日子", "priority": "优先级", "same": "同一队", "seconds": "秒", "to": "终点",
	"lunch minutes": "午饭分钟", "lunch from": "午饭最早", "lunch until": "午饭最晚", "visit": "走访", "team": "队",
	"size": "人数", "away": "不去的期次", "asks": "所需技能", "term": "期次", "need": "需要人数", "room": "最多人数",
	"problem": "题号", "weight": "权重", "best known": "已知最优值", "point": "点", "load": "需求", "DIMENSION": "点数", "EDGE_WEIGHT_TYPE": "距离种类",
}

func plainFault(name string, e *text.Error) error {
	zh := fmt.Sprintf("%s 第 %d 行：%s", name, e.Line, plainFields[e.Field])
	if e.Have != "" {
		zh += "“" + e.Have + "”"
	}
	zh += plainTroubles[e.Trouble]
	if e.Trouble == text.OutOfRange {
		zh += fmt.Sprintf("，应为 %v 至 %v", e.Least, e.Most)
	}
	return said{zh, e.Error()}
}
