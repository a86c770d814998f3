#!/usr/bin/env bats
# run-verify: every change to a log or a copy is found, and named.
load helpers

# Stand-ins by the names of our filters: the books are held to those.
prepare()
{
	printf '[runs]\nkeep = all\n' >m.conf
	export MILLRACE_CONF=$WORK/m.conf
	mkdir fake
	cat >fake/rec-map <<-'END'
	#!/bin/sh
	jq -c '{object:"A",map:"a",phase:1,source:"a/\(.id)",key:"\(.id)",fields:{X:"y"}},
		{object:"B",map:"b",phase:2,source:"a/\(.id)",key:"\(.id)-b",fields:{X:"y"}}'
	END
	cat >fake/led-recall <<-'END'
	#!/bin/sh
	jq -c '., (select(.object == "B" and .source == "a/2") |
		del(.fields) + {key:"gone",delete:true})'
	END
	cat >fake/sf-load <<-'END'
	#!/bin/sh
	jq -c '{verdict:"created"} + del(.fields,.delete,.phase)'
	END
	cat >fake/mage-writeback <<-'END'
	#!/bin/sh
	jq -c '., select(.object == "A") + {object:"magento/a"}'
	END
	chmod 755 fake/*
	PATH=$WORK/fake:$PATH
	cat >pipe.sh <<-'END'
	seq 1 5 | jq -c '{id:.}' | run-stage a.extract cat |
		run-stage a.map rec-map | run-stage a.recall led-recall |
		run-stage a.load sf-load | run-stage a.writeback mage-writeback
	END
}

a_run()
{
	run-open nightly sh pipe.sh >/dev/null
	LOG=runs/latest/audit.ndjson
	COPIES=runs/latest
}

# recopy STAGE JQ-FILTER-OR-SED...: put another stream into a kept copy
recopy()
{
	local f=$COPIES/$1.ndjson.gz
	shift
	gzip -dc "$f" | "$@" | gzip >new && mv new "$f"
}

@test "an honest run is intact" {
	a_run
	run_status 0 run-verify
	assert_output --regexp '^20.*-nightly: intact: 12 events, 5 stages, 5 copies; the books balance$'
	run_status 0 run-verify "$(readlink runs/latest)"
	run_status 0 run-verify ./runs/latest
}

@test "an event that was changed is named" {
	a_run
	sed -i '4s/"at":"2/"at":"1/' $LOG
	run_status 1 run-verify
	assert_output --partial 'audit.ndjson:4: this event was changed'
}

@test "an event that was dropped is named" {
	a_run
	sed -i 5d $LOG
	run_status 1 run-verify
	assert_output --partial 'audit.ndjson:5: event 5 was dropped before this one'
	a_run
	sed -i 1d $LOG
	run_status 1 run-verify
}

@test "an event that was added is named" {
	a_run
	sed -i '4{p;s/"at":"2/"at":"1/}' $LOG
	run_status 1 run-verify
	assert_output --partial 'audit.ndjson:5: this event was added'
}

@test "a log that was cut is named" {
	a_run
	sed -i '$d' $LOG
	run_status 1 run-verify
	assert_output --partial 'audit.ndjson:11: cut'
	a_run
	truncate -s -5 $LOG
	run_status 1 run-verify
	assert_output --partial 'audit.ndjson:12: cut off in the middle'
	a_run
	: >$LOG
	run_status 1 run-verify
}

@test "a changed last event shows by what the next run has seen" {
	a_run
	first=$(readlink runs/latest)
	run-open nightly true
	run_status 0 run-verify "$first"
	sed -i '$s/"status":0/"status":1/' "runs/$first/audit.ndjson"
	run_status 1 run-verify "$first"
	assert_output --partial 'cut or changed at its end'
}

@test "a copy that was changed, cut, grown, lost or added is named" {
	a_run
	recopy a.map sed '3s/"y"/"z"/'
	run_status 1 run-verify
	assert_output --partial 'a.map.ndjson.gz: a line was changed'
	a_run
	recopy a.load sed '3d'
	run_status 1 run-verify
	assert_output --partial 'a.load.ndjson.gz: 1 line was dropped or cut: it has 10, a.load wrote 11'
	a_run
	recopy a.load sed '3p'
	run_status 1 run-verify
	assert_output --partial '1 line was added'
	a_run
	rm $COPIES/a.load.ndjson.gz
	run_status 1 run-verify
	assert_output --partial 'a.load.ndjson.gz'
	a_run
	truncate -s -9 $COPIES/a.load.ndjson.gz
	run_status 1 run-verify
	assert_output --partial "a.load.ndjson.gz' is cut off"
	a_run
	echo x | gzip >$COPIES/b.load.ndjson.gz
	run_status 1 run-verify
	assert_output --partial 'b.load.ndjson.gz: this file was added'
}

@test "books that do not balance name the stage" {
	sed -i 's/^jq.*/& | sed 4d/' fake/sf-load
	a_run
	run_status 1 run-verify
	assert_output --partial 'a.load: does not balance: 11 lines in, 10 answered'
}

@test "a record that rec-map does not answer is found" {
	sed -i '$s/$/ | grep -v a.3/' fake/rec-map
	a_run
	run_status 1 run-verify
	assert_output --partial 'a.map: does not balance: 5 records in, 4 answered'
}

@test "counts that balance, but not by source, name the source" {
	sed -i '$s/$/ | sed "4s|a\/2|a\/3|"/' fake/sf-load
	a_run
	run_status 1 run-verify
	assert_output --regexp 'a.load.ndjson.gz: a line was (dropped|added): a/[23]'
}

@test "stages that broke are not held to the books" {
	printf 'exit 3\n' >>fake/sf-load
	sed -i 's/^jq.*/& | sed 4d/' fake/sf-load
	a_run || true
	run_status 0 run-verify
}

@test "a run that still goes on is said to be so" {
	run-open nightly sh -c 'echo go; sleep 30' >first 3>&- &
	pid=$!
	until [ -s first ]; do sleep 0.05; done
	run_status 4 run-verify
	assert_output --partial 'still going on'
	kill -TERM $pid
	wait $pid || true
}

@test "no run, no such run: status 2" {
	run_status 2 run-verify
	assert_output --partial 'no run in'
	a_run
	run_status 2 run-verify nosuch
	run_status 2 run-verify a b
}
