// Package org is the one tree of a city: city, counties, townships, villages, and beside them departments, banks,
// schools, companies and the organisations of the Youth League.
package org

import (
	"strconv"
	"strings"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/id"
)

// ID names an organisation for ever; official codes change from year to year and are attributes.
type ID = id.Of[Node]

// Kind is what an organisation is.
type Kind string

// The kinds of organisation. League organisations follow the classes of 智慧团建 (domain.md §7.1).
const (
	City       Kind = "city"       // 市
	County     Kind = "county"     // 县、区
	Township   Kind = "township"   // 乡镇、街道、农林场、开发区
	Village    Kind = "village"    // 村、社区
	Department Kind = "department" // 部门
	Bank       Kind = "bank"       // 银行、担保机构
	School     Kind = "school"     // 学校
	Company    Kind = "company"    // 企业
	Society    Kind = "society"    // 社会组织

	LeagueBody          Kind = "league_body"           // 团的领导机关
	LeagueCommittee     Kind = "league_committee"      // 团委（基层团委）
	LeagueWorkCommittee Kind = "league_work_committee" // 团工委
	LeagueGeneralBranch Kind = "league_general_branch" // 团总支
	LeagueBranch        Kind = "league_branch"         // 团支部
)

// Kinds lists every kind in the order in which pages show them.
var Kinds = []Kind{
	City, County, Township, Village, Department, Bank, School, Company, Society,
	LeagueBody, LeagueCommittee, LeagueWorkCommittee, LeagueGeneralBranch, LeagueBranch,
}

// IsDivision tells whether the kind is an administrative division, of which the tree's trunk is made.
func (k Kind) IsDivision() bool { return k == City || k == County || k == Township || k == Village }

// IsLeague tells whether the kind is an organisation of the Youth League.
func (k Kind) IsLeague() bool { return strings.HasPrefix(string(k), "league_") }

// Node is one organisation in the tree.
type Node struct {
	ID       ID
	No       int64 // the number that stands for it in paths
	Kind     Kind
	Name     string
	Short    string
	Parent   ID // zero for the city
	Path     authz.Path
	Depth    int
	Industry string     // GB/T 4754 or the source's own words
	Staff    *int64     // how many people work there, in the employer's own words; nil where it says nothing
	At       *geo.Point // WGS-84, nil where unknown
	CRS      string     // the system in which the position was given
	Fineness string     // how exact the position is: point, village or township
	AreaM2   int64      // square metres, 0 where unknown
	Since    int64      // the delivery that brought it, 0 by hand
	Opened   day.Day
	Closed   day.Day // zero while it works
	MergedTo ID
}

// IsOpen tells whether the organisation works.
func (n Node) IsOpen() bool { return n.Closed.IsZero() }

// segment is a node's part of a path: its number to the base 36.
func segment(no int64) string { return strings.ToUpper(strconv.FormatInt(no, 36)) + "/" }

// Ancestors gives the paths above and including p, from the city down.
func Ancestors(p authz.Path) []authz.Path {
	var up []authz.Path
	for i, c := range p {
		if c == '/' {
			up = append(up, p[:i+1])
		}
	}
	return up
}

// MayHold tells whether an organisation of kind child may hang below one of kind parent.
func MayHold(parent, child Kind) bool {
	switch child {
	case City:
		return false
	case County:
		return parent == City
	case Township:
		return parent == County
	case Village:
		return parent == Township
	case LeagueBody, LeagueCommittee, LeagueWorkCommittee, LeagueGeneralBranch:
		return parent != LeagueBranch
	case LeagueBranch:
		return parent != LeagueBranch
	default:
		return !parent.IsLeague()
	}
}
