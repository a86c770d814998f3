// What sf-load does, by jsforce: payloads in, verdicts out.  load calls it.
'use strict';
const jsforce = require(process.env.MILLRACE_CLIENTS + '/jsforce');
const lines = require('readline').createInterface({ input: process.stdin });
const conn = new jsforce.Connection({ instanceUrl: process.env.SF_URL,
	accessToken: process.env.TOKEN, version: '62.0' });
const MOST = 500000;	// records a job: 150 MB are too many

// By phase and object; of a payload only what its verdict needs is kept.
const jobs = new Map();

function add(p) {
	const name = p.phase + ' ' + p.object;
	let job = jobs.get(name);
	if (!job) {
		job = { phase: p.phase, object: p.object, extid: p.extid,
		    payloads: [], records: [] };
		jobs.set(name, job);
	}
	job.records.push({ [p.extid]: p.key, ...p.insert, ...p.fields });
	job.payloads.push({ object: p.object, map: p.map, source: p.source,
	    key: p.key, extid: p.extid, parent: p.parent, rev: p.rev,
	    hash: p.hash });
	return job.records.length;
}

function verdict(p, r) {
	return JSON.stringify({ verdict: r.sf__Created === 'true' ?
	    'created' : 'updated', ...p, id: r.sf__Id }) + '\n';
}

async function load(job) {
	const byKey = new Map();
	const done = await conn.bulk2.loadAndWaitForResults({
	    object: job.object, operation: 'upsert',
	    externalIdFieldName: job.extid, input: job.records,
	    pollTimeout: 3600000, pollInterval: 1000 });
	for (const r of done.successfulResults)
		byKey.set(r[job.extid], r);
	for (let i = 0; i < job.payloads.length; i += 1000)
		process.stdout.write(job.payloads.slice(i, i + 1000)
		    .map((p) => verdict(p, byKey.get(p.key))).join(''));
}

async function loadAll() {
	const all = [...jobs.values()].sort((a, b) => a.phase - b.phase);
	jobs.clear();
	while (all.length > 0)
		await load(all.shift());
}

async function main() {
	for await (const line of lines) {
		const p = JSON.parse(line);
		if (p.verdict)
			process.stdout.write(line + '\n');
		else if (add(p) === MOST)
			await loadAll();
	}
	await loadAll();
}

main();
