#!/usr/bin/env bats
# Every filter meets what no filter should be fed.

load helpers

filters=(
	"rec-pick ."
	"rec-map --ref ref.ndjson account.map"
	"led-recall"
	"sf-match"
	"sf-diff"
	"sf-load"
	"led-record"
	"mage-writeback"
)

prepare()
{
	start_mage
	start_sf
	write_conf
	ln -s "$REPO/pipelines/mappings/account.map" .
	mage-extract reference >ref.ndjson
}

# feed FILE: each filter over FILE; $out has its lines, $code its status.
each_filter()
{
	local file=$1 check=$2 f
	for f in "${filters[@]}"; do
		code=0
		# shellcheck disable=SC2086  # program and operands
		timeout 60 $f <"$file" >"$WORK/out" 2>"$WORK/err" || code=$?
		"$check" "$f" || {
			echo "$f: status $code" >&2
			head -c 2000 "$WORK/out" "$WORK/err" >&2
			return 1
		}
	done
}

payload='{"object":"Account","map":"account","phase":10,"source":"customers/1","key":"1","extid":"Magento_Id__c","rev":"0123456789abcdef","fields":{"Name":"A"}}'
verdict='{"verdict":"skipped","reason":"zero-total","object":"Order","map":"order","source":"orders/1","key":"1"}'

@test "an empty stream is an empty answer" {
	: >in
	nothing() { [ "$code" -eq 0 ] && [ ! -s "$WORK/out" ]; }
	each_filter in nothing
}

@test "lines that are no JSON objects are rejected, each once, status 1" {
	printf '%s\n' 'nonsense' '[1,2]' '{"a":1' '"text"' '{"a":"\ud800"}' >in
	printf '{"a":"\xff\xfe"}\n' >>in
	rejected() {
		[ "$code" -eq 1 ] || return 1
		# rec-pick looks at any JSON, objects or not
		[ "${1%% *}" != rec-pick ] || sed -i -e '/^\[1,2\]$/s/.*/{"verdict":"rejected","reason":"bad-json"}/' -e '/^"text"$/s/.*/{"verdict":"rejected","reason":"bad-json"}/' "$WORK/out"
		[ "$(wc -l <"$WORK/out")" -eq 6 ] || return 1
		[ "$(jq -s 'map(select(.verdict == "rejected" and .reason == "bad-json")) | length' "$WORK/out")" -eq 6 ] || return 1
		# the bytes are kept: in base64 where they are no JSON
		jq -rs '.[0].bytes // (.[0].record | @base64)' "$WORK/out" | base64 -d | grep -qx nonsense
	}
	each_filter in rejected
}

@test "a bad line in the middle hurts itself alone" {
	printf '%s\nnonsense\n%s\n' "$verdict" "$verdict" >in
	two_pass() {
		[ "$code" -eq 1 ] || return 1
		[ "$(grep -cFx "$verdict" "$WORK/out")" -eq 2 ] || return 1
		[ "$(sed -n 2p "$WORK/out" | jq -r .reason)" = bad-json ]
	}
	each_filter in two_pass
}

@test "verdicts pass byte for byte and in place" {
	printf '%s\n' "$verdict" >in
	same() { [ "$code" -eq 0 ] && cmp -s in "$WORK/out"; }
	each_filter in same
}

@test "a stream that stops in a line is broken, status 3" {
	printf '%s\n%s' "$verdict" '{"verdict":"skip' >in
	broken() { [ "$code" -eq 3 ] && grep -q 'middle of a line' "$WORK/err"; }
	each_filter in broken
}

@test "a line of 64 MB is answered by its length, digest and start" {
	{ printf '{"entity_id":1,"a":"'; head -c 67108864 /dev/zero | tr '\0' x; printf '"}\n%s\n' "$verdict"; } >in
	sum=$(head -n 1 in | tr -d '\n' | sha256sum | cut -d' ' -f1)
	long() {
		[ "$code" -eq 1 ] || return 1
		[ "$(wc -l <"$WORK/out")" -eq 2 ] || return 1
		head -n 1 "$WORK/out" | jq -e --arg s "$sum" '.verdict == "rejected" and (.message | contains("67108886 bytes") and contains($s))' >/dev/null || return 1
		[ "$(head -n 1 "$WORK/out" | jq -r .bytes | base64 -d | wc -c)" -eq 4096 ]
	}
	each_filter in long
}

@test "a full disk is status 3 and says so" {
	yes "$verdict" | head -n 2000 >in
	for f in "${filters[@]}"; do
		code=0
		# shellcheck disable=SC2086
		timeout 60 $f <in >/dev/full 2>err || code=$?
		[ "$code" -eq 3 ] || { echo "$f: $code"; cat err; return 1; }
		grep -q 'No space left' err || { echo "$f"; cat err; return 1; }
	done
}

@test "a reader that leaves ends a filter without a word" {
	yes "$verdict" | head -n 200000 >in
	for f in "${filters[@]}"; do
		# shellcheck disable=SC2086
		timeout 60 $f <in 2>err | head -n 1 >out
		code=${PIPESTATUS[0]}
		[ "$code" -eq 141 ] || [ "$code" -eq 0 ] || { echo "$f: $code"; cat err; return 1; }
		[ ! -s err ] || { echo "$f said:"; cat err; return 1; }
	done
}

@test "an unknown option is status 2, with the nearest name" {
	for f in "${filters[@]}"; do
		code=0
		${f%% *} --confg x </dev/null >out 2>err || code=$?
		[ "$code" -eq 2 ] || { echo "$f: $code"; return 1; }
		grep -q "did you mean '--config'" err || { echo "$f"; cat err; return 1; }
	done
}

@test "every program has help and a version, and no output on a wrong option" {
	for p in "$MILLRACE_BIN"/*; do
		"$p" --version >out 2>err || { echo "$p --version"; cat err; return 1; }
		grep -q 'millrace' out || { echo "$p"; cat out; return 1; }
		"$p" --help >out 2>err || { echo "$p --help"; cat err; return 1; }
		[ -s out ]
		code=0
		"$p" --no-such-thing </dev/null >out 2>err || code=$?
		[ "$code" -eq 2 ] || { echo "$p: $code"; cat err; return 1; }
		[ ! -s out ] && [ -s err ] || { echo "$p"; return 1; }
	done
}

@test "a secret that others can read is refused before anything is sent" {
	chmod 644 sf.secret mage.token
	for p in "sf-load" "sf-match" "mage-writeback" "mage-extract orders" "sf-query 'SELECT Id FROM Account'"; do
		code=0
		eval "$p" </dev/null >out 2>err || code=$?
		[ "$code" -eq 2 ] || { echo "$p: $code"; cat err; return 1; }
		grep -q 'chmod 600' err || { echo "$p"; cat err; return 1; }
		[ ! -s out ]
	done
}

@test "unknown settings are told all at once, with line and nearest name" {
	printf '[orders]\ncreate_ordr = paid\n[magneto]\nurl = x\n' >>millrace.conf
	for p in led-recall sf-load; do
		run_status 2 $p </dev/null
		assert_output --partial "did you mean 'create_order'"
		assert_output --partial 'did you mean [magento]'
		assert_output --regexp 'millrace.conf:[0-9]+:'
	done
}
