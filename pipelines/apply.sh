#!/bin/bash
# apply.sh - do what a plan says, or refuse where Salesforce has changed
# since.  Run it as: millrace apply PLAN
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

plan=${1:?the PLAN is missing: a file, or the run that made it}
[ ! -d "$plan" ] || plan=$plan/plan.ndjson
[ -r "$plan" ] || {
	echo "apply: no plan '$plan'; millrace plan makes one" >&2
	exit 2
}

run-stage plan.read cat "$plan" | load plan >/dev/null
ended "${PIPESTATUS[@]}"

leave
