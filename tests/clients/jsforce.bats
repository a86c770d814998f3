#!/usr/bin/env bats
# jsforce 3, and below it what every client of its kind sends.

load clients

setup_file()
{
	open_org
}

@test "userinfo and identity of a token" {
	ok js <<'END'
	const me = await conn.identity();
	print([me.username, me.user_id.slice(0, 3), me.organization_id.slice(0, 3), typeof me.urls.query]);
END
	want ". == [\"$USERNAME\", \"005\", \"00D\", \"string\"]"
}

@test "client credentials by oauth2.requestToken" {
	SECRET=$(jq -r .credentials.client_secret "$BATS_FILE_TMPDIR/sf.first")
	export SECRET
	ok js <<'END'
	const c = new jsforce.Connection({
		oauth2: { loginUrl: env.SF_URL, clientId: env.CLIENT_ID, clientSecret: env.SECRET },
	});
	const user = await c.authorize({ grant_type: 'client_credentials' });
	print([user.id, c.instanceUrl === env.SF_URL, (await c.query('SELECT Id FROM User WHERE IsActive = true')).totalSize]);
END
	want '(.[0] | test("^005")) and .[1] and .[2] == 1'
}

@test "JWT bearer by authorize" {
	ok js <<'END'
	const crypto = require('node:crypto');
	const b64 = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');
	const text = b64({ alg: 'RS256' }) + '.' + b64({
		iss: env.CLIENT_ID, sub: env.USERNAME,
		aud: 'https://login.salesforce.com', exp: Math.floor(Date.now() / 1000) + 180,
	});
	const key = require('node:fs').readFileSync(env.JWT_KEY);
	const assertion = text + '.' + crypto.sign('sha256', Buffer.from(text), key).toString('base64url');
	const c = new jsforce.Connection({ oauth2: { loginUrl: env.SF_URL, clientId: env.CLIENT_ID } });
	await c.authorize({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
	print((await c.identity()).username);
END
	want ". == \"$USERNAME\""
}

@test "a grant that is refused, with its code" {
	fails js <<'END'
	const c = new jsforce.Connection({
		oauth2: { loginUrl: env.SF_URL, clientId: env.CLIENT_ID, clientSecret: 'wrong' },
	});
	await c.authorize({ grant_type: 'client_credentials' });
END
	want '.name == "invalid_client" and .message == "invalid client credentials"'
}

@test "an expired token: jsforce asks for another and goes on" {
	ok js <<'END'
	let asked = 0;
	const c = new jsforce.Connection({
		instanceUrl: env.SF_URL, accessToken: env.TOKEN + 'x', version: '62.0',
		refreshFn: (conn, done) => { asked++; done(null, env.TOKEN); },
	});
	const r = await c.query('SELECT Id FROM RecordType');
	print([asked, r.totalSize > 0]);
END
	want '. == [1, true]'
}

@test "an expired token without another" {
	fails js <<'END'
	const c = new jsforce.Connection({ instanceUrl: env.SF_URL, accessToken: 'dead' });
	await c.query('SELECT Id FROM Account');
END
	want '.errorCode == "INVALID_SESSION_ID" and .message == "Session expired or invalid"'
}

@test "create, retrieve, update, destroy of one record" {
	ok js <<'END'
	const Account = conn.sobject('Account');
	const { id, success } = await Account.create({ Name: 'Ünïcode ✓', Magento_Id__c: 'j1' });
	const one = await Account.retrieve(id);
	await Account.update({ Id: id, Name: 'Later', Phone: null });
	const two = await Account.retrieve(id);
	await Account.destroy(id);
	print([success, one.Name, two.Name]);
END
	want '. == [true, "Ünïcode ✓", "Later"]'
	holds Account 'map(select(.Magento_Id__c == "j1")) == []'
}

@test "create of many goes by collections, and keeps the order" {
	forget
	ok js <<'END'
	const list = [];
	for (let i = 0; i < 450; i++)
		list.push(i === 300 ? { Phone: '1' } : { Name: 'Many ' + i });
	print(await conn.sobject('Account').create(list, { allowRecursive: true }));
END
	want 'length == 450 and (map(.success) | index(false)) == 300 and (map(select(.success)) | length) == 449'
	want '.[300].errors == [{"statusCode": "REQUIRED_FIELD_MISSING", "message": "Required fields are missing: [Name]", "fields": ["Name"]}]'
	holds Account 'map(select(.Name | startswith("Many "))) | length == 449'
	requests >log
	[ "$(grep -c '^200 POST /services/data/v62.0/composite/sobjects$' log)" -eq 3 ]
}

@test "create of many, all or none" {
	ok js <<'END'
	print(await conn.sobject('Account').create([{ Name: 'AON' }, { Phone: '1' }], { allOrNone: true }));
END
	want 'map(.errors[0].statusCode) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]'
	holds Account 'map(select(.Name == "AON")) == []'
}

@test "update, retrieve and destroy of many" {
	ok js <<'END'
	const Account = conn.sobject('Account');
	const made = await Account.create([{ Name: 'M1' }, { Name: 'M2' }]);
	const ids = made.map((r) => r.id);
	await Account.update(ids.map((Id) => ({ Id, Site: 'there' })));
	const back = await Account.retrieve([...ids, '001000000000000AAA'], { fields: ['Id', 'Name', 'Site'] });
	const gone = await Account.destroy(ids);
	const again = await Account.destroy(ids);
	print({ back, gone: gone.map((r) => r.success), again: again.map((r) => r.errors[0].statusCode) });
END
	want '.back | map(.Name? // null) == ["M1", "M2", null] and .[0].Site == "there"'
	want '.gone == [true, true] and .again == ["ENTITY_IS_DELETED", "ENTITY_IS_DELETED"]'
}

@test "upsert of one: 201, then 200, and the key not in the body" {
	forget
	ok js <<'END'
	const Account = conn.sobject('Account');
	const a = await Account.upsert({ Name: 'Up', Magento_Id__c: 'k 1é' }, 'Magento_Id__c');
	const b = await Account.upsert({ Name: 'Up 2', Magento_Id__c: 'k 1é' }, 'Magento_Id__c');
	print([a, b]);
END
	want '.[0].created and (.[1].created | not) and .[0].id == .[1].id'
	holds Account 'map(select(.Magento_Id__c == "k 1é") | .Name) == ["Up 2"]'
	run requests
	assert_line '201 PATCH /services/data/v62.0/sobjects/Account/Magento_Id__c/k%201%C3%A9'
}

@test "upsert of one whose key has a slash: jsforce does not escape it" {
	forget
	fails js <<'END'
	await conn.sobject('Account').upsert({ Name: 'Up', Magento_Id__c: 'k/1' }, 'Magento_Id__c');
END
	want '.errorCode == "NOT_FOUND"'
	run requests
	assert_output '404 PATCH /services/data/v62.0/sobjects/Account/Magento_Id__c/k/1'
}

@test "upsert of many, with a parent by its key" {
	make Account '{"Name":"Up parent","Magento_Id__c":"jp"}' >/dev/null
	ok js <<'END'
	const rows = [
		{ Magento_Id__c: 'jc1', LastName: 'One', Account: { Magento_Id__c: 'jp' } },
		{ Magento_Id__c: 'jc2', LastName: 'Two', Account: { Magento_Id__c: 'no' } },
	];
	const a = await conn.sobject('Contact').upsert(rows, 'Magento_Id__c');
	const b = await conn.sobject('Contact').upsert(rows, 'Magento_Id__c');
	print([a, b]);
END
	want '.[0][0].created and (.[1][0].created == false)'
	want '.[0][1].errors[0] | .statusCode == "INVALID_FIELD" and .message == "Foreign key external ID: no not found for field Magento_Id__c in entity Account"'
	[ "$(soql "SELECT Id FROM Contact WHERE Account.Magento_Id__c = 'jp'" | wc -l)" -eq 1 ]
}

@test "query with autoFetch over the pages" {
	ok js <<'END'
	const list = [];
	for (let i = 0; i < 1000; i++)
		list.push({ Name: 'Q ' + i });
	await conn.sobject('Account').create(list, { allowRecursive: true });
	const all = [];
	let n = 0;
	const q = conn.query("SELECT Id, Name FROM Account WHERE Name LIKE 'Q %'", {
		autoFetch: true, maxFetch: 900, headers: { 'Sforce-Query-Options': 'batchSize=200' } });
	q.on('record', (r) => all.push(r.Name)).on('fetch', () => n++);
	const done = await q;
	print([all.length || done.records.length, done.totalSize, done.done]);
END
	want '.[0] == 900 and .[1] == 1000'
}

@test "query errors carry code and text" {
	fails js <<'END'
	await conn.query('SELECT Id, Nothing__c FROM Account');
END
	want '.errorCode == "INVALID_FIELD" and (.message | test("ERROR at Row:1:Column:12"))'
}

@test "find, select, where and count of the query builder" {
	ok js <<'END'
	await conn.sobject('Account').create([{ Name: "F'1", NumberOfEmployees: 5 }, { Name: 'F2', NumberOfEmployees: 15 }]);
	const found = await conn.sobject('Account').find({ Name: { $like: 'F%' }, NumberOfEmployees: { $gte: 10 } }, 'Id, Name').limit(5);
	const one = await conn.sobject('Account').findOne({ Name: "F'1" });
	const n = await conn.sobject('Account').count({ Name: { $like: 'F%' }, NumberOfEmployees: { $ne: null } });
	print([found.map((r) => r.Name), one.NumberOfEmployees, n]);
END
	want '. == [["F2"], 5, 2]'
}

@test "describe and describeGlobal" {
	ok js <<'END'
	const g = await conn.describeGlobal();
	const d = await conn.sobject('Order').describe();
	const status = d.fields.find((f) => f.name === 'Status');
	print([g.maxBatchSize, g.sobjects.map((o) => o.name).includes('Order'), d.keyPrefix, status.picklistValues.map((v) => v.value)]);
END
	want '.[0:3] == [200, true, "801"] and (.[3] | contains(["Draft", "Activated"]))'
}

@test "limits, and the header that every answer carries" {
	ok js <<'END'
	const l = await conn.limits();
	await conn.query('SELECT Id FROM User');
	print([l.DailyApiRequests.Max, conn.limitInfo.apiUsage.limit, l.DailyApiRequests.Max - l.DailyApiRequests.Remaining < conn.limitInfo.apiUsage.used]);
END
	want '. == [100000, 100000, true]'
}

@test "composite: the second takes its id from the first" {
	ok js <<'END'
	const r = await conn.requestPost('/composite', {
		allOrNone: true,
		compositeRequest: [
			{ method: 'POST', url: '/services/data/v62.0/sobjects/Account', referenceId: 'a', body: { Name: 'Comp', Magento_Id__c: 'comp' } },
			{ method: 'POST', url: '/services/data/v62.0/sobjects/Contact', referenceId: 'c', body: { LastName: 'Osite', AccountId: '@{a.id}' } },
			{ method: 'GET', url: "/services/data/v62.0/query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{c.id}'", referenceId: 'q' },
		],
	});
	print(r.compositeResponse);
END
	want 'map(.httpStatusCode) == [201, 201, 200] and map(.referenceId) == ["a", "c", "q"]'
	want '.[2].body.records[0].Account.Name == "Comp"'
	holds Contact 'map(select(.LastName == "Osite")) | length == 1'
}

@test "composite, all or none: one fails and nothing is there" {
	ok js <<'END'
	const r = await conn.requestPost('/composite', {
		allOrNone: true,
		compositeRequest: [
			{ method: 'POST', url: '/services/data/v62.0/sobjects/Account', referenceId: 'a', body: { Name: 'Halted' } },
			{ method: 'POST', url: '/services/data/v62.0/sobjects/Contact', referenceId: 'c', body: { AccountId: '@{a.id}' } },
		],
	});
	print(r.compositeResponse);
END
	want 'map(.httpStatusCode) == [400, 400]'
	want '.[0].body[0].errorCode == "PROCESSING_HALTED" and .[1].body[0].errorCode == "REQUIRED_FIELD_MISSING"'
	holds Account 'map(select(.Name == "Halted")) == []'
}

@test "bulk2.loadAndWaitForResults: insert, update, upsert, delete" {
	ok js <<'END'
	conn.bulk2.pollInterval = 50;
	const load = (operation, input, more) => conn.bulk2.loadAndWaitForResults({ object: 'Account', operation, input, ...more });
	const a = await load('insert', [{ Name: 'B1', Magento_Id__c: 'bl1' }, { Name: 'B,"2"\nline', Magento_Id__c: 'bl2' }, { Name: '' }]);
	const ids = a.successfulResults.map((r) => r.sf__Id);
	const b = await load('update', ids.map((Id) => ({ Id, Site: 'bulk' })));
	const c = await load('upsert', 'Magento_Id__c,Name\nbl1,B one\nbl3,B three\n', { externalIdFieldName: 'Magento_Id__c' });
	const d = await load('delete', [{ Id: ids[0] }]);
	print({ a, b: b.successfulResults.length, c: c.successfulResults.map((r) => r.sf__Created).sort(), d: d.successfulResults.length });
END
	want '.a.successfulResults | length == 2 and all(.sf__Created == "true")'
	want '.a.failedResults | length == 1 and .[0].sf__Error == "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"'
	want '.b == 2 and .c == ["false", "true"] and .d == 1'
	holds Account 'map(select(.Magento_Id__c // "" | startswith("bl"))) | length == 2 and (map(select(.Site == "bulk")) | length) == 1'
}

@test "bulk2: a job that fails, and its unprocessed rows" {
	fails js <<'END'
	conn.bulk2.pollInterval = 50;
	await conn.bulk2.loadAndWaitForResults({ object: 'Account', operation: 'insert', input: 'Name,Nothing__c\nx,y\n' });
END
	want '.message | test("InvalidBatch : Field name not found : Nothing__c")'
}

@test "bulk2: an object that is not there, at once" {
	fails js <<'END'
	await conn.bulk2.loadAndWaitForResults({ object: 'Nothing__c', operation: 'insert', input: 'Name\nx\n' });
END
	want '.errorCode == "INVALIDJOB" and .message == "InvalidJob : Unable to find object: Nothing__c"'
}

@test "bulk2 job step by step: open, upload, close, poll, results, delete" {
	ok js <<'END'
	const job = conn.bulk2.createJob({ object: 'Account', operation: 'insert' });
	const open = await job.open();
	await job.uploadData('Name\nStep\n');
	await job.close();
	await job.poll(50, 10000);
	const info = await job.check();
	const all = await job.getAllResults();
	await job.delete();
	let gone;
	try { await conn.bulk2.job('ingest', { id: info.id }).check(); } catch (e) { gone = e.errorCode; }
	print([open.state, open.contentUrl.startsWith('services/data/v62.0/jobs/ingest/750'), info.state, info.numberRecordsProcessed, all.successfulResults.length, gone]);
END
	want '. == ["Open", true, "JobComplete", 1, 1, "NOT_FOUND"]'
}

@test "bulk2: abort" {
	ok js <<'END'
	const job = conn.bulk2.createJob({ object: 'Account', operation: 'insert' });
	await job.open();
	await job.uploadData('Name\nNever\n');
	await job.abort();
	print((await job.check()).state);
END
	want '. == "Aborted"'
	holds Account 'map(select(.Name == "Never")) == []'
}

@test "bulk2.query streams the records" {
	ok js <<'END'
	conn.bulk2.pollInterval = 50;
	const stream = await conn.bulk2.query('SELECT Id, DeveloperName, SobjectType FROM RecordType');
	const list = [];
	stream.on('record', (r) => list.push(r));
	await new Promise((ok, no) => stream.on('end', ok).on('error', no));
	print(list);
END
	want "length == $(state RecordType | wc -l) and all(.SobjectType == \"Account\")"
}

@test "a 503 on a read is tried again by jsforce" {
	curl -sf --data-binary '{"method":"GET","path":"/query","times":1,"status":503,"body_text":"<html>busy</html>","type":"text/html"}' "$SF_URL/sandbox/faults" >/dev/null
	forget
	ok js <<'END'
	print((await conn.query('SELECT Id FROM User WHERE IsActive = true')).totalSize);
END
	want '. == 1'
	run requests
	assert_output $'503 GET /services/data/v62.0/query\n200 GET /services/data/v62.0/query'
}

@test "recent, search and the version list" {
	ok js <<'END'
	const list = await conn.request('/services/data');
	print([list.at(-1).version, list.every((v) => v.url === '/services/data/v' + v.version)]);
END
	want '(.[0] | tonumber) >= 62 and .[1]'
}
