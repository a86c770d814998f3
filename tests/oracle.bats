#!/usr/bin/env bats
# The mapping language held against jq: cases, random pairs, hostile bytes.
bats_require_minimum_version 1.5.0
load helpers

prepare()
{
	: "${MILLRACE_UNITS:=$REPO/.o/unit}"
	export ORACLE_BIN=${MILLRACE_UNITS%/unit}/oracle
	FUZZ_BIN=${MILLRACE_UNITS%/unit}/fuzz
}

@test "one expression, one jq, one answer: the cases of the language" {
	"$REPO/tests/oracle/run" "$REPO"/tests/oracle/*.cases
}

@test "a case that is wrong is told, with both answers" {
	printf '%s\n' .a '{"a":1}' 2 '' >wrong.cases
	run "$REPO/tests/oracle/run" wrong.cases
	assert_failure 1
	assert_line --partial 'wrong.cases:1: .a'
	assert_line --partial 'ours  [{"v":1}]'
	assert_line --partial 'jq    [{"v":1}]'
	assert_line '1 cases, 1 by jq as well, 2 differ'
}

@test "20,000 random expressions on random documents: as jq" {
	run env TMPDIR="$WORK" "$ORACLE_BIN/random" -d "$REPO/tests/oracle" -n 20000 -s 1
	assert_success
	assert_output --regexp '^seed 1, jq-[0-9.]+: 2000[0-3] pairs compared, .* 0 expressions differ; [0-9.]+ s of jq.s CPU$'
}

@test "a jq that is killed, hangs or answers too little is no agreement" {
	printf '#!/bin/sh\n[ "$1" != --version ] || exec jq "$1"\nwhile :; do :; done\n' >hangs
	printf '#!/bin/sh\n[ "$1" != --version ] || exec jq "$1"\njq "$@" | sed 1d\n' >silent
	chmod +x hangs silent
	run env JQ="$WORK/hangs" TMPDIR="$WORK" "$ORACLE_BIN/random" -d "$REPO/tests/oracle" -n 4 -s 1 -t 1
	assert_failure 1
	assert_output --partial 'jq    no answer: killed ('
	assert_output --partial '4 expressions differ'
	run env JQ="$WORK/silent" TMPDIR="$WORK" "$ORACLE_BIN/random" -d "$REPO/tests/oracle" -n 4 -s 1 -m 0
	assert_failure 1
	assert_output --partial '1 expressions differ'
}

@test "a random pair that differs is told with its seed, made small" {
	printf '#!/bin/sh\n[ "$1" != --version ] || exec jq "$1"\njq "$@" | sed "s/true/1/g"\n' >liar
	chmod +x liar
	run env JQ="$WORK/liar" TMPDIR="$WORK" "$ORACLE_BIN/random" -d "$REPO/tests/oracle" -n 2000 -s 1 -m 0
	assert_failure 1
	assert_output --partial 'seed 1, jq-'
	run env JQ="$WORK/liar" TMPDIR="$WORK" "$ORACLE_BIN/random" -d "$REPO/tests/oracle" -n 2000 -s 1 -m 1
	assert_line --regexp '^  ours  .{1,20}true.{1,9}$'
	assert_line --regexp '^  jq    .{1,20}1.{1,9}$'
}

@test "what fuzzing begins with, and what it once found" {
	"$REPO/tests/fuzz/seeds" "$WORK/seeds"
	for t in json expr map; do
		"$FUZZ_BIN/$t" "$WORK/seeds/$t"/* "$REPO/tests/fuzz/finds/$t"/* 2>"$t.log" || {
			tail -n 20 "$t.log"
			return 1
		}
	done
}
