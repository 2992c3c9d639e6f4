package org

import "zhidian/internal/platform/pinyin"

// reading is the most likely way to say an organisation's name; a name without a letter has none.
func reading(name string) pinyin.Reading {
	if all := pinyin.PlaceReadings(name); len(all) > 0 {
		return all[0]
	}
	return pinyin.Reading{}
}
