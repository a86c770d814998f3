// js - run code from stdin with jsforce: `conn` is logged in with the token,
// `jsforce` the module, `print` shows a value as JSON, `env` the environment.
// What it throws is printed with its code and its properties; status 1.
const path = require('node:path');
const fs = require('node:fs');
const env = process.env;
const jsforce = require(path.join(env.MILLRACE_CLIENTS, 'jsforce'));

const print = (v) => console.log(JSON.stringify(v));
const conn = new jsforce.Connection({
	instanceUrl: env.SF_URL,
	accessToken: env.TOKEN,
	version: '62.0',
});
const AsyncFunction = (async () => {}).constructor;
const code = new AsyncFunction('conn', 'jsforce', 'print', 'env', 'require',
	fs.readFileSync(0, 'utf8'));

code(conn, jsforce, print, env, require).catch((e) => {
	print({ name: e.name, message: e.message, errorCode: e.errorCode, ...e });
	process.exitCode = 1;
});
