/*
 * map-site - fields that differ by website
 *
 * A field may have a line for each website and one for all others.  They
 * become one field whose expression picks by $store.website, so that nothing
 * behind the reader knows of websites.
 */

#include "map-parse.h"
#include "map-reader.h"

enum { LINES = 64 };		/* of one field: each nests an `if` */

static const struct macro choice = { "website", 3, { "codes", "yes", "no" },
	"if $store.website | IN(codes) then yes else no end" };
static const struct macro nothing = { "website", 0, { NULL }, "empty" };

/* ---- reading ---- */

/* Looks for one code among those of the reference. */
struct looking {
	struct slice code;
	struct near near;
	struct buf all;
	bool found;
};

static void
see_code(void *ctx, struct slice code)
{
	struct looking *l = ctx;

	l->found |= slice_eq(l->code, code);
	near_try(&l->near, code);
	buf_str(&l->all, l->all.n == 0 ? "" : ", ");
	buf_slice(&l->all, code);
}

/* A typo would leave the website to the line for all others. */
static void
check_code(struct reader *r, struct slice code)
{
	struct looking l = { .code = code, .all = BUF(1024) };
	const char *best;

	if (r->set->world.ref == NULL)
		return;
	near_start(&l.near, code);
	if (ref_websites(r->set->world.ref, see_code, &l) > 0 && !l.found) {
		best = near_best(&l.near);
		mistake(r->mistakes, &r->map->source, code.p, "the store has "
		    "no website '%.*s', %s%s%s", (int)code.n, code.p,
		    best ? "did you mean '" : "its websites are ",
		    best ? best : buf_cstr(&l.all), best ? "'?" : "");
		r->failed = true;
	}
	buf_free(&l.all);
}

static bool
check_store(struct reader *r, const char *at)
{
	const struct name *n = r->map->names;

	while (n != NULL && !slice_is(n->name, "store"))
		n = n->next;
	if (n == NULL || n->missing == NULL)
		return true;
	reader_fail(r, at, "which website a record is of is not known "
	    "without --ref");
	return false;
}

bool
sites_read(struct reader *r, struct field_map *f)
{
	struct slice code;
	size_t i;

	if (!check_store(r, r->p.lex.at))
		return false;
	do {
		lex_next(&r->p.lex);	/* `website`, or the comma */
		if (!reader_word(r, &code, "the code of a website"))
			return false;
		check_code(r, code);
		for (i = 0; i < f->n_sites; i++)
			if (slice_eq(f->sites[i], code))
				reader_fail(r, code.p, "this website stands "
				    "here twice");
		MORE(r->set->pool, f->sites, f->n_sites);
		f->sites[f->n_sites++] = code;
	} while (lex_op(&r->p.lex, ","));
	return true;
}

/* ---- lines of one field ---- */

/* A code that both have, or NULL. */
static const struct slice *
common(const struct field_map *f, const struct field_map *g)
{
	size_t i, k;

	for (i = 0; i < f->n_sites; i++)
		for (k = 0; k < g->n_sites; k++)
			if (slice_eq(f->sites[i], g->sites[k]))
				return &f->sites[i];
	return NULL;
}

static void
tell(struct reader *r, const struct field_map *f, const struct field_map *g,
    const char *what)
{
	mistake(r->mistakes, &r->map->source, f->at, "the lines of %.*s must "
	    "agree in %s, unlike this one and line %u", (int)f->name.n,
	    f->name.p, what, source_line(&r->map->source, g->at));
	r->failed = true;
}

/* Disabled for all websites: as if it were not there. */
static bool
is_void(const struct field_map *f)
{
	return f->off && f->n_sites == 0;
}

static bool
pair_clashes(struct reader *r, const struct field_map *f,
    const struct field_map *g)
{
	const struct slice *both = common(f, g);

	if (f->when != g->when && f->when != WHEN_ALWAYS &&
	    g->when != WHEN_ALWAYS)
		return false;
	if (both != NULL) {
		mistake(r->mistakes, &r->map->source, both->p, "%.*s of "
		    "website %.*s is set in line %u already", (int)f->name.n,
		    f->name.p, (int)both->n, both->p,
		    source_line(&r->map->source, g->at));
		r->failed = true;
	} else if (is_void(f) || is_void(g)) {
		return false;
	} else if (f->n_sites == 0 && g->n_sites == 0) {
		mistake(r->mistakes, &r->map->source, f->at,
		    "%.*s is set in line %u already", (int)f->name.n,
		    f->name.p, source_line(&r->map->source, g->at));
		r->failed = true;
	} else if (f->when != g->when) {
		tell(r, f, g, "[insert] and [update]");
	} else if (!f->off && !g->off &&
	    (f->own != g->own || f->quiet != g->quiet)) {
		tell(r, f, g, "[own] and [quiet]");
	} else {
		return false;
	}
	return true;
}

void
sites_clash(struct reader *r, const struct field_map *f)
{
	size_t i;

	for (i = 0; i < r->map->n_fields; i++)
		if (slice_eq(f->name, r->map->fields[i].name) &&
		    pair_clashes(r, f, &r->map->fields[i]))
			return;
}

/* ---- one field of them ---- */

/* All lines of the field that line `from` begins; those for websites first. */
static void
gather(struct reader *r, size_t from, struct field_map *f)
{
	struct map *m = r->map;
	struct field_map *g;
	int round;
	size_t i;

	for (round = 0; round < 2; round++)
		for (i = from; i < m->n_fields; i++) {
			g = &m->fields[i];
			if (g->when != f->when || is_void(g) ||
			    (g->n_sites > 0) != (round == 0) ||
			    !slice_eq(g->name, f->name))
				continue;
			MORE(r->set->pool, f->lines, f->n_lines);
			f->lines[f->n_lines++] = g;
			f->child |= g->child;
			f->off &= g->off;
			f->own |= g->own && !g->off;
			f->quiet |= g->quiet && !g->off;
			g->part = true;
		}
}

static struct node *
codes(struct parser *p, const struct field_map *f)
{
	struct node *n = parse_constant(p, f->at, val_slice(f->sites[0]));
	size_t i;

	for (i = 1; i < f->n_sites; i++)
		n = parse_two(p, N_COMMA, f->at, n, parse_constant(p, f->at,
		    val_slice(f->sites[i])));
	return n;
}

static struct node *
choose(struct reader *r, const struct field_map *f)
{
	struct node *n = NULL, *args[3];
	const struct field_map *g;
	size_t i;

	for (i = f->n_lines; i-- > 0; ) {
		g = f->lines[i];
		args[1] = g->off ? parse_macro(&r->p, &nothing, NULL, g->at) :
		    g->expr;
		if (g->n_sites == 0) {
			n = args[1];
			continue;
		}
		if (n == NULL)
			n = parse_macro(&r->p, &nothing, NULL, g->at);
		args[0] = codes(&r->p, g);
		args[2] = n;
		n = parse_macro(&r->p, &choice, args, g->at);
	}
	return n;
}

static void
merge(struct reader *r, size_t from)
{
	struct map *m = r->map;
	struct field_map f = m->fields[from];

	f.sites = NULL;
	f.n_sites = 0;
	f.off = true;
	f.own = f.quiet = f.child = false;
	gather(r, from, &f);
	if (f.n_lines > LINES) {
		reader_fail(r, f.at, "too many lines of one field");
		return;
	}
	if (f.off)
		return;
	r->p.nodes = 0;
	f.expr = choose(r, &f);
	MORE(r->set->pool, m->sited, m->n_sited);
	m->sited[m->n_sited++] = f;
}

static bool
has_sites(const struct map *m, const struct field_map *f)
{
	size_t i;

	for (i = 0; i < m->n_fields; i++)
		if (m->fields[i].n_sites > 0 && m->fields[i].when == f->when &&
		    slice_eq(m->fields[i].name, f->name))
			return true;
	return false;
}

void
sites_merge(struct reader *r)
{
	const struct field_map *f;
	size_t i;

	for (i = 0; i < r->map->n_fields; i++) {
		f = &r->map->fields[i];
		if (!f->part && !is_void(f) && has_sites(r->map, f))
			merge(r, i);
	}
}

/* ---- a record ---- */

const struct field_map *
site_line(const struct map_run *r, const struct field_map *f)
{
	struct val store = r->ev.vars[r->set->store_slot], site;
	const struct field_map *g;
	size_t i, k;

	if (f->n_lines == 0)
		return f;
	site = store.kind == V_OBJECT ? val_get(store, SLICE("website"),
	    NULL) : val_null();
	for (i = 0; i < f->n_lines; i++) {
		g = f->lines[i];
		if (g->n_sites == 0)
			return g;
		for (k = 0; k < g->n_sites && site.kind == V_STRING; k++)
			if (slice_eq(g->sites[k], val_bytes(site)))
				return g;
	}
	return NULL;
}
