/* sign-base64 - bytes as text and back, RFC 4648 */
#include "sign.h"

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Three bytes, or the last one or two, as four letters. */
static void
put_group(const unsigned char *p, size_t n, char *out)
{
	unsigned bits = (unsigned)p[0] << 16 | (n > 1 ? p[1] : 0u) << 8 |
	    (n > 2 ? p[2] : 0u);

	out[0] = letters[bits >> 18];
	out[1] = letters[bits >> 12 & 63];
	out[2] = n > 1 ? letters[bits >> 6 & 63] : '=';
	out[3] = n > 2 ? letters[bits & 63] : '=';
}

void
sign_base64(struct buf *b, struct slice bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t i;

	if (!buf_room(b, 4 * ((bytes.n + 2) / 3)))
		return;
	for (i = 0; i < bytes.n; i += 3) {
		put_group(p + i, bytes.n - i, b->p + b->n);
		b->n += 4;
	}
}

void
sign_base64url(struct buf *b, struct slice bytes)
{
	size_t i, from = b->n;

	sign_base64(b, bytes);
	if (b->over)
		return;
	while (b->n > from && b->p[b->n - 1] == '=')
		b->n--;
	for (i = from; i < b->n; i++)
		if (b->p[i] == '+')
			b->p[i] = '-';
		else if (b->p[i] == '/')
			b->p[i] = '_';
}

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

int
sign_unbase64(struct buf *b, struct slice text, struct why *w)
{
	unsigned long bits = 0;
	size_t i, n = text.n;
	int have = 0, v;

	while (n > 0 && text.n - n < 2 && text.p[n - 1] == '=')
		n--;
	if (n % 4 == 1)
		return why(w, WHY_DATA, "base64 ends too early");
	for (i = 0; i < n; i++) {
		if ((v = sextet(text.p[i])) == -1)
			return why(w, WHY_DATA,
			    "no base64 at byte %zu", i + 1);
		bits = (bits << 6 | (unsigned long)v) & 0xffffff;
		if ((have += 6) >= 8) {
			have -= 8;
			buf_char(b, (char)(bits >> have & 0xff));
		}
	}
	return 0;
}
