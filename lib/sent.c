/* sent - what an update would send, as a digest. */
#include "sent.h"
#include "sign.h"

/* Is the text `name` among the strings of a raw array? */
static bool
among(struct slice array, struct slice name, struct pool *pool)
{
	struct slice v;
	struct scan s;

	if (array.n == 0)
		return false;
	scan_enter(&s, array);
	while (scan_element(&s, &v))
		if (slice_eq(scan_string(v, pool), name))
			return true;
	return false;
}

bool
sent_ignores(const struct payload *p, struct slice name, struct pool *pool)
{
	return among(p->quiet, name, pool) ||
	    (p->adopted && among(p->own, name, pool));
}

/* Names are sorted once, when the map is compiled: equal fields are equal
 * bytes. */
static void
put_object(struct sign_sha256 *s, const struct payload *p,
    struct slice object, struct pool *pool)
{
	struct slice key, v;
	struct scan in;
	char before = '{';

	if (object.p == NULL) {
		sign_sha256_put(s, "{}", 2);
		return;
	}
	if (p->quiet.n == 0 && !(p->adopted && p->own.n > 0)) {
		sign_sha256_put(s, object.p, object.n);
		return;
	}
	scan_enter(&in, object);
	while (scan_member(&in, &key, &v)) {
		if (sent_ignores(p, scan_plain(key, pool), pool))
			continue;
		sign_sha256_put(s, &before, 1);
		sign_sha256_put(s, "\"", 1);
		sign_sha256_put(s, key.p, key.n);
		sign_sha256_put(s, "\":", 2);
		sign_sha256_put(s, v.p, v.n);
		before = ',';
	}
	sign_sha256_put(s, before == '{' ? "{}" : "}", before == '{' ? 2 : 1);
}

struct slice
sent_hash(const struct payload *p, struct sign_sha256 *s, struct pool *pool)
{
	char hex[SIGN_HEX];

	sign_sha256_reset(s);
	put_object(s, p, p->update, pool);
	put_object(s, p, p->fields, pool);
	sign_sha256_end_hex(s, hex);
	return (struct slice){ pool_dup(pool, hex, SIGN_HEX - 1),
	    SIGN_HEX - 1 };
}
