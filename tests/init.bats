#!/usr/bin/env bats
# millrace init and install-timers: what is there before the first run.
load helpers

@test "init makes everything private, tells what to grant, and changes nothing twice" {
	umask 022
	run_status 0 millrace init shop </dev/null
	assert_equal "$(cd shop && find . -printf '%m %p\n' | sort)" "600 ./millrace.conf
600 ./secrets/magento.token
600 ./secrets/salesforce.secret
700 .
700 ./runs
700 ./secrets"
	for resource in actions_view sales_invoice shipment sales_creditmemo create; do
		assert_line --partial "Magento_Sales::$resource"
	done
	refute_line --partial "Magento_Cart::manage"
	assert_line --partial "sf project deploy start"
	assert_line --partial "permset --name Millrace"
	assert_line --partial "empty: paste it in"
	# every setting stands there, and what it has are the defaults
	diff <(sed -n 's/^#\?\([a-z_]* =\).*/\1/p; /^\[/p' shop/millrace.conf) \
		<(millrace-config init - | sed -n 's/^#\?\([a-z_]* =\).*/\1/p; /^\[/p')
	run_status 2 millrace -c shop/millrace.conf config --offline check
	assert_output --partial "[magento] url is missing"
	# again: by what is switched on by now
	printf '[carts]\nautomatic = yes\n[invoices]\nautomatic = no\n[magento]\norder_place = comment\n' >>shop/millrace.conf
	echo token >shop/secrets/magento.token
	cp -r shop before
	run_status 0 millrace init shop
	diff -r shop before
	assert_line 'shop/millrace.conf: is there already, left as it is'
	assert_line --partial "Magento_Cart::manage"
	assert_line --partial "Magento_Sales::comment"
	refute_line --partial "sales_invoice"
	# which opportunities may want all the same, for a date
	printf '[opportunities]\ninvoice_date_as_close_date = yes\n' >>shop/millrace.conf
	run_status 0 millrace init shop
	refute_line --partial "sales_invoice"
	printf '[orders]\ncreate_opportunity = every\n' >>shop/millrace.conf
	run_status 0 millrace init shop
	assert_line --partial "sales_invoice"
	assert_line --partial "there, nobody else can read it"
}

@test "init: arguments, a mistake in what is there, a full disk" {
	run_status 2 millrace init a b
	run_status 2 millrace-init -c x.conf
	mkdir bad
	echo nonsense >bad/millrace.conf
	run_status 2 millrace init bad
	assert [ ! -e bad/secrets ]
	touch file
	run_status 2 millrace init file
	run_status 3 bash -c 'millrace init new >/dev/full'
	# half a file would be left as it is by the next one
	run_status 2 bash -c 'trap "" XFSZ; ulimit -f 1; millrace init half'
	assert [ ! -e half/millrace.conf ]
	# -c is for what is there already, and never for another one than that
	run_status 2 millrace -c x/millrace.conf init new
	run_status 2 millrace -c "$WORK/no/such/folder.conf" config get runs.dir
	assert_output --partial "/no/such/folder.conf'"
	(cd new && run_status 2 millrace -c nosuch.conf install-timers)
}

@test "install-timers shows units, writes them with --write only, and systemd takes them" {
	mkdir shop units keys
	printf '[ledger]\npath = db/l\n[runs]\ndir = /var/lib/millrace\nmetrics = prom\n' >shop/millrace.conf
	run_status 0 millrace -c shop/millrace.conf install-timers --dir units --user millrace
	assert_line "# ---- units/millrace-nightly.service"
	assert_line "ExecStart=$MILLRACE_BIN/millrace -c $WORK/shop/millrace.conf nightly"
	assert_line "ExecStopPost=$MILLRACE_BIN/run-open -c $WORK/shop/millrace.conf --ended"
	assert_line "ReadWritePaths=$WORK/shop/db /var/lib/millrace $WORK/shop/prom"
	assert_line "User=millrace"
	assert_line "ProtectSystem=strict"
	assert_line "OnCalendar=*-*-* 02:30:00"
	assert_line --regexp '^#.*systemctl disable --now'
	refute_output --regexp '@[A-Z]+@'
	assert_equal "$(ls units)" ""
	touch keys/magento.token keys/salesforce.client_secret "keys/magento.token (copy)" keys/magento.token~
	run_status 0 millrace -c shop/millrace.conf install-timers --dir units --user millrace --credentials keys --write
	assert_equal "$(ls units | wc -l)" 6
	grep -qx "LoadCredential=magento.token:$WORK/keys/magento.token" units/millrace-run-due.service
	assert_equal "$(grep -c ^LoadCredential units/millrace-nightly.service)" 2
	if command -v systemd-analyze >/dev/null; then
		run systemd-analyze verify --man=no units/*.service units/*.timer
		assert_equal "$status $output" "0 "
		for t in nightly incremental run-due; do
			systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' units/millrace-$t.timer)" >/dev/null
		done
	fi
	run_status 2 millrace -c shop/millrace.conf install-timers --nonsense
	run_status 2 millrace -c shop/millrace.conf install-timers --credentials units/none
	run_status 2 millrace -c nothing.conf install-timers
	run_status 2 millrace -c shop/millrace.conf install-timers --user 'a b'
}
