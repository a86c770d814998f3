#!/bin/bash
# check.sh - are the maps right?  Both sides: paths that no record of Magento's
# has (rec-map --check), and what Salesforce would not take (sf-check).  It is
# no run and writes nothing; run it as:
#	millrace check [OPTION]... [MAP]...	those of rec-map --check, sf-check
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=pipelines/names.sh
. "$here/names.sh"
both=() magento=() salesforce=() files=()

while [ $# -gt 0 ]; do
	case $1 in
	--known) magento+=("$1" "${2-}"); shift ;;
	--extract|--save|--describe) salesforce+=("$1" "${2-}"); shift ;;
	-c|--config) export MILLRACE_CONF=${2-}; shift ;;
	--ref|--set) both+=("$1" "${2-}"); shift ;;
	--known=*) magento+=("$1") ;;
	--extract=*|--save=*|--describe=*) salesforce+=("$1") ;;
	-h|--help) exec man millrace ;;
	-*) both+=("$1") ;;
	*) files+=("$1") ;;
	esac
	[ $# -eq 0 ] || shift
done
[ ${#files[@]} -gt 0 ] || { maps_in "$here/mappings"; files=("$maps"/*.map); }

# A mistake in a map (2) ends it, a doubt (1) does not.
rec-map --check "${both[@]}" "${magento[@]}" "${files[@]}" </dev/null
doubts=$?
((doubts <= 1)) || exit "$doubts"
sf-check "${both[@]}" "${salesforce[@]}" "${files[@]}"
status=$?
((status != 0)) || status=$doubts
exit "$status"
