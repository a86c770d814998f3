#!/usr/bin/env bats
# The fault matrix: a tenth of the cases of Salesforce, a twentieth of the 3,000
# of Magento, and all that once failed.  `make torture` runs all of them.
load helpers

@test "Salesforce: a tenth of the faults, and those that were once not got over" {
	run_status 0 "$REPO/tests/matrix/run" -j 4 -s 2026 salesforce
}

@test "Magento: a twentieth of the faults, and those that were once not got over" {
	run_status 0 "$REPO/tests/matrix/run" -j 4 -s 2026 -o 20 magento
}
