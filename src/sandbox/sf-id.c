/* sf-id - record ids: 15 characters of base 62 and 3 that guard their case */

#include <string.h>
#include <time.h>

#include "sf-org.h"

/*
 * A record's number is its object's number in the high bits and a sequence
 * below (see sf-store.c).  In the id the sequence follows the prefix and a
 * fixed instance code, moved away from zero so that ids look like an old
 * org's and case matters in them.
 */
#define INSTANCE "Wz0"
#define AWAY 219614517
#define SEQ_MASK (((int64_t)1 << 40) - 1)

static const char base62[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static int
digit62(char c)
{
	const char *p = c ? strchr(base62, c) : NULL;

	return p ? (int)(p - base62) : -1;
}

const char *
sf_id_prefix(struct sf_schema *s, int num)
{
	const char prefix[4] = {'a', base62[num / 62 % 62], base62[num % 62],
	    '\0'};

	return sf_keep(s, prefix);
}

static void
check_chars(const char *s, char to[3])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
	int g, j, v;

	for (g = 0; g < 3; g++) {
		for (v = 0, j = 0; j < 5; j++)
			if (s[g * 5 + j] >= 'A' && s[g * 5 + j] <= 'Z')
				v |= 1 << j;
		to[g] = letters[v];
	}
}

void
sf_id_make(const char *prefix, int64_t n, char to[19])
{
	int i;

	n += AWAY;
	memcpy(to, prefix, 3);
	memcpy(to + 3, INSTANCE, 3);
	for (i = 14; i >= 6; i--, n /= 62)
		to[i] = base62[n % 62];
	check_chars(to, to + 15);
	to[18] = '\0';
}

int64_t
sf_id_number(const char *prefix, const char *s, size_t n)
{
	int64_t v = 0;
	char check[3];
	size_t i;

	if ((n != 15 && n != 18) || memcmp(s, prefix, 3) != 0)
		return -1;
	for (i = 6; i < 15; i++) {
		if (digit62(s[i]) < 0)
			return -1;
		v = v * 62 + digit62(s[i]);
	}
	check_chars(s, check);
	if ((n == 18 && memcmp(check, s + 15, 3) != 0) ||
	    memcmp(s + 3, INSTANCE, 3) != 0 || v <= AWAY)
		return -1;
	return v - AWAY;
}

void
sf_id_write(const struct sf_org *org, int64_t id, char to[19])
{
	const struct sf_object *o = sf_object_of(org, id);

	sf_id_make(o ? o->prefix : "000", id & SEQ_MASK, to);
}

int64_t
sf_id_read(const struct sf_org *org, const char *s, size_t n)
{
	const struct sf_object *o;
	char check[3];
	int64_t v;
	size_t i;

	if (n != 15 && n != 18)
		return -1;
	for (i = 0; i < n; i++)
		if (digit62(s[i]) < 0)
			return -1;
	check_chars(s, check);
	if (n == 18 && memcmp(check, s + 15, 3) != 0)
		return -1;
	if ((o = sf_object_by_prefix(org->schema, s)) == NULL)
		return 0;
	v = sf_id_number(o->prefix, s, n);
	return v <= 0 || v > SEQ_MASK ? 0 : (int64_t)o->num << 40 | v;
}

static bool
prefix_fits(const struct sf_org *org, const struct sf_field *f, const char *s)
{
	const struct sf_object *o;
	int i;

	if (f->type == SF_T_ID)
		return strncmp(f->object->prefix, s, 3) == 0;
	for (i = 0; i < f->ntargets; i++) {
		o = sf_target(f, i);
		if (o != NULL && strncmp(o->prefix, s, 3) == 0)
			return true;
		/* what is not modelled here */
		if (o == NULL && sf_object_by_prefix(org->schema, s) == NULL)
			return true;
	}
	return false;
}

int
sf_id_value(const struct sf_org *org, const struct sf_field *f,
    const char *s, size_t n, struct sf_val *v, struct sf_err *e)
{
	v->kind = SF_INT;
	v->i = sf_id_read(org, s, n);
	if (v->i < 0 || !prefix_fits(org, f, s))
		return sf_fail(e, "MALFORMED_ID", f->name,
		    "%s: id value of incorrect type: %.*s", f->label,
		    (int)sf_whole(s, n, 200), s);
	return 0;
}

void
sf_text(const struct sf_org *org, const struct sf_field *f,
    const struct sf_val *v, const char *zone, struct buf *b)
{
	char id[19];

	if (v->kind == SF_INT &&
	    (f->type == SF_T_REFERENCE || f->type == SF_T_ID)) {
		sf_id_write(org, v->i, id);
		buf_add(b, id, SF_ID_LEN);
	} else {
		sf_value_text(f, v, zone, b);
	}
}

void
sf_to_json(const struct sf_org *org, const struct sf_field *f,
    const struct sf_val *v, struct buf *b)
{
	char id[19];

	if (v->kind == SF_INT &&
	    (f->type == SF_T_REFERENCE || f->type == SF_T_ID)) {
		sf_id_write(org, v->i, id);
		buf_json(b, id, SF_ID_LEN);
	} else {
		sf_value_to_json(f, v, b);
	}
}

void
sf_blob_url(const struct sf_org *org, const struct sf_row *r,
    const struct sf_field *f, const char *version, struct buf *b)
{
	char id[19];

	if (r->v[f->index].kind != SF_TEXT) {
		buf_str(b, "null");
		return;
	}
	sf_id_write(org, r->id, id);
	buf_fmt(b, "\"/services/data/v%s/sobjects/%s/%s/%s\"", version,
	    r->o->name, id, f->name);
}

int64_t
sf_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
