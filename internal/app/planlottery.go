package app

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"zhidian/solver/lottery"
)

const planLotteryHelp = `用法 Usage: zhidian plan lottery --new-seed FILE
       zhidian plan lottery --entries FILE.csv --places N --edition NAME --source TEXT --seed-file FILE
       zhidian plan lottery --closed FILE.json --seed-file FILE --public VALUE
       zhidian plan lottery --check FILE.json

可由任何人复核的摇号：主办方也无法挑选结果。
A draw that anybody can check and nobody can choose, its operator included.

  1. 报名截止前：--new-seed 生成秘密种子，公布它的哈希（seed_hash），并写明将采用哪个以后才产生的公开数。
     Before sign-up closes: --new-seed makes a secret seed; publish its hash, and which public value of a later day will be taken.
  2. 报名截止后：--entries 生成名单文件并公布，内有名单哈希（list_hash）。
     When it has closed: --entries makes the file of the list with its hash; publish it.
     csv 列 columns: receipt,group[,family]（回执号、组别 1 最先、同家第一人的回执号 receipt, group with 1 first, receipt of the
     family's first）。文件中不得有姓名 no names。
  3. 公开数产生后：--closed 摇号，公布结果文件。When the public value is known: --closed draws; publish the file that it prints.
  4. 任何人：--check 用结果文件重摇一遍。Anybody: --check draws again from that file.

摇号密钥 draw key: SHA-256(种子 seed ‖ 名单哈希 list hash ‖ 公开数 public value)。
`

type lotteryRun struct {
	newSeed, entries, closed, check   string
	places                            int
	edition, source, seedFile, public string
}

// planLottery runs `zhidian plan lottery` and gives the exit code, as planDensity does.
func planLottery(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var run lotteryRun
	return planCommand("lottery", planLotteryHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		fs.StringVar(&run.newSeed, "new-seed", "", "")
		fs.StringVar(&run.entries, "entries", "", "")
		fs.StringVar(&run.closed, "closed", "", "")
		fs.StringVar(&run.check, "check", "", "")
		fs.IntVar(&run.places, "places", -1, "")
		fs.StringVar(&run.edition, "edition", "", "")
		fs.StringVar(&run.source, "source", "", "")
		fs.StringVar(&run.seedFile, "seed-file", "", "")
		fs.StringVar(&run.public, "public", "", "")
	}, func() error { return run.do(ctx, stdout) })
}

func (r lotteryRun) do(ctx context.Context, stdout io.Writer) error {
	steps := 0
	for _, s := range []string{r.newSeed, r.entries, r.closed, r.check} {
		if s != "" {
			steps++
		}
	}
	switch {
	case steps != 1:
		return said{"请给出 --new-seed、--entries、--closed、--check 之一", "give one of --new-seed, --entries, --closed and --check"}
	case r.newSeed != "":
		return r.makeSeed(stdout)
	case r.entries != "":
		return r.closeList(stdout)
	case r.closed != "":
		return r.draw(ctx, stdout)
	}
	return r.verify(stdout)
}

// makeSeed writes a new secret to a file that only its owner may read, never over one that is there.
func (r lotteryRun) makeSeed(stdout io.Writer) error {
	var secret lottery.Secret
	if _, err := rand.Read(secret[:]); err != nil {
		return err
	}
	f, err := os.OpenFile(r.newSeed, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return said{"不能新建种子文件 " + r.newSeed + "（已有的文件不会被覆盖）", "cannot make the seed's file (one that is there is never overwritten)"}
	}
	_, err = fmt.Fprintln(f, hex.EncodeToString(secret[:]))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(map[string]lottery.Hash{"seed_hash": lottery.Commit(secret)})
}

func (r lotteryRun) secret() (secret lottery.Secret, err error) {
	err = readPlain(r.seedFile, func(in io.Reader) error {
		text, err := io.ReadAll(io.LimitReader(in, 1000))
		if err != nil {
			return err
		}
		if secret, err = lottery.ParseSecret(strings.TrimSpace(string(text))); err != nil {
			return said{r.seedFile + "：应为 64 位十六进制数", "must be 64 hexadecimal digits"}
		}
		return nil
	})
	return secret, err
}

func (r lotteryRun) closeList(stdout io.Writer) error {
	secret, err := r.secret()
	if err != nil {
		return err
	}
	list := lottery.List{Edition: r.edition, Places: r.places, Source: r.source, Commit: lottery.Commit(secret)}
	err = readPlain(r.entries, func(in io.Reader) (err error) {
		list.Entries, err = readEntries(r.entries, in)
		return err
	})
	if err != nil {
		return err
	}
	p, err := lottery.Close(list)
	if err != nil {
		return lotteryFault(r.entries, err)
	}
	return json.NewEncoder(stdout).Encode(p)
}

// readEntries reads receipt,group[,family] with its heading.
func readEntries(name string, in io.Reader) ([]lottery.Entry, error) {
	c := csv.NewReader(in)
	c.FieldsPerRecord = -1
	heading, err := c.Read()
	if err == nil {
		heading[0] = strings.TrimPrefix(heading[0], "\ufeff")
	}
	want := []string{"receipt", "group", "family"}
	if err != nil || !slices.Equal(heading, want) && !slices.Equal(heading, want[:2]) {
		return nil, said{name + " 第 1 行：列名应为 receipt,group 或 receipt,group,family", "line 1: columns are receipt,group or receipt,group,family"}
	}
	var all []lottery.Entry
	for {
		row, err := c.Read()
		if err == io.EOF {
			return all, nil
		}
		line, _ := c.FieldPos(0)
		if err != nil || len(row) != len(heading) {
			return nil, said{fmt.Sprintf("%s 第 %d 行：列数不对或引号不成对", name, line), fmt.Sprintf("line %d: other columns than the heading, or a quotation mark alone", line)}
		}
		e := lottery.Entry{Receipt: row[0]}
		if e.Group, err = strconv.Atoi(row[1]); err != nil {
			return nil, said{fmt.Sprintf("%s 第 %d 行：组别“%s”应为整数", name, line, row[1]), fmt.Sprintf("line %d: the group must be a whole number", line)}
		}
		if len(row) > 2 {
			e.Family = row[2]
		}
		all = append(all, e)
	}
}

func (r lotteryRun) draw(ctx context.Context, stdout io.Writer) error {
	var p lottery.Published
	if err := readJSON(r.closed, &p); err != nil {
		return err
	}
	secret, err := r.secret()
	if err != nil {
		return err
	}
	if p, err = p.Draw(ctx, secret, r.public); err != nil {
		return lotteryFault(r.closed, err)
	}
	return json.NewEncoder(stdout).Encode(p)
}

func (r lotteryRun) verify(stdout io.Writer) error {
	var p lottery.Published
	if err := readJSON(r.check, &p); err != nil {
		return err
	}
	if err := p.Verify(); err != nil {
		return lotteryFault(r.check, err)
	}
	return json.NewEncoder(stdout).Encode(struct {
		Holds    bool         `json:"holds"`
		SeedHash lottery.Hash `json:"seed_hash"`
		ListHash lottery.Hash `json:"list_hash"`
		Placed   int          `json:"placed"`
		Waiting  int          `json:"waiting"`
	}{true, p.Commit, p.ListHash, len(p.Placed), len(p.Waiting)})
}

// lotteryTroubles are the sentences for what may be wrong with a list.
var lotteryTroubles = map[lottery.Trouble]string{
	lottery.NoEntries:   "名单应有 1 至 1000000 条",
	lottery.NoPlaces:    "名额应为 0 至 1000000，用 --places 给出",
	lottery.NoEdition:   "缺少班次名称（--edition），或太长、含看不见的字符",
	lottery.NoSource:    "没有写明采用哪个公开数（--source），或太长、含看不见的字符",
	lottery.NoPublic:    "缺少公开数（--public），或太长、含看不见的字符",
	lottery.BadReceipt:  "回执号为空、太长或含看不见的字符",
	lottery.SameReceipt: "回执号重复",
	lottery.BadGroup:    "组别应为 1 至 99",
	lottery.BadFamily:   "family 应是同家第一人的回执号，第一人自己也要写",
}

func lotteryFault(name string, err error) error {
	var list *lottery.ListError
	var secret *lottery.SecretError
	switch {
	case errors.As(err, &list) && list.Entry < 0:
		return said{lotteryTroubles[list.Trouble], string(list.Trouble)}
	case errors.As(err, &list):
		return said{fmt.Sprintf("%s 第 %d 条“%s”：%s", name, list.Entry+1, list.Text, lotteryTroubles[list.Trouble]), fmt.Sprintf("entry %d: %s", list.Entry+1, list.Trouble)}
	case errors.As(err, &secret):
		return said{"种子与公布的哈希不符，公布的是 " + secret.Want.String(), "the seed is not the one whose hash was published"}
	case errors.Is(err, lottery.ErrListChanged):
		return said{name + "：名单与其哈希不符，公布后被改动过", "the list is not the one whose hash stands in the file"}
	}
	return said{name + "：结果不成立：" + err.Error(), "the draw does not hold"}
}
