#!/usr/bin/env bats
# The Salesforce CLI takes pipelines/setup/salesforce as it stands.

load clients

setup_file()
{
	with_node
	cd "$BATS_FILE_TMPDIR"
	own_home "$BATS_FILE_TMPDIR/home"
}

@test "sf project convert source: all of it, as the Metadata API wants it" {
	with_node
	cp -r "$REPO/pipelines/setup/salesforce" project
	from=project/force-app/main/default
	(cd project && ok sf project convert source --source-dir force-app --output-dir "$PWD/../out")
	want '.status == 0' project/out.json
	# each object with all its fields, the permission set with all grants
	for object in "$from"/objects/*; do
		o=${object##*/}
		assert_equal "$o $(grep -c '<fields>' "out/objects/$o.object")" \
			"$o $(find "$object/fields" -name '*.xml' | wc -l)"
	done
	assert_equal "$(grep -c '<fieldPermissions>' out/permissionsets/Millrace.permissionset)" \
		"$(grep -c '<fieldPermissions>' "$from/permissionsets/Millrace.permissionset-meta.xml")"
	for field in "$from"/objects/*/fields/*; do
		f=${field##*/} o=${field%/fields/*}
		grep -q "<members>${o##*/}.${f%%.*}</members>\|<members>${o##*/}</members>" out/package.xml ||
			{ echo "$field"; return 1; }
	done
	grep -q '<members>Millrace</members>' out/package.xml
	grep -q "<version>$(jq -r .sourceApiVersion project/sfdx-project.json)</version>" out/package.xml
}
