# SPDX-License-Identifier: GPL-3.0-or-later
# nightcast.  `make run` tries it, `make test` proves it, `make help` lists
# the rest.
CC ?= cc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
BUILD ?= build
PROGRAM ?= nightcast
T ?= 60
V ?= 0
# V=1 shows what is run; else it is quiet.
Q := $(if $(filter 1,$(V)),,@)
# The processors there are, unless make was told how many to use.
ALL = $(if $(findstring --jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

# What the code needs, kept apart so that `make CFLAGS=-O0` still compiles.
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wvla
NEED := -std=c17 -I. -fopenmp -fno-math-errno $(WARN) $(EXTRA)
LINK := -fopenmp -lgsl -lgslcblas -lcsv -lsqlite3 -lz -lm -ldl

SRC := $(sort $(shell find forecast io cmd -name '*.c'))
LIB := $(patsubst %.c,$(BUILD)/%.o,$(filter-out cmd/main.c,$(SRC)))
TESTS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/test_*.c)))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz_*.c)))
BENCHES := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/bench/*.c)))
# A report's page and its charts' library go into the program as they are; the
# name says whether there is a library, so that a later one is not missed.
DYGRAPHS ?= /usr/share/javascript/dygraphs
CHARTS := $(wildcard $(DYGRAPHS)/dygraph.min.js $(DYGRAPHS)/dygraph.min.css)
PAGE := $(addprefix cmd/report/,page.html page.css page.js dygraphs.licence)
ASSETS := $(BUILD)/cmd/report/assets$(if $(CHARTS),,-without)
LIB += $(ASSETS).o
# Where `make install` puts what is not the program.
BASH_DIR ?= $(PREFIX)/share/bash-completion/completions
ZSH_DIR ?= $(PREFIX)/share/zsh/site-functions
FISH_DIR ?= $(PREFIX)/share/fish/vendor_completions.d
UNIT_DIR ?= $(PREFIX)/lib/systemd/system
SYSUSERS_DIR ?= $(PREFIX)/lib/sysusers.d
INSTALLED := $(PREFIX)/bin $(PREFIX)/share/man/man1 $(BASH_DIR) $(ZSH_DIR) $(FISH_DIR) \
  $(UNIT_DIR) $(SYSUSERS_DIR)
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all

all: $(PROGRAM) ## the program, ./nightcast

run: deps ## install what is missing, build, forecast the sample data, show it
	@[ -e $(PROGRAM) ] || echo "building nightcast (make V=1 shows how) ..."
	@$(MAKE) --no-print-directory $(ALL) $(PROGRAM)
	@$(MAKE) --no-print-directory sample

sample: $(PROGRAM)
	./$(PROGRAM) forecast -H 12 data/monthly.csv -o $(BUILD)/forecasts.csv \
	  $(if $(CHARTS),--summary $(BUILD)/summary.csv --trace $(BUILD)/trace.json)
	@awk -v series=AirPassengers,nottem -f tests/table.awk \
	  $(BUILD)/forecasts.csv
	@echo "... the forecasts are in $(BUILD)/forecasts.csv"
	@./$(PROGRAM) plot $(BUILD)/forecasts.csv --train data/monthly.csv \
	  --series AirPassengers
	@$(if $(CHARTS),./$(PROGRAM) backtest -q -H 12 data/monthly.csv \
	  --steps $(BUILD)/steps.csv >$(BUILD)/backtest.txt)
	@$(if $(CHARTS),./$(PROGRAM) report -q $(BUILD)/forecasts.csv \
	  --train data/monthly.csv --summary $(BUILD)/summary.csv \
	  --scores $(BUILD)/steps.csv --trace $(BUILD)/trace.json \
	  -o $(BUILD)/report.html)
	@echo "... $(if $(CHARTS),a page to look at: \
	$(BUILD)/report.html,no page: that needs libjs-dygraphs)"

test: deps ## build and run all tests: ten minutes and more
	@$(MAKE) --no-print-directory $(ALL) $(PROGRAM) $(TESTS) $(FUZZERS)
	@$(MAKE) --no-print-directory check

check: $(PROGRAM) $(TESTS) $(FUZZERS) check-layers # without looking for deps
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) tests/run.sh $(TESTS) \
	  $(FUZZERS)

test-browser: $(PROGRAM) ## the report in Chromium; pictures go to build/browser
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) bash tests/browser.sh

bench: $(PROGRAM) $(BENCHES) ## speed and memory, as ratios within one run
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) tests/bench/run.sh

sanitize: ## all tests under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory BUILD=build/asan \
	  PROGRAM=build/asan/nightcast EXTRA="$(SAN)" CFLAGS="-O1 -g" check

tsan: ## the tests under ThreadSanitizer, with clang and its OpenMP
	@tests/tsan.sh

valgrind: $(PROGRAM) $(TESTS) ## unit tests and the program under memcheck
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) tests/valgrind.sh $(TESTS)

test-slurm: $(PROGRAM) ## the schedulers' scripts that the manual shows, really
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) bash tests/slurm.sh
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) bash tests/engines.sh

test-deb: deb $(PROGRAM) ## the package, installed where there is nothing else
	@bash tests/deb.sh

fuzz: ## libFuzzer on every fuzz target, T seconds each
	@CC=clang T=$(T) tests/fuzz.sh

deps: ## find the libraries; on Debian, install what is missing
	@tests/deps.sh

check-layers: ## the arrows of the design: cmd -> io, cmd -> forecast
	@tests/check_layers.sh

format: ## clang-format everything
	clang-format -i $$(find forecast io cmd tests -name '*.[ch]')

install: all ## PREFIX and DESTDIR as usual
	install -d $(INSTALLED:%=$(DESTDIR)%)
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/nightcast
	install -m 644 cmd/nightcast.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 cmd/nightcast.bash $(DESTDIR)$(BASH_DIR)/nightcast
	install -m 644 cmd/nightcast.zsh $(DESTDIR)$(ZSH_DIR)/_nightcast
	install -m 644 cmd/nightcast.fish $(DESTDIR)$(FISH_DIR)/
	sed 's|/usr/bin|$(PREFIX)/bin|' cmd/package/nightcast@.service \
	  >$(DESTDIR)$(UNIT_DIR)/nightcast@.service
	install -m 644 cmd/package/nightcast@.timer $(DESTDIR)$(UNIT_DIR)/
	install -m 644 cmd/package/nightcast.sysusers \
	  $(DESTDIR)$(SYSUSERS_DIR)/nightcast.conf

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/nightcast \
	  $(DESTDIR)$(PREFIX)/share/man/man1/nightcast.1 \
	  $(DESTDIR)$(BASH_DIR)/nightcast $(DESTDIR)$(ZSH_DIR)/_nightcast \
	  $(DESTDIR)$(FISH_DIR)/nightcast.fish $(DESTDIR)$(UNIT_DIR)/nightcast@.service \
	  $(DESTDIR)$(UNIT_DIR)/nightcast@.timer $(DESTDIR)$(SYSUSERS_DIR)/nightcast.conf

deb: ## a Debian package, build/nightcast_VERSION_ARCHITECTURE.deb
	@tests/deps.sh
	@cmd/package/deb.sh

static: ## a program that needs no libraries, build/static/nightcast
	@$(MAKE) --no-print-directory BUILD=build/static \
	  PROGRAM=build/static/nightcast LDFLAGS="$(LDFLAGS) -static" \
	  CPPFLAGS="$(CPPFLAGS) -DNIGHTCAST_STATIC" all

clean: ## remove all that was built
	rm -rf build nightcast

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' Makefile | column -t -s '|'

$(PROGRAM): $(BUILD)/cmd/main.o $(BUILD)/libnightcast.a
	$(Q)$(CC) $(CFLAGS) $(EXTRA) $(LDFLAGS) -o $@ $^ $(LINK)

$(BUILD)/libnightcast.a: $(LIB)
	@rm -f $@
	$(Q)ar qcs $@ $^

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(NEED) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(ASSETS).c: $(PAGE) $(CHARTS) cmd/report/embed.sh
	@mkdir -p $(@D)
	$(Q)cmd/report/embed.sh $(PAGE) $(DYGRAPHS)/dygraph.min.css \
	  $(DYGRAPHS)/dygraph.min.js >$@.part && mv $@.part $@

$(ASSETS).o: $(ASSETS).c
	$(Q)$(CC) $(NEED) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libnightcast.a
	$(Q)$(CC) $(CFLAGS) $(EXTRA) $(LDFLAGS) -o $@ $^ -lcmocka $(LINK) -ldl

$(BUILD)/tests/fuzz_%: $(BUILD)/tests/fuzz_%.o $(BUILD)/tests/replay.o \
  $(BUILD)/libnightcast.a
	$(Q)$(CC) $(CFLAGS) $(EXTRA) $(LDFLAGS) -o $@ $^ $(LINK)

-include $(LIB:.o=.d) $(BUILD)/cmd/main.d $(TESTS:=.d) $(FUZZERS:=.d) $(BENCHES:=.d)

.SECONDARY:
.PHONY: all run sample test check test-browser bench sanitize tsan valgrind test-slurm \
  fuzz deps check-layers format install uninstall deb static test-deb clean help
