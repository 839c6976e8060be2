# SPDX-License-Identifier: GPL-3.0-or-later
# nightcast.  `make run` tries it, `make test` proves it, `make help` lists
# the rest.
CC ?= cc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
BUILD ?= build
PROGRAM ?= nightcast
T ?= 60

# What the code needs, kept apart so that `make CFLAGS=-O0` still compiles.
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wvla
NEED := -std=c17 -I. -fopenmp -fno-math-errno $(WARN) $(EXTRA)
LINK := -fopenmp -lgsl -lgslcblas -lcsv -lz -lm

SRC := $(sort $(wildcard forecast/*.c io/*.c cmd/*.c))
LIB := $(patsubst %.c,$(BUILD)/%.o,$(filter-out cmd/main.c,$(SRC)))
TESTS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/test_*.c)))

all: $(PROGRAM)

$(PROGRAM): $(BUILD)/cmd/main.o $(BUILD)/libnightcast.a
	$(CC) $(CFLAGS) $(EXTRA) $(LDFLAGS) -o $@ $^ $(LINK)

$(BUILD)/libnightcast.a: $(LIB)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(NEED) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libnightcast.a
	$(CC) $(CFLAGS) $(EXTRA) $(LDFLAGS) -o $@ $^ -lcmocka $(LINK)

-include $(LIB:.o=.d) $(BUILD)/cmd/main.d $(TESTS:=.d)

.SECONDARY:
.PHONY: all clean format
clean:
	rm -rf build nightcast

format:
	clang-format -i $(wildcard */*.[ch] tests/*/*.[ch])
