package research

import (
	"reflect"
	"testing"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/service/research/result"
)

var planQuestions = []result.Question{
	{Path: "stage", Label: "做到哪一步", Kind: result.One, Choices: []result.Choice{{Value: "idea", Label: "还在想"}}},
	{Path: "age", Label: "年龄", Kind: result.Number},
	{Path: "words", Label: "还想说什么", Kind: result.Words},
}

func readPlan(t PlanText) (Plan, *reading) {
	r := &reading{questions: planQuestions, staff: []account.Account{{ID: "01M8BTKPSXK3Y4FMBA5TZSK3SE", Login: "zhou", Name: "周"}, {Login: "li1", Name: "李"}, {Login: "li2", Name: "李"}}, find: func(name string, _ bool) (org.Node, bool, error) {
		return org.Node{ID: "01M8BTKPSXK3Y4FMBA5TZSK3SD", Name: "咸安区"}, name == "咸安区", nil
	}}
	return r.plan(t), r
}

// Whatever is written, a plan that is taken is written out as it will be read again, and one that is not names a line.
func FuzzPlan(f *testing.F) {
	f.Add("stage", "age", "咸安区, idea, 18-35, 10\n\t\t\t5", "周, 咸安区", "stage，还在想，咸安区，5", "stage, 阶段", "words, 融资, 贷款, 利息")
	f.Add("", "", "", "zhou, 咸安区, 12\n李, 咸安区", "", "", "")
	f.Add("", "", ",,,", "x", "a,b,c,d", ",", "words,,,")
	f.Add("x", "y", "火星,k,9-1,-3", "", "", "", "\x00,\xff,𠮷")
	f.Fuzz(func(t *testing.T, kind, age, cells, workers, desks, bank, groups string) {
		p, r := readPlan(PlanText{kind, age, cells, workers, desks, bank, groups})
		if r.err != nil {
			t.Fatal(r.err)
		}
		if r.wrong.Err() != nil {
			return
		}
		again, r := readPlan(p.Text())
		if r.wrong.Err() != nil || !reflect.DeepEqual(p.Text(), again.Text()) {
			t.Errorf("%+v is read as %+v: %v", p, again, r.wrong.Err())
		}
	})
}

func TestEveryWrongLineOfAPlanIsNamed(t *testing.T) {
	t.Parallel()
	_, r := readPlan(PlanText{KindBy: "没有", Cells: "火星, idea, 18-35, x\n咸安区, , 200-1, 3", Workers: "周, 火星\n李, 咸安区\n没有, 咸安区\nzhou, 咸安区\n周, 咸安区, x", Desks: "stage, idea, 咸安区, 0", Bank: "stage,", Groups: "stage, 融资, 贷款"})
	fields := map[string]int{}
	for _, p := range r.wrong.List() {
		fields[p.Field]++
	}
	if want := map[string]int{"kind_by": 1, "cells": 6, "workers": 6, "desks": 1, "bank": 1, "groups": 1}; !reflect.DeepEqual(fields, want) {
		t.Errorf("%v, want %v: %v", fields, want, r.wrong.List())
	}
}
