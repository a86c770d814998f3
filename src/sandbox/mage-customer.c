/* POST customers and PUT customers/:id. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mage-address.h"
#include "mage-attribute.h"

struct change {
	struct call *c;
	struct record r;
	yyjson_val *sent;
	char now[20];
	int fresh;		/* being created */
};

/* --- what makes a customer valid --- */

/* Letters of any script, digits, blanks and , - _ . ' ’ ` & and no others;
 * 2.4.7's rule.  What is beyond ASCII counts as a letter except punctuation and
 * emoji. */
static int
name_valid(const char *s)
{
	size_t chars = 0;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c & 0xc0) != 0x80)
			chars++;
		if (strncmp(s, "\xe2\x80\x99", 3) == 0) {
			s += 2;
			continue;
		}
		if (strncmp(s, "\xe2\x80", 2) == 0 ||
		    strncmp(s, "\xf0\x9f", 2) == 0)
			return 0;	/* other punctuation, emoji */
		if (c < 0x80 && !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "abcdefghijklmnopqrstuvwxyz0123456789,-_.'`& \t\r\n", c))
			return 0;
	}
	return chars <= 255;
}

static int
email_valid(const char *s)
{
	const char *at = strchr(s, '@');

	return at && at > s && !strchr(at + 1, '@') && strchr(at, '.') &&
	    at[1] != '.' && !strpbrk(s, " \t\r\n<>()\"") &&
	    s[strlen(s) - 1] != '.';
}

static const char *
field(const struct change *ch, const char *name)
{
	return record_text(yyjson_mut_obj_get(ch->r.root, name));
}

static void
complain(struct buf *b, const char *text)
{
	if (b->n)
		buf_byte(b, '\n');
	buf_str(b, text);
}

static void
demand(struct buf *b, const char *value, const char *label)
{
	char text[100];

	if (*value)
		return;
	snprintf(text, sizeof text, "\"%s\" is a required value.", label);
	complain(b, text);
}

/* No complaints, or the refusal that they make together; `b` is freed. */
static int
settled(struct change *ch, struct buf *b)
{
	int none = b->n == 0;

	if (!none)
		refuse(&ch->c->no, 400, b->p, NULL);
	buf_free(b);
	return none;
}

/*
 * A PUT is merged into the customer by a plugin of the REST area alone: what
 * the consumer saves has to hold the required members itself, and the rest is
 * kept.
 */
static int
whole(struct change *ch)
{
	static const struct { const char *field, *label; } must[] = {
		{"website_id", "Associate to Website"},
		{"firstname", "First Name"}, {"lastname", "Last Name"},
		{"email", "Email"},
	};
	struct buf b = {0};

	for (int i = 0; i < 4; i++)
		demand(&b, input_text(yyjson_obj_get(ch->sent, must[i].field)),
		    must[i].label);
	return settled(ch, &b);
}

static int
valid(struct change *ch)
{
	static const struct { const char *field, *label; } names[] = {
		{"firstname", "First Name"}, {"lastname", "Last Name"},
		{"middlename", "Middle Name"},
	};
	struct buf b = {0};
	char text[100];
	int i;

	for (i = 0; i < 2; i++)
		demand(&b, field(ch, names[i].field), names[i].label);
	demand(&b, field(ch, "email"), "Email");
	if (*field(ch, "email") && !email_valid(field(ch, "email")))
		complain(&b, "\"Email\" is not a valid email address.");
	for (i = 0; i < 3; i++)
		if (ch->c->shop->set.release >= 20403 &&
		    !name_valid(field(ch, names[i].field))) {
			snprintf(text, sizeof text, "%s is not valid!",
			    names[i].label);
			complain(&b, text);
		}
	return settled(ch, &b);
}

static struct piece
record(const struct change *ch, enum kind k, int64_t id)
{
	ssize_t i = store_find(ch->c->shop->store, k, id);

	if (i == -1)
		return (struct piece){NULL, 0};
	return store_at(ch->c->shop->store, k, (size_t)i);
}

/* An e-mail is good once per website. */
static int
email_taken(struct change *ch)
{
	struct store *s = ch->c->shop->store;
	struct column c = entity_column(CUSTOMERS, "email");
	const char *email = field(ch, "email");
	struct piece v, site, mine = record(ch, CUSTOMERS, ch->r.id);
	size_t n = strlen(email);

	/* what it has already, nobody else has: no need to look at all */
	v = json_member(mine, "email");
	if (v.n == n + 2 && memcmp(v.p + 1, email, n) == 0 && json_is(
	    json_member(mine, "website_id"), field(ch, "website_id")))
		return 0;
	for (size_t i = 0; i < store_count(s, CUSTOMERS); i++) {
		v = store_value(s, CUSTOMERS, &c, i);
		if (v.p == NULL || v.n != n + 2 ||
		    strncasecmp(v.p + 1, email, n) != 0 ||
		    store_id(s, CUSTOMERS, i) == ch->r.id)
			continue;
		site = json_member(store_at(s, CUSTOMERS, i), "website_id");
		if (json_is(site, field(ch, "website_id")))
			return 1;
	}
	return 0;
}

static int
references_valid(struct change *ch)
{
	struct shop *shop = ch->c->shop;
	struct piece store = record(ch, STORES, atoll(field(ch, "store_id")));

	if (store_count(shop->store, GROUPS) &&
	    !record(ch, GROUPS, atoll(field(ch, "group_id"))).p)
		return refuse(&ch->c->no, 400,
		    "The specified customer group id does not exist.", NULL);
	if (store_count(shop->store, STORES) && (!store.p ||
	    !json_is(json_member(store, "website_id"),
	    field(ch, "website_id"))))
		return refuse(&ch->c->no, 400,
		    "The store view is not in the associated website.", NULL);
	if (email_taken(ch))
		return refuse(&ch->c->no, 400, ch->fresh &&
		    yyjson_obj_get(ch->sent, "id") ?
		    "This customer already exists in this store." :
		    "A customer with the same email address already exists in an"
		    " associated website.", NULL);
	return 0;
}

/* --- the customer --- */

static void
set_scalars(struct change *ch)
{
	static const char *const ours[] = {"id", "created_at", "updated_at",
	    "created_in", "default_billing", "default_shipping"};
	yyjson_val *k, *v;
	size_t i, max, o;

	yyjson_obj_foreach(ch->sent, i, max, k, v) {
		for (o = 0; o < sizeof ours / sizeof *ours; o++)
			if (yyjson_equals_str(k, ours[o]))
				break;
		if (o == sizeof ours / sizeof *ours && !yyjson_is_ctn(v))
			record_set(ch->r.doc, ch->r.root, yyjson_get_str(k),
			    input_scalar(ch->r.doc, "customer",
			    yyjson_get_str(k), v, 255 * 2));
	}
}

static void
set_subscribed(struct change *ch)
{
	yyjson_val *v = yyjson_obj_get(yyjson_obj_get(ch->sent,
	    "extension_attributes"), "is_subscribed");
	yyjson_mut_val *ext = yyjson_mut_obj_get(ch->r.root,
	    "extension_attributes");

	if (v == NULL)
		return;
	if (ext == NULL)
		ext = yyjson_mut_obj_add_obj(ch->r.doc, ch->r.root,
		    "extension_attributes");
	record_set(ch->r.doc, ext, "is_subscribed", yyjson_mut_bool(ch->r.doc,
	    yyjson_is_true(v) || strcmp(input_text(v), "1") == 0));
}

static int
save(struct change *ch)
{
	struct buf b = {0};

	set_scalars(ch);
	if (addresses_set(&ch->r, ch->c, yyjson_obj_get(ch->sent, "addresses"))
	    == -1 || attributes_set(&ch->r, CUSTOMER_ATTRIBUTES, ch->r.root,
	    yyjson_obj_get(ch->sent, "custom_attributes"), &ch->c->no) == -1)
		return -1;
	set_subscribed(ch);
	if (!valid(ch) || references_valid(ch) == -1)
		return -1;
	record_set_text(ch->r.doc, ch->r.root, "updated_at", ch->now);
	php_write(ch->r.doc, &b);
	store_put(ch->c->shop->store, CUSTOMERS, ch->r.id, b.p, b.n);
	buf_add(&ch->c->out, b.p, b.n);
	buf_free(&b);
	return 0;
}

static yyjson_val *
sent_customer(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body),
	    "customer");

	if (!yyjson_is_obj(sent)) {
		refuse_required(&c->no, "customer");
		return NULL;
	}
	if (input_check(c, "customer", sent) == -1 ||
	    attributes_check(c->shop, CUSTOMER_ATTRIBUTES, yyjson_obj_get(sent,
	    "custom_attributes"), &c->no) == -1)
		return NULL;
	return sent;
}

int
customer_update(struct call *c)
{
	struct change ch = {.c = c};
	int64_t id;
	char text[24];
	int rc;

	if (rest_id(c, 0, &id) == -1 || !(ch.sent = sent_customer(c)))
		return -1;
	/* the body's id wins over the path's, and the e-mail then collides */
	if (input_id(yyjson_obj_get(ch.sent, "id")) > 0)
		id = input_id(yyjson_obj_get(ch.sent, "id"));
	snprintf(text, sizeof text, "%lld", (long long)id);
	if (record_open(&ch.r, c, CUSTOMERS, id) == -1)
		return rest_missing(c, "customerId", text);
	shop_now(c->shop, ch.now);
	rc = c->way != AT_ONCE && !whole(&ch) ? -1 : save(&ch);
	record_close(&ch.r);
	return rc;
}

/* The website's first store, when the client names none. */
static void
default_store(struct change *ch)
{
	struct store *s = ch->c->shop->store;
	struct piece r, v;

	if (!yyjson_mut_obj_get(ch->r.root, "website_id"))
		record_set_id(ch->r.doc, ch->r.root, "website_id", 1);
	for (size_t i = 0; i < store_count(s, STORES); i++) {
		r = store_at(s, STORES, i);
		v = json_member(r, "website_id");
		if (!yyjson_mut_obj_get(ch->r.root, "store_id") &&
		    json_is(v, field(ch, "website_id")))
			record_set_id(ch->r.doc, ch->r.root, "store_id",
			    store_id(s, STORES, i));
	}
	if (!yyjson_mut_obj_get(ch->r.root, "store_id"))
		record_set_id(ch->r.doc, ch->r.root, "store_id", 1);
}

static void
created_in(struct change *ch)
{
	struct piece r = record(ch, STORES, atoll(field(ch, "store_id")));
	struct buf b = {0};

	json_text(json_member(r, "name"), &b);
	record_set_text(ch->r.doc, ch->r.root, "created_in",
	    b.n ? b.p : "Default Store View");
	buf_free(&b);
}

int
customer_create(struct call *c)
{
	static const char empty[] = "{\"id\":0,\"group_id\":1,\"addresses\":[],"
	    "\"disable_auto_group_change\":0,\"extension_attributes\":"
	    "{\"is_subscribed\":false}}";
	struct change ch = {.c = c, .fresh = 1, .r = {.shop = c->shop,
	    .kind = CUSTOMERS}};
	yyjson_doc *none;
	int rc;

	if ((ch.sent = sent_customer(c)) == NULL)
		return -1;
	none = php_read(empty, sizeof empty - 1);
	ch.r.doc = yyjson_doc_mut_copy(none, NULL);
	yyjson_doc_free(none);
	ch.r.root = yyjson_mut_doc_get_root(ch.r.doc);
	shop_now(c->shop, ch.now);
	set_scalars(&ch);
	default_store(&ch);
	created_in(&ch);
	record_set_text(ch.r.doc, ch.r.root, "created_at", ch.now);
	ch.r.id = -1;		/* no id is used up by what is refused */
	if (!valid(&ch) || references_valid(&ch) == -1)
		rc = -1;
	else {
		ch.r.id = store_next(c->shop->store, "customers", CUSTOMERS);
		record_set_id(ch.r.doc, ch.r.root, "id", ch.r.id);
		rc = save(&ch);
	}
	record_close(&ch.r);
	return rc;
}
