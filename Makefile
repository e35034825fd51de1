# A fresh Debian has no make: apt-get install -y make, then
#
#   make test       everything that guards a change
#
#   make scenario   stories of real processes; KILLS=500 for more crashes
#   make            build/debug/valise
#   make bench      how fast it is, one JSON object a line
#   make V=release  the hardened build that install takes
#   make V=asan     under AddressSanitizer and UndefinedBehaviorSanitizer
#   make V=tsan tsan  what threads share, under ThreadSanitizer
#   make V=test     with a clock and crash points that tests can set
#   make V=fuzz CC=clang fuzz FUZZ_SECONDS=30
#   make format     write the tables into proto/FORMAT.md
#   make install    the release build, with DESTDIR and PREFIX; uninstall
#   make deps       the Debian packages that the build needs

V       ?= debug
# The folder names variant and compiler, so that objects are never mixed.
B       := build/$(V)$(if $(filter clang%,$(CC)),-clang)
PREFIX  ?= /usr/local

# What a layer's archive holds: every file below its folder but the program's
# own.
LAYERS        := proto keys node cli
$(foreach l,$(LAYERS),$(eval MODULES.$(l) := $$(filter-out main loop,\
	$$(patsubst $(l)/%.c,%,$$(sort $$(wildcard $(l)/*.c $(l)/*/*.c)))))\
	$(eval TESTS.$(l) := $$(patsubst tests/unit/$(l)/test_%.c,%,\
	$$(sort $$(wildcard tests/unit/$(l)/test_*.c)))))
# What a layer's tests share.
HELP.node     := world/world world/world_message world/world_sparse
WORLD          = $(HELP.node:%=$(B)/tests/%.o)
BELOW.proto   :=
BELOW.keys    := proto
BELOW.node    := keys proto
BELOW.cli     := keys proto
EXTERN.proto  := -lmsgpackc -lsodium -lcrypto
EXTERN.keys   := -lzmq $(EXTERN.proto)
EXTERN.node   := -linih -lsqlite3 $(EXTERN.keys)
EXTERN.cli    := -ljansson -lutf8proc -linih -lbsd $(EXTERN.keys)

WARN := -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings \
	-Wformat=2 -Wswitch-enum -Wundef
SAN  := -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
# clang 14 fills what is not initialised with a pattern only.
HARDEN := -fstack-protector-strong -fstack-clash-protection \
	-D_FORTIFY_SOURCE=2 -ftrivial-auto-var-init=$(if \
	$(findstring clang,$(CC)),pattern,zero) \
	$(if $(filter x86_64,$(shell uname -m)),-fcf-protection)
CFLAGS.debug    := -O1 -g
CFLAGS.release  := -O2 -g -fPIE $(HARDEN) -ffile-prefix-map=$(CURDIR)=.
CFLAGS.asan     := -O1 -g $(SAN)
CFLAGS.tsan     := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
CFLAGS.test     := -O1 -g -DVALISE_TEST
CFLAGS.fuzz     := -O1 -g $(SAN) -fsanitize=fuzzer-no-link
LDFLAGS.release := -pie -Wl,-z,relro,-z,now
LDFLAGS.asan    := $(SAN)
LDFLAGS.tsan    := -fsanitize=thread
LDFLAGS.fuzz    := $(SAN)
override CFLAGS  := -std=c11 -D_POSIX_C_SOURCE=200809L -I. $(WARN) -Werror \
	$(CFLAGS.$(V)) $(CFLAGS)
override LDFLAGS := $(LDFLAGS.$(V)) $(LDFLAGS)
# Without this Criterion exits 0 although LeakSanitizer has reported a leak.
export ASAN_OPTIONS ?= abort_on_error=1

PACKAGES := gcc make libc6-dev libsodium-dev libmsgpack-dev libssl-dev \
	libjansson-dev libutf8proc-dev libsqlite3-dev libzmq3-dev \
	libinih-dev libbsd-dev libcriterion-dev zlib1g-dev

all: $(B)/valise $(B)/valised

libs  = $(1:%=$(B)/lib%.a)
LINK  = @echo "ld $@"; $(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

$(B)/valise: $(B)/cli/main.o $(call libs,cli $(BELOW.cli))
	$(LINK) $(EXTERN.cli)

$(B)/valised: $(B)/node/main.o $(B)/node/loop.o \
		$(call libs,node $(BELOW.node))
	$(LINK) $(EXTERN.node)

# What fails in its tests as a disk does, or is counted: the linker puts it in
# between.
WRAP.node     := pwrite fdatasync
WRAP.cli      := fsync syncfs fstatat mkdirat read

# One archive and one test program a layer.  A test program links its layer
# and those below, so a call upwards does not link.
define layer
$(B)/lib$(1).a: $(MODULES.$(1):%=$(B)/$(1)/%.o) Makefile
	@rm -f $$@
	@$(AR) rcs $$@ $$(filter %.o,$$^)
$(B)/unit-$(1): $(TESTS.$(1):%=$(B)/tests/unit/$(1)/test_%.o) \
		$(HELP.$(1):%=$(B)/tests/%.o) $(call libs,$(1) $(BELOW.$(1))) Makefile
	$$(LINK) $(WRAP.$(1):%=-Wl,--wrap=%) $(EXTERN.$(1)) \
	    -lcriterion -ljansson -lz
endef
$(foreach l,proto keys node cli,$(eval $(call layer,$(l))))

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "cc $<"
	@$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# Includes point downwards, and every header compiles alone.
check-layers:
	@! grep -snE '^#include "(keys|node|cli)/' proto/*.[ch]
	@! grep -snE '^#include "(node|cli)/' keys/*.[ch]
	@! grep -snE '^#include "cli/' node/*.[ch]
	@! grep -snE '^#include "node/' cli/*.[ch] cli/*/*.[ch]
	@! grep -slE '^#include <msgpack' */*.[ch] cli/*/*.[ch] | \
	    grep -v '^proto/wire.c$$'
	@! grep -slE '^#include <sqlite3' */*.[ch] cli/*/*.[ch] | \
	    grep -v '^node/store.c$$'
	@for h in */*.h cli/*/*.h; do \
	    $(CC) $(CFLAGS) -fsyntax-only -x c $$h || exit 1; done

# A function and its parameters have the names that its manual gives them.
check-headers:
	@python3 tests/house/manuals.py */*.h cli/*/*.h

# What tests can set is in no other variant.
check-hooks: $(B)/libkeys.a $(B)/libnode.a $(B)/libcli.a
	@[ $(V) = test ] || ! grep -lE 'VALISE_(CLOCK|POINT)|point_pass' $^ || \
	    { echo "these have the clock or crash points of tests"; exit 1; }

# Everything that guards a change.  `deps` first, then make again: what it
# installs is not there while this makefile is read.
test: deps
	@$(MAKE) --no-print-directory check

check: all check-layers check-format check-hooks check-manual $(LAYERS:%=$(B)/unit-%)
	@tests/unit.sh $(B) $(LAYERS)
	@BEFORE=$(B)/unit.count BUILD=$(B) tests/scenario/run.sh \
	    tests/scenario/01-*.sh

# The tables of FORMAT.md come from the rows that the code uses.
$(B)/format: $(B)/tests/tools/format.o $(B)/libproto.a
	$(LINK) $(EXTERN.proto)
format: $(B)/format
	@$(B)/format <proto/FORMAT.md >$(B)/FORMAT.md
	@cp $(B)/FORMAT.md proto/FORMAT.md
check-format: $(B)/format
	@$(B)/format <proto/FORMAT.md | cmp -s - proto/FORMAT.md || \
	    { echo "proto/FORMAT.md differs from the tables: make format"; \
	    exit 1; }

# The page of the configuration names every key that the daemon reads.
check-manual: node/valised.conf.5
	@keys=$$(sed -n 's/^    { "[a-z]*", "\([a-z_]*\)", .*/\1/p' \
	    node/config.c); [ -n "$$keys" ] || exit 1; \
	for k in $$keys; do grep -qx "\.It Cm $$k" $< || \
	    { echo "$<: nothing about $$k"; exit 1; }; done

# Needs V=fuzz CC=clang.  The seeds come from the rows, each time anew.
FUZZ_SECONDS ?= 30
FUZZ      := decode wire keys form config thread core
FUZZ.form := cli
FUZZ.keys := keys
FUZZ.config := node
FUZZ.core := node
LINK.core := -Wl,--wrap=core_batch
LINK.thread := -lcriterion
define fuzz
$(B)/fuzz_$(1): $(B)/tests/fuzz/fuzz_$(1).o \
		$(if $(filter core,$(1)),$(WORLD)) \
		$(call libs,$(FUZZ.$(1)) $(BELOW.$(FUZZ.$(1)))) $(B)/libproto.a
	$$(LINK) -fsanitize=fuzzer $(LINK.$(1)) \
	    $(EXTERN.$(or $(FUZZ.$(1)),proto))
endef
$(foreach t,$(FUZZ),$(eval $(call fuzz,$(t))))
$(B)/seeds: $(B)/tests/fuzz/seeds.o $(call libs,cli $(BELOW.cli))
	$(LINK) $(EXTERN.cli) -lcriterion
fuzz: $(FUZZ:%=$(B)/fuzz_%) $(B)/seeds
	@tests/fuzz/run.sh $(B) $(FUZZ_SECONDS) $(FUZZ)

# What threads share, under ThreadSanitizer: V=tsan.
$(B)/threads: $(B)/tests/tsan/threads.o $(call libs,node $(BELOW.node))
	$(LINK) $(EXTERN.node)
tsan: $(B)/threads
	@rm -f $(B)/race.* $(B)/seen.*
	@! TSAN_OPTIONS="log_path=$(B)/seen exitcode=66" $(B)/threads race && \
	    grep -q 'data race' $(B)/seen.* || \
	    { echo "the sanitizer does not see a race"; exit 1; }
	@TSAN_OPTIONS="log_path=$(B)/race suppressions=tests/tsan/known" \
	    $(B)/threads || { cat $(B)/race.* 2>/dev/null; exit 1; }

# What is installed is the release build, whatever V is; the command finds
# its texts under the PREFIX that it was built for.
DESTDIR ?=
INTO    := $(DESTDIR)$(PREFIX)
install:
	@$(MAKE) --no-print-directory V=release install-release
install-release: all $(B)/valise.1 $(B)/valised@.service
	install -d $(INTO)/bin $(INTO)/sbin $(INTO)/lib/systemd/system \
	    $(INTO)/lib/sysusers.d $(INTO)/share/locale \
	    $(INTO)/share/man/man1 $(INTO)/share/man/man5 \
	    $(INTO)/share/man/man8
	install -m 0755 $(B)/valise $(INTO)/bin/valise
	install -m 0755 $(B)/valised $(INTO)/sbin/valised
	install -m 0644 $(B)/valised@.service $(INTO)/lib/systemd/system/
	install -m 0644 node/valised.sysusers \
	    $(INTO)/lib/sysusers.d/valise.conf
	install -m 0644 $(B)/valise.1 $(INTO)/share/man/man1/
	install -m 0644 node/valised.conf.5 $(INTO)/share/man/man5/
	install -m 0644 node/valised.8 $(INTO)/share/man/man8/
# Keys, stores and the account stay.
uninstall:
	$(RM) $(INTO)/bin/valise $(INTO)/sbin/valised \
	    $(INTO)/lib/systemd/system/valised@.service \
	    $(INTO)/lib/sysusers.d/valise.conf \
	    $(INTO)/share/man/man1/valise.1 \
	    $(INTO)/share/man/man5/valised.conf.5 \
	    $(INTO)/share/man/man8/valised.8

# Changes when PREFIX does, so that what names it is made again.
$(B)/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@
$(B)/cli/main.o: CFLAGS += -DLOCALE_DIR='"$(PREFIX)/share/locale"'
$(B)/cli/main.o: $(B)/prefix
$(B)/manual: $(B)/tests/tools/manual.o $(call libs,cli $(BELOW.cli))
	$(LINK) $(EXTERN.cli)
$(B)/valise.1: $(B)/manual
	@$(B)/manual >$@.new && mv $@.new $@
$(B)/valised@.service: node/valised@.service $(B)/prefix
	@sed 's|@SBINDIR@|$(PREFIX)/sbin|' $< >$@

# Three authorities on loopback, with installed commands; DEMO_DIR=DIR, which
# must not exist, keeps everything.
demo: deps
	@$(MAKE) --no-print-directory V=release all
	@tests/demo/start.sh $(DEMO_DIR)

# Stories of real processes, and what they need beside the two programs.
# KILLS: how often the one about crashes kills a node.
KILLS   ?= 30
STORIES := robot hostile proxy memory evil_node flip same gone lawless \
           lawless_node early_node greedy sparse claims hides wrong_list \
           witness peak breaks
$(B)/robot $(B)/hostile $(B)/sparse: $(B)/%: $(B)/tests/scenario/%.o \
		$(WORLD) $(call libs,node $(BELOW.node))
	$(LINK) $(EXTERN.node)
$(B)/proxy $(B)/memory $(B)/peak: $(B)/%: $(B)/tests/scenario/%.o
	$(LINK)
# A node that lies to its officers: the linker puts a filter around the core.
$(B)/evil_node: $(B)/tests/scenario/evil_node.o $(B)/node/main.o \
		$(B)/node/loop.o $(call libs,node $(BELOW.node))
	$(LINK) -Wl,--wrap=main,--wrap=core_batch $(EXTERN.node)
$(B)/flip $(B)/same: $(B)/%: $(B)/tests/scenario/%.o \
		$(call libs,cli $(BELOW.cli))
	$(LINK) $(EXTERN.cli)
$(B)/gone: $(B)/tests/scenario/gone.o
	$(LINK) -lsqlite3 -lsodium
# A client and a node that ask no rule before they send.
LAWLESS := -Wl,--wrap=rules_check,--wrap=thread_fold
$(B)/lawless: $(B)/tests/scenario/lawless.o $(B)/cli/main.o \
		$(call libs,cli $(BELOW.cli))
	$(LINK) $(LAWLESS) $(EXTERN.cli)
$(B)/lawless_node: $(B)/tests/scenario/lawless.o $(B)/node/main.o \
		$(B)/node/loop.o $(call libs,node $(BELOW.node))
	$(LINK) $(LAWLESS) $(EXTERN.node)
# A node that lets evidence go before it is accepted, a client that asks for
# what its officer may not have.
EARLY := -Wl,--wrap=release_check,--wrap=release_acceptance \
	-Wl,--wrap=release_note,--wrap=serve_pump
$(B)/early_node: $(B)/tests/scenario/early.o $(B)/tests/scenario/lawless.o \
		$(B)/node/main.o $(B)/node/loop.o \
		$(call libs,node $(BELOW.node))
	$(LINK) $(LAWLESS) $(EARLY) $(EXTERN.node)
GREEDY := -Wl,--wrap=policy_check,--wrap=session_act,--wrap=opening_open
$(B)/greedy: $(B)/tests/scenario/greedy.o $(B)/cli/main.o \
		$(call libs,cli $(BELOW.cli))
	$(LINK) $(GREEDY) $(EXTERN.cli)
# A client whose message names other files than it has sealed.
$(B)/claims: $(B)/tests/scenario/claims.o $(B)/cli/main.o \
		$(call libs,cli $(BELOW.cli))
	$(LINK) -Wl,--wrap=attach_run $(EXTERN.cli)
# A client whose list of files has a wrong digest.
$(B)/wrong_list: $(B)/tests/scenario/wrong_list.o $(B)/cli/main.o \
		$(call libs,cli $(BELOW.cli))
	$(LINK) -Wl,--wrap=attach_list_item $(EXTERN.cli)
# A client that hands in and asks for blocks against the protocol.
$(B)/breaks: $(B)/tests/scenario/breaks.o $(B)/cli/main.o \
		$(call libs,cli $(BELOW.cli))
	$(LINK) -Wl,--wrap=blocks_up_end,--wrap=blocks_get $(EXTERN.cli)
# A client that leaves the other side out of a certificate.
$(B)/hides: $(B)/tests/scenario/hides.o $(B)/cli/main.o \
		$(call libs,cli $(BELOW.cli))
	$(LINK) -Wl,--wrap=directory_after,--wrap=session_ask $(EXTERN.cli)
# A node that keeps a record of the blocks that it asks for, takes and gives.
WITNESS := -Wl,--wrap=blob_put,--wrap=outgoing_send,--wrap=outgoing_give \
	-Wl,--wrap=store_mark_put
$(B)/witness: $(B)/tests/scenario/witness.o $(B)/node/main.o \
		$(B)/node/loop.o $(call libs,node $(BELOW.node))
	$(LINK) $(WITNESS) $(EXTERN.node)
stories: $(STORIES:%=$(B)/%)
scenario:
	@$(MAKE) --no-print-directory V=test all stories
	@KILLS=$(KILLS) BUILD=build/test tests/scenario/run.sh

# Measures the release build, never within a test.
BENCH.node := lines raw pair deliver local bench
BENCH.cli  := lines audit
$(B)/bench: $(BENCH.node:%=$(B)/tests/bench/%.o) $(WORLD) \
		$(call libs,node $(BELOW.node)) Makefile
	$(LINK) $(EXTERN.node)
$(B)/bench-audit: $(BENCH.cli:%=$(B)/tests/bench/%.o) \
		$(call libs,cli $(BELOW.cli)) Makefile
	$(LINK) $(EXTERN.cli)
$(B)/floor: $(B)/tests/bench/floor.o $(call libs,keys $(BELOW.keys))
	$(LINK) $(EXTERN.keys)
ifeq ($(V),release)
bench: $(B)/valise $(B)/valised $(B)/bench $(B)/bench-audit $(B)/floor \
		$(B)/peak
	@tests/bench.sh $(B)
else
bench:
	@$(MAKE) --no-print-directory V=release bench
endif

clean:
	$(RM) -r build

# Nothing happens where all packages are present.
deps:
	@missing=$$(for p in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | \
	    grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	    as=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	    $$as apt-get update -q && \
	    $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
	        --no-install-recommends $$missing; fi

.PHONY: FORCE all bench check check-format check-headers check-hooks \
	check-layers check-manual clean demo deps format fuzz install \
	install-release scenario stories test tsan uninstall
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
