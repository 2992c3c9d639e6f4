package org

import "zhidian/internal/platform/pinyin"

// reading is the most likely way to say an organisation's name.
func reading(name string) pinyin.Reading { return pinyin.PlaceReadings(name)[0] }
