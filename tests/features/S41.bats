#!/usr/bin/env bats
# S41: field maps are listed, exported, enabled and disabled many at a time,
# edited, deleted, added.  They are lines of text files: nothing else of these
# changes, and a change that would break a run is refused.
load ../helpers

prepare()
{
	mkdir own
	cp "$REPO"/pipelines/mappings/* own
	cp -r own was
	printf '[runs]\nmappings = own\n' >m.conf
	export MILLRACE_CONF=$WORK/m.conf
}

# lines MAP: how many of its lines differ from the shipped map
lines()
{
	diff "was/$1.map" "own/$1.map" | grep -c '^[<>]'
}

@test "list and export: all, of a map, of patterns, of an object, what is disabled" {
	run_status 0 millrace maps list
	assert_line --index 0 --regexp '^MAP +OBJECT +FIELD +WHEN'
	for map in own/*.map; do
		map=${map##*/}
		grep -q "^${map%.map} " <<<"$output" || { echo "$map"; return 1; }
	done
	[ "$(millrace maps list '*-price' | cut -d ' ' -f 1 | sort -u | paste -sd' ')" = \
		'MAP cart-price fee-price placeholder-price' ]
	[ "$(millrace maps export --object OrderItem | cut -d , -f 1 | sort -u | paste -sd' ')" = \
		'OrderItem object' ]
	[ "$(millrace maps export --disabled contact | cut -d , -f 3 | paste -sd' ')" = \
		'field MiddleName Suffix' ]
	millrace maps export --json | jq -es 'length > 400 and all(.map and .object and .when)'
	millrace maps export | grep -c . >rows
	[ "$(millrace maps export --json | grep -c .)" -eq $(($(cat rows) - 1)) ]
}

@test "what was disabled and enabled again is the same, byte for byte" {
	run_status 0 millrace maps disable order Description 'Billing*' EffectiveDate
	assert_line --regexp '^\+BillingCity \[off\]  +='
	[ "$(grep -c '^@@ ' <<<"$output")" -eq 7 ]
	[ "$(lines order)" -eq 14 ]
	# `=` stands where it stood
	[ "$(grep -E '^Billing(City|Street)|^Name' own/order.map | sed 's/=.*//' | awk '{ print length }' | uniq | grep -c .)" -eq 1 ]
	run_status 0 millrace maps disable order Description
	assert_output 'millrace-maps: it is so already'
	run_status 0 millrace maps enable order Description 'Billing*' EffectiveDate
	run_status 0 millrace maps disable '*[rt]' MailingCity
	run_status 0 millrace maps enable '*[rt]' MailingCity
	diff -r was own
	# as an editor of another system left it
	sed -i 's/$/\r/; 1s/^/\xef\xbb\xbf/' own/contact.map
	truncate -s -2 own/contact.map
	cp own/contact.map left
	run_status 0 millrace maps disable contact Phone Magento_Sync_Time__c
	run_status 0 millrace maps enable contact Phone Magento_Sync_Time__c
	cmp own/contact.map left
	run_status 0 millrace maps add contact Fax .taxvat
	assert_line --index 3 --regexp '^\+Fax  += \.taxvat$'
	[ "$(head -c "$(stat -c %s left)" own/contact.map | cmp - left && tail -n 1 own/contact.map | tr -s ' ')" = 'Fax = .taxvat' ]
}

@test "a dry run changes nothing; the diff is one; links and modes stay" {
	run_status 0 millrace maps delete --dry-run contact Phone
	assert_output --partial '1 field would change'
	diff -r was own
	# nor does one whose differences nobody could read
	run_status 3 bash -c 'millrace maps delete contact Phone >/dev/full'
	diff -r was own
	mv own/contact.map elsewhere.map
	ln -s ../elsewhere.map own/contact.map
	chmod 640 elsewhere.map
	millrace maps delete contact Phone 2>/dev/null >delete.diff
	[ -L own/contact.map ]
	[ "$(stat -c %a elsewhere.map)" = 640 ]
	! grep -q '^Phone' elsewhere.map
	[ "$(lines contact)" -eq 1 ]
	! ls own | grep tmp
	if command -v patch >/dev/null; then
		patch -R elsewhere.map <delete.diff
		diff -r was own
	fi
}

@test "of several files one cannot be written: told which have the change" {
	# too long a name for a file beside it
	long=$(printf '%0254d' 0)
	mv own/guest-contact.map "$long"
	ln -s "../$long" own/guest-contact.map
	run_status 3 millrace maps disable '*contact' MailingCity
	assert_line --partial 'cannot create'
	assert_line --regexp "own/contact.map' has the change\$"
	assert_line --regexp "own/guest-contact.map' was left as it is\$"
	refute_output --partial 'fields changed'
	[ "$(lines contact)" -eq 2 ]
	diff was/guest-contact.map own
	# somebody saves the first one while the differences are shown
	rm own/guest-contact.map
	cp was/*contact.map own
	text=$(printf '%0100000d' 0)
	millrace maps set '*contact' MailingCity --description "$text" 2>said |
		{ read -r; echo '# mine' >>own/contact.map; cat; } >shown
	[ "$(grep -c '^@@' shown)" -eq 2 ]
	grep -q "own/contact.map' was changed meanwhile$" said
	[ "$(grep -c 'contact.map. was left as it is$' said)" -eq 2 ]
	[ "$(diff was/contact.map own | grep '^[<>]')" = '> # mine' ]
	diff was/guest-contact.map own
}

@test "set and add: expression, when, description, over several lines too" {
	run_status 0 millrace maps set contact Email '.email' --when update --description why
	run_status 0 millrace maps add contact Fax $'if .gender == 1\nthen "a"\n\nelse null end' --disabled
	run_status 0 millrace maps add contact Department '.taxvat' --when insert --description 'of old'
	run_status 0 millrace maps list contact
	assert_line --regexp 'Email +update .*  \.email  # why$'
	assert_line --regexp 'Fax +off .*if \.gender == 1 then "a" else null end$'
	assert_line --regexp 'Department +insert .*\.taxvat  # of old$'
	run_status 0 millrace maps set contact Email --when always --description ''
	run_status 0 millrace maps set contact Email '.email | ascii_downcase'
	run_status 0 millrace maps delete contact Fax Department
	diff -r was own
	# one that looks wrong is told of, and made
	run_status 0 millrace maps add contact Fax '.faax'
	assert_output --partial 'no customer that we know has it'
	run_status 0 millrace maps set contact Fax '.taxvat'
	refute_output --partial 'no customer'
}

@test "what would break a run, or is not there, is refused and changes nothing" {
	while IFS='~' read -r words said; do
		eval "run_status 2 millrace maps $words"
		assert_output --partial "$said" || { echo "$words"; return 1; }
	done <<-'END'
	delete contact Email~this map sets no such field
	disable '*' Magento_Website__c~that field is [off]
	add contact Fax '$customers.nope'~unknown setting customers.nope
	add contact Fax '.a | tostring('~would have mistakes
	add contact Fax '.x # y'~--description
	add contact Fax ' '~is empty
	add contact Fax .x --description $'a\nFax = .y'~one line
	add contact Email .x~set changes it
	add contact no-field .x~no field name
	set contact 'Mailing*' .x~--line
	set contact Email~nothing to set
	set contact Email .x --when never~always, insert or update
	disable contact Fxa~no field 'Fxa'
	disable contact Phon~did you mean 'Phone'?
	disable contact Phone --line 1~in that line
	disable cntact Phone~did you mean 'contact'?
	disable contact~takes MAP FIELD
	lst~did you mean 'list'?
	list --dry-run~only looks
	enable --json contact Phone~--csv, --json
	END
	# a statement of its own is none: it is the expression's second line
	run_status 2 millrace maps add contact Fax $'.taxvat\nPhone = .x'
	diff -r was own
	# nor is anything done to maps that are broken already
	echo 'Nonsense' >>own/order.map
	cp own/order.map broken
	run_status 2 millrace maps disable contact Phone
	assert_output --partial 'own/order.map:'
	cmp own/order.map broken
	cmp was/contact.map own/contact.map
}

@test "the maps of an installation are left alone; own ones outlive it" {
	mkdir -p usr/bin usr/share/millrace
	cp -r "$REPO/pipelines" usr/share/millrace
	echo '[runs]' >m.conf
	export MILLRACE_PIPELINES=$WORK/usr/share/millrace/pipelines
	run_status 0 millrace maps disable --dry-run contact Phone
	run_status 2 millrace maps disable contact Phone
	assert_output --partial 'belongs to the installation'
	diff -r was "$MILLRACE_PIPELINES/mappings"
	# what it says to do is enough
	rm -r own
	eval "$(sed -n 's/^millrace-maps:   \(cp\)/\1/p' <<<"$output")"
	echo 'mappings = mappings' >>m.conf
	run_status 0 millrace maps disable contact Phone
	diff -r was "$MILLRACE_PIPELINES/mappings"
	grep -q '^Phone \[off\]' mappings/contact.map
	[ "$(millrace complete fields contact | grep -c '^Mailing')" -eq 5 ]
	# the verbs that look go there too, a folder that is gone is told of
	run_status 0 millrace-config get runs.mappings
	assert_output "$WORK/mappings"
	mv mappings gone
	run_status 2 millrace nightly
	assert_output --partial "no folder of maps '$WORK/mappings'"
	run_status 2 millrace config check --offline
	assert_output --partial "[runs] mappings: '$WORK/mappings' is no copy"
	# a map that a new release brings
	mv gone mappings
	rm mappings/track.map
	printf '[magento]\nurl = http://127.0.0.1:1/\n' >>m.conf
	run env MILLRACE_RUN="$WORK/2026-01-01T000000Z-nightly" bash -c \
		'. "$MILLRACE_PIPELINES/lib.sh"; MILLRACE_RUN=/dev; mkdir -p "$0"; sound "shipment track"' "$WORK"
	assert_output --partial "cp '$MILLRACE_PIPELINES/mappings/track.map'"
}
