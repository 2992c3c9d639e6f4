# Zhidian. "make assets" needs Node; a plain "go build ./..." needs neither it nor this file.

.PHONY: assets generate

# Styles, scripts and icons into internal/platform/web/dist (not in git).
assets:
	npm ci --prefix assets --no-audit --no-fund --loglevel=error
	npm run --silent check --prefix assets
	npm run --silent build --prefix assets

# Pages from *.templ; what it writes is committed.
generate:
	go tool templ generate -path internal
