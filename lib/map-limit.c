/*
 * map-limit - what a record may cost: steps, memory, nesting, and the errors
 */

#include <stdarg.h>
#include <stdio.h>

#include "map-eval.h"

int
ev_error(struct ev *e, const char *fmt, ...)
{
	char text[600];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	n = (size_t)slice_cut(slice(text), sizeof(text) - 5);
	e->error = val_text(pool_dup(e->pool, text, n), n);
	return EV_ERROR;
}

void *
ev_get(struct ev *e, size_t n)
{
	e->memory += n;
	if (e->memory <= MAP_MEMORY)
		return pool_get(e->pool, n);
	e->fatal = true;
	ev_error(e, "needs more than %d MiB of memory for one record: look "
	    "for what multiplies", MAP_MEMORY >> 20);
	return NULL;
}

int
ev_text(struct ev *e, struct slice s, struct val *out)
{
	char *p = ev_get(e, s.n);

	if (p == NULL)
		return EV_ERROR;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	*out = val_text(p, s.n);
	return EV_ONE;
}

int
ev_scratch(struct ev *e, struct val *out)
{
	int r;

	if (e->text.over) {
		e->fatal = true;
		buf_reset(&e->text);
		return ev_error(e, "a text is too long");
	}
	r = ev_text(e, buf_all(&e->text), out);
	buf_reset(&e->text);
	return r;
}

int
ev_list(struct ev *e, const struct val *items, size_t n, struct val *out)
{
	size_t i;

	*out = (struct val){ .kind = V_ARRAY, .n = (uint32_t)n,
	    .items = items, .depth = 1 };
	for (i = 0; i < n; i++)
		if (items[i].depth + 1 > out->depth)
			out->depth = items[i].depth + 1;
	if (out->depth <= MAP_VALUE_DEPTH)
		return EV_ONE;
	return ev_error(e, "a value is nested deeper than %d",
	    MAP_VALUE_DEPTH);
}

int
ev_tired(struct ev *e)
{
	e->fatal = true;
	return ev_error(e, "takes more than %d steps for one record: look for "
	    "what multiplies", MAP_STEPS);
}

int
ev_weigh(struct ev *e, struct val v)
{
	uint32_t i;

	if (v.kind == V_STRING) {
		e->steps += v.n / 64;
	} else if (v.kind >= V_ARRAY && !(v.flags & VF_TABLE)) {
		e->steps += 1 + v.n / 4;
		for (i = 0; i < v.n && e->steps <= MAP_STEPS; i++)
			ev_look(e, v.kind == V_ARRAY ? &v.items[i] :
			    &v.members[i].value);
	}
	return e->steps <= MAP_STEPS ? EV_ONE : ev_tired(e);
}
