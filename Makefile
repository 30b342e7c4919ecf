# gauth: build, install, installcheck.
#
#	make && sudo make install && make installcheck
#
# PG_CONFIG chooses the server.  SANFLAGS reaches compiler and linker, for
# sanitizers and coverage.  Nothing is listed by hand: sources, pieces of the
# install script, specs and TAP tests are found by their folder, regression
# tests by test/schedule.

EXTENSION   = gauth
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" \
                $(EXTENSION).control)
MODULE_big  = gauth
OBJS       := $(patsubst %.c,%.o,$(sort $(wildcard src/*/*.c)))
DATA       := $(sort $(wildcard sql/update/*.sql))
DATA_built  = sql/$(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = $(DATA_built)

# a database of its own encoding, so that no locale decides a sort order
TEST_OPTS = --inputdir=test --encoding=UTF8 --no-locale \
            --load-extension=$(EXTENSION)

REGRESS        = --schedule=test/schedule
REGRESS_OPTS   = $(TEST_OPTS)
ISOLATION     := $(patsubst test/specs/%.spec,%,\
                   $(sort $(wildcard test/specs/*.spec)))
ISOLATION_OPTS = $(TEST_OPTS)
PROVE_TESTS   := $(sort $(wildcard test/t/*.pl))
TAP_TESTS     := $(if $(PROVE_TESTS),1)

PG_CPPFLAGS = -I$(srcdir)/src -DGAUTH_VERSION='"$(EXTVERSION)"'
PG_CFLAGS   = -std=gnu11 -Wall -Wextra -Wno-unused-parameter \
              -Wno-sign-compare -Wmissing-declarations -Wshadow=local -Wvla \
              -fvisibility=hidden $(SANFLAGS)
SHLIB_LINK  = -lsodium -lcrypto $(SANFLAGS)

# bitcode would only help functions that a plan inlines; ours are too large
override with_llvm = no

PG_CONFIG ?= pg_config
PGXS      := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# behind PGXS, which empties it, and in addition to what the caller gave
override PROVE_FLAGS += -I test/perl

# PostgreSQL 15 leaves PGDLLEXPORT empty on Linux, and a hidden symbol cannot
# be found by the server.
ifeq ($(MAJORVERSION),15)
override CPPFLAGS += -DPGDLLEXPORT='__attribute__((visibility("default")))'
endif

# Debian builds PostgreSQL without dependency tracking: a header rebuilds all.
$(OBJS): $(wildcard src/*/*.h)

$(DATA_built): $(sort $(wildcard sql/install/*.sql)) $(EXTENSION).control
	cat $(filter %.sql,$^) > $@
