// mage - run code from stdin with Magento's clients: `api(more)` is a
// magento-api-rest of the shop's credentials, `signed(method, path, body)` a
// request by node's fetch with oauth-1.0a's header, `print` shows a value as
// JSON.  What it throws is printed with the shop's status and answer; status 1.
const path = require('node:path');
const fs = require('node:fs');
const crypto = require('node:crypto');
const env = process.env;
const load = (name) => require(path.join(env.MILLRACE_CLIENTS, name));
const Api = load('magento-api-rest').default;
const OAuth = load('oauth-1.0a');
const shop = JSON.parse(env.MAGE_CREDENTIALS);

const print = (v) => console.log(JSON.stringify(v));
const api = (more) => new Api({
	url: env.MAGE_URL,
	consumerKey: shop.consumer_key,
	consumerSecret: shop.consumer_secret,
	accessToken: shop.access_token,
	tokenSecret: shop.token_secret,
	sha: 256,
	...more,
});
const oauth = new OAuth({
	consumer: { key: shop.consumer_key, secret: shop.consumer_secret },
	signature_method: 'HMAC-SHA256',
	hash_function: (text, key) =>
		crypto.createHmac('sha256', key).update(text).digest('base64'),
});
const signed = async (method, where, body, headers) => {
	const url = env.MAGE_URL + where;
	const token = { key: shop.access_token, secret: shop.token_secret };
	const answer = await fetch(url, {
		method,
		headers: {
			...oauth.toHeader(oauth.authorize({ url, method }, token)),
			'Content-Type': 'application/json',
			...headers,
		},
		body: body && JSON.stringify(body),
	});
	return { status: answer.status, body: await answer.json() };
};
const AsyncFunction = (async () => {}).constructor;
const code = new AsyncFunction('api', 'signed', 'oauth', 'print', 'env',
	fs.readFileSync(0, 'utf8'));

code(api, signed, oauth, print, env).catch((e) => {
	print({ name: e.name, message: e.message, status: e.response?.status,
		body: e.response?.data });
	process.exitCode = 1;
});
