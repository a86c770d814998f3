# millrace - a Salesforce org in step with a Magento store, by small filters
#
#	make              all programs into bin/
#	make demo         the whole thing on loopback sandboxes
#	make check        the tests; SAN=1 under ASan and UBSan
#	make check-clients  sf, jsforce, SFDMU, magento-api-rest: our sandboxes
#	make torture      every fault of either side, every kill, and a thousand
#	                  schedules of writers on the Magento side
#	make big          three nights of a store with 300,000 orders, measured
#	make fuzz         random expressions against jq, random bytes against all
#	make deps lint bench install uninstall clean

PREFIX  = /usr/local
VERSION = 0.1.0

CC     ?= cc
CFLAGS ?= -O2 -g
O       = .o
B       = bin
ifdef SAN
O       = .o/san
B       = .o/san/bin
CFLAGS  = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
          -fno-omit-frame-pointer
endif
ifdef FUZZ
O       = .o/fuzz
B       = .o/fuzz/bin
CC      = clang
CFLAGS  = -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
          -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

WARN  = -Wall -Wextra -Wpedantic
FLAGS = -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' $(WARN) $(CFLAGS) \
        -fstack-protector-strong -MMD -MP -pthread -iquote lib
LINK  = -Wl,--as-needed -pthread $(LDFLAGS)

# Who reaches what: the network is libcurl, the memory of the sync is SQLite.
# Who only takes digests has them from libcrypto's archive: the library takes
# 1 ms of CPU to start, half of what rec-map takes.
BASE = -lyyjson $(CRYPTO) -lz -linih -lcsv -lonig -lm
CRYPTO = -l:libcrypto.a
NET  = mage-extract mage-writeback sf-match sf-diff sf-load sf-query \
       sf-check millrace-doctor millrace-config
DB   = $(NET) led led-recall led-record run-open run-why
# Debian has no libisal for 32 bits: zlib does its work there.
HTTP = -lcurl $(if $(wildcard /usr/include/isa-l.h),-lisal)
$(NET:%=$(B)/%): LDLIBS += $(HTTP)
$(NET:%=$(B)/%) $(O)/unit/%: CRYPTO = -lcrypto
$(DB:%=$(B)/%):  LDLIBS += -lsqlite3
# It asks nobody: its table of rights stands with what does.
$(B)/millrace-init: LDLIBS += $(HTTP) -lsqlite3

lib_c    = $(wildcard lib/*.c)
src_c    = $(wildcard src/*.c)
src_sh   = $(wildcard src/*.sh)
unit_c   = $(wildcard tests/unit/*.c)
fuzz_c   = $(wildcard tests/fuzz/*.c)
mage_c   = $(wildcard src/sandbox/mage*.c)
sf_c     = $(wildcard src/sandbox/sf*.c)
shared_c = $(filter-out $(mage_c) $(sf_c),$(wildcard src/sandbox/*.c))

lib      = $(O)/libmillrace.a
programs = $(src_c:src/%.c=$(B)/%) $(src_sh:src/%.sh=$(B)/%)
sandbox  = $(if $(mage_c),$(B)/mage-sandbox) $(if $(sf_c),$(B)/sf-sandbox)
units    = $(unit_c:tests/unit/%.c=$(O)/unit/%)
fuzzers  = $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(filter-out %/main.c,$(fuzz_c)))
obj      = $(patsubst %.c,$(O)/%.o,$(1))

all: $(programs) $(sandbox)
	@:

$(lib): $(call obj,$(lib_c)) $(O)/map-fields.o
	@rm -f $@
	$(AR) rcs $@ $^

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(FLAGS) -c -o $@ $<

# What Magento sends, for rec-map --check: the program has no fixtures.
$(O)/map-fields.c: lib/map-fields.awk $(wildcard fixtures/magento/fields/*.tsv) \
    fixtures/magento/schema.tsv
	@mkdir -p $(@D)
	LC_ALL=C awk -f $^ >$@

$(O)/map-fields.o: $(O)/map-fields.c
	$(CC) $(FLAGS) -c -o $@ $<

$(src_c:src/%.c=$(B)/%): $(B)/%: $(O)/src/%.o $(lib)
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(LINK) -o $@ $< $(lib) $(LDLIBS) $(BASE)

$(B)/%: src/%.sh
	@mkdir -p $(@D)
	sed 's,@VERSION@,$(VERSION),' $< >$@ && chmod 755 $@

$(B)/mage-sandbox: $(call obj,$(mage_c) $(shared_c))
$(B)/sf-sandbox:   $(call obj,$(sf_c) $(shared_c))
$(B)/mage-sandbox $(B)/sf-sandbox:
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(LINK) -o $@ $^ -lmicrohttpd -lyyjson -lsqlite3 \
	    -lcrypto -lz -lcsv -lm

$(O)/unit/%: $(O)/tests/unit/%.o $(lib)
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(LINK) -o $@ $< $(lib) -lcmocka $(HTTP) -lsqlite3 $(BASE)

# Targets for libFuzzer; without FUZZ they replay files.
ifdef FUZZ
fuzz_link = -fsanitize=fuzzer $(O)/yyjson.o
else
fuzz_link = $(O)/tests/fuzz/main.o -lyyjson
endif

$(O)/fuzz/%: $(O)/tests/fuzz/%.o $(lib) $(filter %.o,$(fuzz_link))
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(LINK) -o $@ $< $(lib) $(fuzz_link) $(BASE)

$(O)/yyjson.o:
	$(CC) -std=c11 $(CFLAGS) -c -o $@ $(O)/yyjson/src/yyjson.c

$(O)/oracle/%: $(O)/tests/oracle/%.o $(O)/tests/oracle/rules.o $(lib)
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(LINK) -o $@ $^ $(BASE)

deps:
	@.ci/deps

# All processors, unless the caller said how many.
many = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

check: deps
	@$(MAKE) --no-print-directory $(many) all units
	@MILLRACE_BIN='$(CURDIR)/$(B)' MILLRACE_UNITS='$(CURDIR)/$(O)/unit' tests/run

# Installs 900 MB from npm below .o/clients, the first time.
check-clients: deps
	@$(MAKE) --no-print-directory $(many) all
	@MILLRACE_BIN='$(CURDIR)/$(B)' tests/clients/run

units: $(units) $(O)/oracle/eval $(O)/oracle/random $(fuzzers)
fuzzers: $(fuzzers)
.SECONDARY: $(call obj,$(unit_c) $(fuzz_c) $(wildcard tests/oracle/*.c))

demo: deps
	@$(MAKE) --no-print-directory $(many) all
	@MILLRACE_BIN='$(CURDIR)/$(B)' pipelines/demo.sh

$(O)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(LINK) -o $@ $< -lyyjson -lsqlite3 -lcurl

bench_c = gen shuffle floor ledger-bare load-bare spent
bench: deps all $(bench_c:%=$(O)/bench/%)
	@MILLRACE_BIN='$(CURDIR)/$(B)' BENCH_BIN='$(CURDIR)/$(O)/bench' tests/bench/run

# Three nights of a store with 300,000 orders; BENCH_PART=100: a hundredth.
big: deps all $(O)/bench/gen $(O)/bench/spent
	@BENCH=nightly MILLRACE_BIN='$(CURDIR)/$(B)' BENCH_BIN='$(CURDIR)/$(O)/bench' tests/bench/run

fuzz: deps $(O)/oracle/random
	@tests/fuzz/run

torture: deps all
	@MILLRACE_BIN='$(CURDIR)/$(B)' tests/torture

lint: deps
	@tests/lint

# share/millrace/pipelines stands to bin/ as pipelines/ does in the source; the
# records are for millrace demo.
share  = $(DESTDIR)$(PREFIX)/share
pages  = $(wildcard src/*.[157] src/sandbox/*.1)
shipped = $(shell find pipelines fixtures/magento/entities -type f)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(programs) $(sandbox) $(DESTDIR)$(PREFIX)/bin
	for p in $(pages); do \
		install -D -m 644 $$p $(share)/man/man$${p##*.}/$${p##*/} || \
		    exit 1; \
	done
	install -D -m 644 pipelines/setup/completion/millrace \
	    $(share)/bash-completion/completions/millrace
	for p in $(shipped); do \
		install -D -m $$([ -x $$p ] && echo 755 || echo 644) $$p \
		    $(share)/millrace/$$p || exit 1; \
	done

uninstall:
	rm -f $(patsubst $(B)/%,$(DESTDIR)$(PREFIX)/bin/%,$(programs) $(sandbox))
	for p in $(pages); do \
		rm -f $(share)/man/man$${p##*.}/$${p##*/}; \
	done
	rm -f $(share)/bash-completion/completions/millrace
	rm -rf $(share)/millrace

clean:
	rm -rf .o $(filter-out bin/.gitignore,$(wildcard bin/*))


.PHONY: all deps check check-clients units fuzzers fuzz demo bench big torture lint
.PHONY: install uninstall clean
.DELETE_ON_ERROR:
-include $(shell find $(O) -path $(O)/peers -prune -o -name '*.d' -print 2>/dev/null)
