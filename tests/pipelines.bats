#!/usr/bin/env bats
# The pipelines and the front door.  What the stages do is theirs to test;
# here: which are called, in which order, and what comes of their statuses.
load helpers

REAL=$MILLRACE_BIN

# A folder of programs in which those that talk to somebody are stand-ins:
# each notes how it was called, and ends with the status in the file NAME.
prepare()
{
	mkdir bin
	ln -s "$REAL"/* bin/
	for p in mage-extract rec-map led led-recall sf-match sf-diff sf-load \
	    led-record mage-writeback; do
		rm -f bin/$p
		cat >bin/$p <<-'END'
		#!/bin/bash
		me=$(basename "$0") work=$(dirname "$0")/..
		echo "$me ${*//$MILLRACE_RUN/RUN}" >>"$work/calls"
		case "$me $*" in
		"mage-extract --highest"*)
			shift
			printf "42 2026-11-21T02:00:00Z 40%.0s\\n" "$@"
			;;
		"led mark "*) [ $# -gt 2 ] || cat "$work/mark" ;;
		"led known"*) echo 1 ;;
		mage-extract*|led*due*) echo '{"id":1}' ;;
		*) cat ;;
		esac
		exit "$(cat "$work/$me.status" 2>/dev/null || echo 0)"
		END
		chmod 755 bin/$p
	done
	export MILLRACE_BIN=$WORK/bin
	PATH=$MILLRACE_BIN:$PATH
	printf '[ledger]\npath = led.db\n' >m.conf
	export MILLRACE_CONF=$WORK/m.conf
}

# The calls of a program, in their order.
calls()
{
	grep "^$1 " calls
}

@test "nightly: reference, the end of orders, products, customers, orders, marks" {
	run_status 0 millrace nightly
	run calls mage-extract
	assert_output - <<-'END'
	mage-extract reference
	mage-extract --highest products customers orders
	mage-extract --also RUN/products.due --known RUN/products.known products
	mage-extract --also RUN/customers.due --known RUN/customers.known customers
	mage-extract --with invoices,shipments,creditmemos --up-to 42 --also RUN/orders.due --known RUN/orders.known orders
	END
	run calls led
	assert_output - <<-'END'
	led total products 40 customers 40 orders 40
	led due products
	led known products
	led due customers
	led known customers
	led due orders
	led known orders
	led mark products 2026-11-21T02:00:00Z customers 2026-11-21T02:00:00Z orders 2026-11-21T02:00:00Z
	END
	# Maps are looked through before anything is read to be sent.
	[ "$(grep -n -e '--check' calls | tail -n 1 | cut -d: -f1)" -lt \
		"$(grep -n 'mage-extract --highest' calls | head -n 1 | cut -d: -f1)" ]
	[ "$(calls rec-map | grep -v -e --check | sed -E "s,$REPO/,,g; s/.*started=[^ ]*//; s,[^ ]*/,,g; s/\.map//g")" = \
		" product price-standard price
 account contact
 guest-account guest-contact buyer-account buyer-contact placeholder-product placeholder-price-standard placeholder-price fee-product fee-price-standard fee-price order-draft order order-item order-fee order-note order-activate invoice invoice-item shipment shipment-item track creditmemo creditmemo-item" ]
	run calls rec-map
	assert_line --regexp '^rec-map --ref RUN/reference.ndjson --set run.id=20[^ ]*Z-nightly --set run.kind=nightly --set run.started=20..-..-..T..:..:..Z '
}

@test "a run's status is the worst of its stages: 3, 2, 4, 1, 0" {
	for s in 1 4 2 3; do
		echo $s >sf-load.status
		run_status $s millrace nightly
	done
	echo 4 >led-record.status
	run_status 3 millrace nightly
	echo 2 >sf-load.status
	run_status 2 millrace nightly
	echo 1 >sf-load.status
	run_status 4 millrace nightly
	echo 77 >mage-writeback.status
	run_status 3 millrace nightly
}

@test "worst: what no status of ours is, and broken pipes" {
	eval "$(sed -n '/^worst()/,/^}/p' "$REPO/pipelines/lib.sh")"
	while read -r want statuses; do
		# shellcheck disable=SC2086
		run worst $statuses
		[ "$status" = "$want" ] || { echo "$statuses"; return 1; }
	done <<-'END'
	0 0 0
	1 0 1 0
	4 1 4
	2 4 2 1
	3 2 3 4
	2 0 127
	3 0 137 2
	3 141 0
	3 141 1
	4 141 4
	2 141 2
	END
}

@test "after 2, 3 and 4 nothing more is begun, and no mark is moved" {
	for s in 2 3 4; do
		rm -f calls
		echo $s >sf-match.status
		run_status $s millrace nightly
		[ "$(calls mage-extract | tail -n 1)" = \
			"mage-extract --also RUN/products.due --known RUN/products.known products" ]
		run calls 'led mark'
		assert_output ''
	done
	echo 1 >sf-match.status
	run_status 1 millrace nightly
	[ "$(calls 'led mark' | wc -l)" -eq 1 ]
}

@test "Ctrl-C in the moment in which a step ends well ends the run as well" {
	cat >bin/mage-writeback <<-'END'
	#!/bin/bash
	trap '' INT QUIT
	cat
	: >"$(dirname "$0")/../begun"
	sleep 1
	END
	for signal in INT QUIT; do
		rm -f begun calls
		env --default-signal=$signal millrace nightly >out 2>&1 3>&- 4>&- &
		until [ -e begun ]; do sleep 0.02; done
		kill -$signal $!
		ended=0
		wait $! || ended=$?
		assert_equal $ended 3
		run grep -E '^mage-extract .*--known .*(customers|orders)$' calls
		assert_failure 1
	done
}

@test "incremental: from the mark to the clock; never before a nightly" {
	: >mark
	run_status 2 millrace incremental
	assert_output --partial 'millrace nightly comes first'
	rm calls
	echo 2026-11-20T02:00:00Z >mark
	run_status 0 millrace incremental
	run calls mage-extract
	assert_line 'mage-extract --with invoices,shipments,creditmemos --changed 2026-11-20T02:00:00Z --until 2026-11-21T02:00:00Z --also RUN/orders.due --up-to 42 orders'
	assert_line 'mage-extract --changed 2026-11-20T02:00:00Z --until 2026-11-21T02:00:00Z --also RUN/customers.due customers'
	run calls 'led mark products'
	assert_line --partial 'led mark products 2026-11-21T02:00:00Z customers'
}

@test "carts, where they are on, come before orders, the open ones" {
	printf '[carts]\nautomatic = yes\n' >>m.conf
	run_status 0 millrace nightly
	run calls mage-extract
	assert_line 'mage-extract --highest products customers orders carts'
	assert_line --index 4 'mage-extract --with orders,products --up-to 42 --where is_active = 1 --also RUN/carts.due carts'
	assert_line --index 5 --regexp ' orders$'
	run calls 'led mark'
	assert_output --regexp '^led mark products .* carts 2026-11-21T02:00:00Z$'
	rm calls
	echo 2026-11-20T02:00:00Z >mark
	run_status 0 millrace incremental
	run calls mage-extract
	assert_line 'mage-extract --with orders,products --changed 2026-11-20T02:00:00Z --until 2026-11-21T02:00:00Z --also RUN/carts.due --up-to 42 carts'
	rm calls
	run_status 0 millrace resync carts --keys k
	run calls mage-extract
	assert_line --index 1 'mage-extract --with orders,products --keys k carts'
	assert_line --index 3 'mage-extract --of RUN/carts.ndjson customers'
	rm calls
	run_status 0 millrace plan --limit 5
	run calls mage-extract
	assert_line 'mage-extract --with orders,products --limit 5 --where is_active = 1 carts'
	assert_line --regexp ' --limit 5 orders$'
}

@test "resync of orders brings what they name first, then asks about each" {
	run_status 0 millrace resync orders --keys k --limit 5
	run calls mage-extract
	assert_output - <<-'END'
	mage-extract reference
	mage-extract --with invoices,shipments,creditmemos --keys k --limit 5 orders
	mage-extract --of RUN/orders.ndjson products
	mage-extract --of RUN/orders.ndjson customers
	END
	run calls led-recall
	assert_output - <<-'END'
	led-recall 
	led-recall 
	led-recall --again
	END
	[ "$(calls sf-diff | wc -l)" -eq 1 ]
	run calls 'led mark'
	assert_output ''
	# that it changes something is no trouble, what needs a person is
	run calls sf-diff
	assert_output 'sf-diff --send'
	run_status 0 millrace resync customers --where 'email eq a@b.c'
	echo 1 >rec-map.status
	run_status 1 millrace resync customers --where 'email eq a@b.c'
	rm rec-map.status
	run_status 2 millrace resync wagons
	run_status 2 millrace resync
	rm calls
	run_status 0 millrace resync --map price-standard
	[ "$(calls mage-extract | tail -n 1)" = "mage-extract products" ]
	run_status 2 millrace resync --map nosuch
	assert_output --partial "no map of this name: 'nosuch'"
	run_status 2 millrace resync --map opportunity
	assert_output --partial "the settings leave the map 'opportunity' out"
	run_status 2 millrace resync --map
	assert_output --partial "no map of this name: ''"
}

@test "plan: reads only, status 1 when it would change something" {
	echo '{"object":"Account","map":"account","source":"customers/1","key":"1","was":null,"fields":{"Name":"Ann"}}' >line
	printf '#!/bin/bash\ncat >/dev/null; cat %s/line; exit 1\n' "$WORK" >bin/sf-diff
	run_status 1 millrace plan
	assert_line '  + Account 1  account'
	assert_line --partial 'Plan: 3 to create'
	assert_line "To do just this: millrace apply $(readlink -f runs/latest)/plan.ndjson"
	for p in sf-load led-record mage-writeback "led mark"; do
		run calls "$p"
		assert_output ''
	done
	rm calls
	run_status 1 millrace plan customers --again --keys k
	run calls led-recall
	assert_output 'led-recall --again'
	run calls mage-extract
	assert_line --index 1 'mage-extract --keys k customers'
	run_status 2 millrace plan wagons
}

@test "plan beside a run, but no two runs; apply sends the plan as it is" {
	run_status 0 millrace plan
	echo '{"object":"A","map":"a","source":"a/1","key":"1","was":null}' >plan.ndjson
	printf '#!/bin/bash\ncat >%s/sent\n' "$WORK" >bin/sf-load
	run_status 0 millrace apply plan.ndjson
	cmp sent plan.ndjson
	run_status 2 millrace apply nosuch
	run_status 2 millrace apply
	printf '#!/bin/bash\necho >%s/go; sleep 30\n' "$WORK" >bin/sf-load
	run-open nightly sf-load 3>&- &
	until [ -e go ]; do sleep 0.05; done
	run_status 0 millrace plan
	run_status 4 millrace nightly
	assert_output --partial 'another run holds the lock'
	kill %1
	wait || true
}

@test "the front door: help first, did you mean, version, unknown" {
	run_status 0 millrace help
	assert_line --index 0 --partial 'usage: millrace'
	run_status 0 millrace --version
	assert_output --regexp '^millrace [0-9]'
	run_status 2 millrace
	run_status 2 millrace nigthly
	assert_output --partial "did you mean 'nightly'?"
	run_status 2 millrace stauts
	assert_output --partial "did you mean 'status'?"
	run_status 2 millrace --nosuch
	run_status 2 millrace -c
	printf '[ledger]\npath = led.db\n[runs]\ndir = other\n' >o.conf
	run_status 0 millrace -c o.conf nightly
	[ -e other/latest/audit.ndjson ]
}

@test "installed, the front door finds its pipelines" {
	mkdir -p p/bin p/share/millrace
	cp -r "$REPO/pipelines" p/share/millrace/
	mv bin/* p/bin/
	sed -i 's,/\.\.,/../..,' p/bin/mage-extract p/bin/led p/bin/rec-map \
		p/bin/led-recall p/bin/sf-match p/bin/sf-load p/bin/led-record \
		p/bin/mage-writeback
	rm p/bin/millrace && cp "$REAL/millrace" p/bin/
	unset MILLRACE_BIN
	PATH=$WORK/p/bin:/usr/bin:/bin run_status 0 millrace nightly
	[ "$(calls rec-map | grep -v -e --check | grep -c "$WORK/p/")" -eq 3 ]
}

@test "no pipeline runs by itself" {
	for p in nightly incremental resync plan preview apply; do
		run "$REPO/pipelines/$p.sh"
		[ "$status" -ne 0 ]
		assert_output --partial "use millrace $p"
	done
}
