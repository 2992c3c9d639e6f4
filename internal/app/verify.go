package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/i18n"
)

// verify checks a city's whole log against the heads kept outside, or one act against its exported proof.
func verify(ctx context.Context, c *call) int {
	fs := c.flags()
	data := fs.String("data", "", "安装目录 folder of the installation")
	dsn := fs.String("db", "", "PostgreSQL 地址 address; empty: the embedded database")
	heads := fs.String("heads", "", "在外保存的签名头文件 file of signed heads kept outside ; without it nothing counts as witnessed")
	proof := fs.String("proof", "", "单条办理记录的证明文件 exported proof of one act; needs --key")
	key := fs.String("key", "", "城市的验证公钥 verifier key of the city, from a source you trust")
	if code, ok := c.parse(fs); !ok {
		return code
	}
	if *proof != "" {
		return c.verifyProof(*proof, *key)
	}
	if *data == "" {
		fmt.Fprintln(c.stderr, "请用 --data 指明安装目录，或用 --proof 验证单条记录。 Name the folder with --data, or one proof with --proof.")
		return exitUsage
	}
	in, err := open(ctx, *data, *dsn)
	if err != nil {
		return c.fail(err)
	}
	defer in.db.Close()
	keys, err := act.Keys(in.keys.Verifier())
	if err != nil {
		return c.fail(err)
	}
	var kept io.Reader
	if *heads != "" {
		f, err := os.Open(*heads)
		if err != nil {
			return c.fail(err)
		}
		defer f.Close()
		kept = f
	}
	report, err := actlog.VerifyData(ctx, in.db, in.city.Slug, keys, kept)
	if err != nil {
		return c.fail(err)
	}
	cat, err := catalog()
	if err != nil {
		return c.fail(err)
	}
	for _, lang := range i18n.Langs() {
		p := cat.Printer(lang)
		for _, f := range report.Findings() {
			args := make([]any, 0, 2*len(f.Args))
			for k, v := range f.Args {
				args = append(args, k, v)
			}
			fmt.Fprintln(c.stdout, p.T(f.Key, args...))
		}
	}
	if !report.Sound() {
		return exitFailed
	}
	return exitOK
}

func (c *call) verifyProof(file, key string) int {
	b, err := os.ReadFile(file)
	if err != nil {
		return c.fail(err)
	}
	if key == "" {
		fmt.Fprintln(c.stderr, "请用 --key 给出城市的验证公钥；不要使用证明文件里自带的那个。 Give the city's verifier key with --key; do not take the one inside the file.")
		return exitUsage
	}
	p, err := act.VerifyProof(b, key)
	if err != nil {
		return c.fail(err)
	}
	out := map[string]any{
		"act": p.Act.ID, "verb": p.Act.Verb, "subject": p.Act.Subject, "actor": p.Act.Actor,
		"at": time.UnixMicro(p.Act.At).UTC().Format(time.RFC3339Nano), "leaf": p.Leaf, "tree_size": p.Head.Size, "content": "withheld",
	}
	if p.Content != nil {
		out["content"] = json.RawMessage(p.Content.Change)
	}
	e := json.NewEncoder(c.stdout)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return c.fail(err)
	}
	return exitOK
}

// handOver gives the newest head to the keeper: a file that belongs on another machine's disk.
func handOver(ctx context.Context, in *installation, keeper string) error {
	if keeper == "" {
		keeper = filepath.Join(in.dir, headsFile)
	}
	return actlog.HandOver(ctx, in.db, in.city.Slug, actlog.File{Path: keeper})
}
