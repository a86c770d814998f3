#include <err.h>
#include <string.h>

#include "mage-record.h"

int
record_open(struct record *r, struct call *c, enum kind k, int64_t id)
{
	ssize_t place = store_find(c->shop->store, k, id);
	struct piece text;
	yyjson_doc *was;

	memset(r, 0, sizeof *r);
	if (place == -1)
		return -1;
	text = store_at(c->shop->store, k, (size_t)place);
	was = php_read(text.p, text.n);
	r->doc = was ? yyjson_doc_mut_copy(was, NULL) : NULL;
	yyjson_doc_free(was);
	if (r->doc == NULL)
		errx(3, "%s %lld is not JSON", entities[k].name, (long long)id);
	r->shop = c->shop;
	r->kind = k;
	r->id = id;
	r->root = yyjson_mut_doc_get_root(r->doc);
	return 0;
}

void
record_keep(struct record *r)
{
	struct buf b = {0};

	php_write(r->doc, &b);
	store_put(r->shop->store, r->kind, r->id, b.p, b.n);
	buf_free(&b);
	record_close(r);
}

void
record_close(struct record *r)
{
	yyjson_mut_doc_free(r->doc);
}
