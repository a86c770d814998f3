/*
 * map-html - the plain text of HTML
 *
 * Not a browser: what shops write into descriptions and pages is read on as
 * far as it makes sense, and nothing of it is an error.
 */

#include <ctype.h>
#include <strings.h>

#include "map-eval.h"
#include "utf8.h"

/* By name; nbsp is a blank here, which a field can wrap. */
static const struct {
	const char *name;
	unsigned point;
} references[] = {
	{ "AElig", 198 }, { "Aacute", 193 }, { "Acirc", 194 },
	{ "Agrave", 192 }, { "Aring", 197 }, { "Atilde", 195 },
	{ "Auml", 196 }, { "Ccedil", 199 }, { "Dagger", 8225 },
	{ "ETH", 208 }, { "Eacute", 201 }, { "Ecirc", 202 },
	{ "Egrave", 200 }, { "Euml", 203 }, { "Iacute", 205 },
	{ "Icirc", 206 }, { "Igrave", 204 }, { "Iuml", 207 },
	{ "Ntilde", 209 }, { "OElig", 338 }, { "Oacute", 211 },
	{ "Ocirc", 212 }, { "Ograve", 210 }, { "Oslash", 216 },
	{ "Otilde", 213 }, { "Ouml", 214 }, { "Prime", 8243 },
	{ "Scaron", 352 }, { "THORN", 222 }, { "Uacute", 218 },
	{ "Ucirc", 219 }, { "Ugrave", 217 }, { "Uuml", 220 },
	{ "Yacute", 221 }, { "Yuml", 376 }, { "aacute", 225 },
	{ "acirc", 226 }, { "acute", 180 }, { "aelig", 230 },
	{ "agrave", 224 }, { "amp", 38 }, { "apos", 39 }, { "aring", 229 },
	{ "asymp", 8776 }, { "atilde", 227 }, { "auml", 228 },
	{ "bdquo", 8222 }, { "brvbar", 166 }, { "bull", 8226 },
	{ "ccedil", 231 }, { "cedil", 184 }, { "cent", 162 }, { "circ", 710 },
	{ "copy", 169 }, { "curren", 164 }, { "dagger", 8224 },
	{ "darr", 8595 }, { "deg", 176 }, { "divide", 247 },
	{ "eacute", 233 }, { "ecirc", 234 }, { "egrave", 232 },
	{ "emsp", 8195 }, { "ensp", 8194 }, { "eth", 240 }, { "euml", 235 },
	{ "euro", 8364 }, { "fnof", 402 }, { "frac12", 189 },
	{ "frac14", 188 }, { "frac34", 190 }, { "frasl", 8260 },
	{ "ge", 8805 }, { "gt", 62 }, { "harr", 8596 }, { "hearts", 9829 },
	{ "hellip", 8230 }, { "iacute", 237 }, { "icirc", 238 },
	{ "iexcl", 161 }, { "igrave", 236 }, { "infin", 8734 },
	{ "iquest", 191 }, { "iuml", 239 }, { "laquo", 171 },
	{ "larr", 8592 }, { "ldquo", 8220 }, { "le", 8804 },
	{ "lsaquo", 8249 }, { "lsquo", 8216 }, { "lt", 60 }, { "macr", 175 },
	{ "mdash", 8212 }, { "micro", 181 }, { "middot", 183 },
	{ "minus", 8722 }, { "nbsp", 32 }, { "ndash", 8211 }, { "ne", 8800 },
	{ "not", 172 }, { "ntilde", 241 }, { "oacute", 243 },
	{ "ocirc", 244 }, { "oelig", 339 }, { "ograve", 242 },
	{ "ordf", 170 }, { "ordm", 186 }, { "oslash", 248 },
	{ "otilde", 245 }, { "ouml", 246 }, { "para", 182 },
	{ "permil", 8240 }, { "plusmn", 177 }, { "pound", 163 },
	{ "prime", 8242 }, { "quot", 34 }, { "raquo", 187 }, { "rarr", 8594 },
	{ "rdquo", 8221 }, { "reg", 174 }, { "rsaquo", 8250 },
	{ "rsquo", 8217 }, { "sbquo", 8218 }, { "scaron", 353 },
	{ "sect", 167 }, { "shy", 173 }, { "sup1", 185 }, { "sup2", 178 },
	{ "sup3", 179 }, { "szlig", 223 }, { "thinsp", 8201 },
	{ "thorn", 254 }, { "tilde", 732 }, { "times", 215 },
	{ "trade", 8482 }, { "uacute", 250 }, { "uarr", 8593 },
	{ "ucirc", 251 }, { "ugrave", 249 }, { "uml", 168 }, { "uuml", 252 },
	{ "yacute", 253 }, { "yen", 165 }, { "yuml", 255 }, { "zwj", 8205 },
	{ "zwnj", 8204 },
};
enum { REFERENCES = sizeof(references) / sizeof(*references) };

/* What &#128; to &#159; mean: they are bytes of Windows-1252. */
static const unsigned windows[32] = { 8364, 129, 8218, 402, 8222, 8230, 8224,
	8225, 710, 8240, 352, 8249, 338, 141, 381, 143, 144, 8216, 8217, 8220,
	8221, 8226, 8211, 8212, 732, 8482, 353, 8250, 339, 157, 382, 376 };

static const char blocks[] = " address article aside blockquote body caption "
    "center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html li main menu nav ol p pre "
    "section summary table tbody tfoot thead title tr ul ";
static const char dropped[] = " noscript object script style svg template ";

struct text {			/* what is written */
	struct buf *out;
	size_t from;		/* where it begins in it */
	bool blank;		/* a blank is due before the next letter */
	int breaks;		/* newlines are due */
	/* looked for once, as looking again and again would take for ever */
	bool no_tag, no_comment;	/* none ends in what is left */
};

/* ---- writing ---- */

static void
put_due(struct text *t)
{
	int i;

	if (t->out->n > t->from) {
		for (i = 0; i < t->breaks && i < 2; i++)
			buf_char(t->out, '\n');
		if (t->blank && t->breaks == 0)
			buf_char(t->out, ' ');
	}
	t->blank = false;
	t->breaks = 0;
}

static void
put_point(struct text *t, unsigned point)
{
	char room[4];

	put_due(t);
	buf_put(t->out, room, (size_t)(utf8_put(room, point) - room));
}

/* A byte of the text as it stands; the bytes of a character follow each
 * other. */
static void
put_byte(struct text *t, char c)
{
	if (((unsigned char)c & 0xc0) != 0x80)
		put_due(t);
	buf_char(t->out, c);
}

static void
block(struct text *t)
{
	if (t->breaks == 0)
		t->breaks = 1;
	t->blank = false;
}

/* ---- character references ---- */

static unsigned
numeric(const char *p, const char *end, const char **next)
{
	unsigned v = 0;
	int base = 10;
	const char *from;

	if (p < end && (*p | 32) == 'x') {
		base = 16;
		p++;
	}
	for (from = p; p < end && (base == 16 ? isxdigit((unsigned char)*p) :
	    isdigit((unsigned char)*p)); p++)
		if (v < 0x110000)
			v = v * (unsigned)base + (unsigned)(*p <= '9' ?
			    *p - '0' : (*p | 32) - 'a' + 10);
	*next = p < end && *p == ';' ? p + 1 : p;
	if (p == from)
		return 0;
	if (v >= 128 && v < 160)
		v = windows[v - 128];
	return v == 0 || v > 0x10ffff || (v >= 0xd800 && v < 0xe000) ?
	    0xfffd : v;
}

static unsigned
named(const char *p, const char *end, const char **next)
{
	const char *semicolon = p;
	struct slice name;
	size_t i;

	while (semicolon < end && semicolon - p < 10 &&
	    isalnum((unsigned char)*semicolon))
		semicolon++;
	if (semicolon == end || *semicolon != ';')
		return 0;
	name = (struct slice){ p, (size_t)(semicolon - p) };
	for (i = 0; i < REFERENCES; i++)
		if (slice_is(name, references[i].name)) {
			*next = semicolon + 1;
			return references[i].point;
		}
	return 0;
}

/* Behind the &; what is no reference is an & like any other. */
static const char *
reference(struct text *t, const char *p, const char *end)
{
	const char *next = p;
	unsigned point = p < end && *p == '#' ? numeric(p + 1, end, &next) :
	    named(p, end, &next);

	if (point == 160 || (point > 0 && point <= ' '))
		t->blank = true;
	else
		put_point(t, point == 0 ? '&' : point);
	return point == 0 ? p : next;
}

/* ---- tags ---- */

/* The end of a tag, > in its quoted values passed over. */
static const char *
tag_end(const char *p, const char *end)
{
	const char *from = p, *close;

	for (; p < end && *p != '>'; p++) {
		if ((*p != '"' && *p != '\'') || p[-1] != '=')
			continue;
		close = memchr(p + 1, *p, (size_t)(end - p - 1));
		if (close == NULL)	/* the quote is not closed */
			return memchr(from, '>', (size_t)(end - from));
		p = close;
	}
	return p < end ? p : NULL;
}

static bool
among(const char *list, struct slice name)
{
	char word[16];
	size_t i;

	if (name.n + 3 > sizeof(word))
		return false;
	word[0] = word[name.n + 1] = ' ';
	word[name.n + 2] = '\0';
	for (i = 0; i < name.n; i++)
		word[i + 1] = (char)tolower((unsigned char)name.p[i]);
	return strstr(list, word) != NULL;
}

/* Behind the closing tag of what is dropped with all that is in it. */
static const char *
pass_dropped(struct slice name, const char *p, const char *end)
{
	const char *q;

	for (; p < end; p++) {
		if (*p != '<' || (size_t)(end - p) < name.n + 2 ||
		    p[1] != '/' || strncasecmp(p + 2, name.p, name.n) != 0)
			continue;
		q = memchr(p, '>', (size_t)(end - p));
		return q == NULL ? end : q + 1;
	}
	return end;
}

static const char *
comment(struct text *t, const char *p, const char *end)
{
	const char *q = t->no_comment ? NULL :
	    memmem(p, (size_t)(end - p), "-->", 3);

	if (q != NULL)
		return q + 3;
	t->no_comment = true;
	q = memchr(p, '>', (size_t)(end - p));
	return q == NULL ? end : q + 1;
}

/* At a <; behind the tag, or NULL: it is a < like any other. */
static const char *
tag(struct text *t, const char *p, const char *end)
{
	const char *q = p + 1, *close;
	bool ends = q < end && *q == '/';
	struct slice name;

	if (end - p >= 4 && memcmp(p, "<!--", 4) == 0)
		return comment(t, p + 4, end);
	q += ends;
	if (q == end || t->no_tag || !(isalpha((unsigned char)*q) ||
	    (!ends && (*q == '!' || *q == '?'))))
		return NULL;
	t->no_tag = (close = tag_end(q, end)) == NULL;
	if (t->no_tag)
		return NULL;
	name.p = q;
	while (q < close && isalnum((unsigned char)*q))
		q++;
	name.n = (size_t)(q - name.p);
	if (!ends && close[-1] != '/' && among(dropped, name))
		return pass_dropped(name, close, end);
	if (among(" br ", name))
		t->breaks++;
	else if (among(blocks, name))
		block(t);
	else if (among(" td th ", name))
		t->blank = true;
	return close + 1;
}

void
html_text(struct slice html, struct buf *out)
{
	const char *p = html.p, *end = p + html.n, *next;
	struct text t = { .out = out, .from = out->n };

	while (p < end && !out->over) {
		if (*p == '<' && (next = tag(&t, p, end)) != NULL)
			p = next;
		else if (*p == '&')
			p = reference(&t, p + 1, end);
		else if (isspace((unsigned char)*p)) {
			t.blank = true;
			p++;
		} else
			put_byte(&t, *p++);
	}
}
