// What sf-load does, by jsforce: payloads in, verdicts out.  load calls it.
'use strict';
const jsforce = require(process.env.MILLRACE_CLIENTS + '/jsforce');
const lines = require('readline').createInterface({ input: process.stdin });
const conn = new jsforce.Connection({ instanceUrl: process.env.SF_URL,
	accessToken: process.env.TOKEN, version: '62.0' });

function verdict(p, r) {
	return JSON.stringify({ verdict: r.sf__Created === 'true' ?
	    'created' : 'updated', object: p.object, map: p.map,
	    source: p.source, key: p.key, extid: p.extid, id: r.sf__Id });
}

async function main() {
	const payloads = [], records = [], byKey = new Map();
	for await (const line of lines) {
		const p = JSON.parse(line);
		payloads.push(p);
		records.push({ Magento_Id__c: p.key, ...p.fields });
	}
	const done = await conn.bulk2.loadAndWaitForResults({
	    object: 'Account', operation: 'upsert',
	    externalIdFieldName: 'Magento_Id__c', input: records,
	    pollTimeout: 3600000, pollInterval: 1000 });
	for (const r of done.successfulResults)
		byKey.set(r.Magento_Id__c, r);
	for (let i = 0; i < payloads.length; i += 1000)
		process.stdout.write(payloads.slice(i, i + 1000).map((p) =>
		    verdict(p, byKey.get(p.key)) + '\n').join(''));
}

main();
