package app

// ofMessages are what is kept of messages and calendars.
func ofMessages() []kept {
	return []kept{
		{name: "lesson plan", over: years(2), there: isThere("lesson_plan", "id = 'p'"), put: func(k *keeper) {
			k.put(`INSERT INTO lesson_plan (city, id, serial, account, org, title, kind, age_from, age_to, minutes, materials, words, state, made_at, edited_at) VALUES ($1, 'p', 's', 'a', $3, 't', 'mind', 6, 9, 40, '', 'w', 'returned', $2, $2)`, k.node(village))
		}},
		{name: "lesson use", over: years(3), there: isThere("lesson_use", "session = 's'"), put: func(k *keeper) {
			k.put(inLibrary, k.node(village))
			k.put(`INSERT INTO lesson_use (city, session, plan, account, at) VALUES ($1, 's', 'p', 'a', $2)`)
		}},
		{name: "lesson rating", over: years(3), there: isThere("lesson_rating", "stars = 5"), put: func(k *keeper) {
			k.put(inLibrary, k.node(village))
			k.put(`INSERT INTO lesson_rating (city, plan, account, stars, at) VALUES ($1, 'p', 'a', 5, $2)`)
		}},
		{name: "sending", over: days(90), there: isThere("notice_sending", "ref = 's'"), put: func(k *keeper) {
			k.put(`INSERT INTO notice_sending (city, ref, channel, account, kind, state, at, until_at, next_at) VALUES ($1, 's', 'email', 'a', 'k', 'sent', $2, $2, $2)`)
		}},
		{name: "way", over: years(3), there: isThere("notice_way", "account = 'a'"), put: func(k *keeper) {
			k.put(`INSERT INTO notice_way (city, account, lang, used_at) VALUES ($1, 'a', 'en', $2)`)
		}},
		{name: "off", over: years(3), there: isThere("notice_off", "account = 'a'"), put: func(k *keeper) {
			k.put(`INSERT INTO notice_off (city, account, kind, used_at) VALUES ($1, 'a', 'k', $2)`)
		}},
		{name: "calendar", over: years(1), there: isThere("calendar_feed", "id = 'f'"), put: func(k *keeper) {
			k.put(`INSERT INTO calendar_feed (city, account, slot, id, token, lang, made_at) VALUES ($1, 'a', 1, 'f', $3, 'en', $2)`, []byte("f"))
		}},
	}
}

const inLibrary = `INSERT INTO lesson_plan (city, id, serial, account, org, title, kind, age_from, age_to, minutes, materials, words, state, made_at, edited_at) VALUES ($1, 'p', 's', 'a', $3, 't', 'mind', 6, 9, 40, '', 'w', 'approved', $2, $2)`
