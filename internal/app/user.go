package app

import (
	"context"
	"fmt"
	"log/slog"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/sqldb"
)

// user makes the first administrators of a city, each by a link that is shown once. The city itself is founded with the
// first of them, where a city has no tree yet.
func user(ctx context.Context, c *call) int {
	fs := c.flags()
	data := fs.String("data", "", "安装目录 folder of the installation")
	dsn := fs.String("db", "", "PostgreSQL 地址 address; empty: the embedded database")
	login := fs.String("login", "", "登录名 sign-in name")
	name := fs.String("name", "", "姓名 name")
	role := fs.String("role", account.SystemAdmin, "角色 role: system_admin, security_admin, audit_admin, clerk, secretary, reader")
	at := fs.String("at", "", "组织编号，空为全市 id of the organisation where it holds; empty: the city")
	url := fs.String("url", "", "访问地址，用于生成链接 address of the server, for the link")
	if code, ok := c.parse(fs); !ok {
		return code
	}
	if *data == "" || *login == "" {
		fmt.Fprintln(c.stderr, "请用 --data、--login 和 --name 指明安装目录、登录名和姓名。 Name folder, sign-in name and name with --data, --login and --name.")
		return exitUsage
	}
	in, err := migrated(ctx, *data, *dsn)
	if err != nil {
		return c.fail(err)
	}
	defer in.db.Close()
	s, err := newServices(in, slog.Default())
	if err != nil {
		return c.fail(err)
	}
	node, err := s.nodeOrCity(ctx, *at)
	if err != nil {
		return c.fail(err)
	}
	_, secret, err := s.account.CreateFirst(ctx, in.city.Slug, account.First{
		Newcomer: account.Newcomer{Login: *login, Name: *name, Desk: node.ID}, Role: *role, Org: node.ID,
	})
	if err != nil {
		return c.fail(err)
	}
	fmt.Fprintf(c.stdout, "请本人在有效期内打开此链接设置密码，链接只显示这一次：\nOpen this link in time to set a password; it is shown only once:\n%s/invitation/%s\n", *url, secret)
	return exitOK
}

// nodeOrCity finds an organisation by id, or the city, which is founded where the tree is still empty.
func (s *services) nodeOrCity(ctx context.Context, at string) (n org.Node, err error) {
	slug := s.in.city.Slug
	if at != "" {
		err = s.db.Read(ctx, slug, func(q *sqldb.Rx) error {
			n, err = org.Find(q, org.ID(at))
			return err
		})
		return n, err
	}
	err = s.db.Read(ctx, slug, func(q *sqldb.Rx) error {
		n, err = org.Root(q)
		return err
	})
	if err == nil {
		return n, nil
	}
	return s.orgs.Create(ctx, systemOf(slug), org.New{Kind: org.City, Name: s.in.city.Name})
}
