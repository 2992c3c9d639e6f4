// Package researchweb is the pages of needs research: voices in the office and for whoever raised them.
package researchweb

import (
	"embed"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/research"
)

// Messages are the texts of these pages and of the errors of the service.
//
//go:embed messages
var Messages embed.FS

// pages holds what the handlers need.
type pages struct {
	s     *research.Service
	doors *door.Doors
}

// Menu is the lines of the office's menu.
var Menu = []door.Entry{
	{Group: "research.menu", Label: "research.studies", Icon: "report", Href: studiesURL, Verb: research.ReadStudies},
	{Group: "research.menu", Label: "research.meetings", Icon: "users-group", Href: meetingsURL, Verb: research.ReadMeetings},
	{Group: "research.menu", Label: "research.voices", Icon: "messages", Href: voicesURL, Verb: research.ReadVoices},
}

// Routes are the pages of needs research.
func Routes(s *research.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	office := func(pattern string, v authz.Verb, h web.Handler, filters ...string) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h, Filters: filters}
	}
	return []web.Route{
		office("GET /office/voices", research.ReadVoices, p.voices, "state"),
		office("GET /office/voices/terms", research.ReadVoices, p.terms),
		office("POST /office/voices/terms", research.SetTerms, p.setTerms),
		office("GET /office/voices/new", research.RaiseVoice, p.askVoice),
		office("POST /office/voices/new", research.RaiseVoice, p.raise),
		office("GET /office/voices/{id}", research.ReadVoices, p.voice),
		office("POST /office/voices/{id}/merge", research.MergeVoice, p.merge),
		office("POST /office/voices/{id}/separate", research.MergeVoice, p.separate),

		office("GET /office/studies", research.ReadStudies, p.studies),
		office("GET /office/studies/bank", research.ReadStudies, p.bank),
		office("GET /office/studies/new", research.DesignStudy, p.askStudy),
		office("POST /office/studies/new", research.DesignStudy, p.beginStudy),
		office("GET /office/studies/{id}", research.ReadStudies, p.study),
		office("GET /office/studies/{id}/plan", research.DesignStudy, p.askPlan),
		office("POST /office/studies/{id}/plan", research.DesignStudy, p.setPlan),
		office("POST /office/studies/{id}/draw", research.DrawPeople, p.draw),
		office("GET /office/studies/{id}/drawn", research.DrawPeople, p.drawn),
		office("GET /office/studies/{id}/proposals", research.RaiseVoice, p.proposals),
		office("GET /office/studies/{id}/cross", research.ReadStudies, p.cross),
		{Pattern: "GET /office/studies/{id}/export", Door: web.Office, Verb: research.ExportStudy, Limit: web.Exporting, Handle: p.export},
		office("POST /office/studies/{id}/{step}", research.ReadStudies, p.turn),

		office("GET /office/meetings", research.ReadMeetings, p.meetings),
		office("GET /office/meetings/new", research.HoldMeeting, p.askMeeting),
		office("POST /office/meetings/new", research.HoldMeeting, p.holdMeeting),
		office("GET /office/meetings/{id}", research.ReadMeetings, p.meeting),
		office("POST /office/meetings/{id}", research.HoldMeeting, p.amend),
		office("POST /office/meetings/{id}/items", research.HoldMeeting, p.addItem),

		{Pattern: "GET /studies", Door: web.Public, Handle: p.publications},
		{Pattern: "GET /studies/{id}", Door: web.Public, Handle: p.publication},

		{Pattern: "GET /voice", Door: web.Public, Handle: p.askReceipt},
		{Pattern: "POST /voice", Door: web.Public, Limit: web.SigningIn, Handle: p.byReceipt},
		{Pattern: "GET /my/voices", Door: web.Field, Handle: p.mine},
		{Pattern: "GET /my/voices/{serial}", Door: web.Field, Handle: p.one},
		{Pattern: "POST /my/voices/{serial}", Door: web.Field, Handle: p.judge},
	}
}

func matterURL(m casework.ID) string { return "/office/matters/" + m.String() }

// labels are the questions of these pages by their names, for the summary of what is wrong.
var labels = map[string]string{
	"title": "research.field.title", "text": "research.field.text", "desk": "research.field.desk", "days": "research.field.days", "asker": "research.field.asker",
	"reason": "research.field.reason", "into": "research.field.into", "from": "research.field.from", "said": "research.field.said", "question": "research.field.question",
	"purpose": "research.field.purpose", "opens": "research.field.opens", "closes": "research.field.closes", "form": "research.study.form", "n": "research.study.how_many",
	"kind_by": "research.plan.kind_by", "age_by": "research.plan.age_by", "cells": "research.plan.cells", "workers": "research.plan.workers", "desks": "research.plan.desks",
	"bank": "research.plan.bank", "groups": "research.plan.groups", "b": "research.cross_b", "org": "casework.org", "kind": "research.field.kind", "place": "research.field.place",
	"on": "research.field.on", "guests": "research.field.guests", "minutes": "research.field.minutes",
	"answer_days": "research.terms.answer", "late_days": "research.terms.late", "unsolved": "research.terms.unsolved", "judge_days": "research.terms.judge",
	"reopen_days": "research.terms.reopen",
}

func faults(r *web.Request, f *web.Form) []ui.Fault {
	var all []ui.Fault
	for _, p := range f.Problems() {
		text := r.L.Problem(p)
		if key := labels[p.Field]; key != "" {
			text = r.L.T(key) + "：" + text
		}
		all = append(all, ui.Fault{Field: p.Field, Text: text})
	}
	return all
}
