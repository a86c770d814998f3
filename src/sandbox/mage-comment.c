/* Status history: with a save, and on its own. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-change.h"

/* A status history row of what was sent; newest first in the order. */
yyjson_mut_val *
change_history(struct change *ch, yyjson_val *sent)
{
	yyjson_mut_val *list = yyjson_mut_obj_get(ch->order,
	    "status_histories"), *h = yyjson_mut_obj(ch->doc), *v;
	yyjson_val *k, *one;
	size_t i, max;

	if (list == NULL)
		list = yyjson_mut_obj_add_arr(ch->doc, ch->order,
		    "status_histories");
	record_set(ch->doc, h, "comment", yyjson_mut_null(ch->doc));
	record_set_text(ch->doc, h, "created_at", ch->now);
	record_set_id(ch->doc, h, "entity_id",
	    store_next(ch->c->shop->store, "comments", KINDS));
	record_set(ch->doc, h, "is_customer_notified",
	    yyjson_mut_null(ch->doc));
	record_set_id(ch->doc, h, "is_visible_on_front", 0);
	yyjson_obj_foreach(sent, i, max, k, one)
		if ((v = input_scalar(ch->doc, "order-status-history",
		    yyjson_get_str(k), one, 0)) &&
		    !yyjson_equals_str(k, "created_at") &&
		    !yyjson_equals_str(k, "entity_id"))
			record_set(ch->doc, h, yyjson_get_str(k), v);
	record_set_id(ch->doc, h, "parent_id", ch->id);
	if (!yyjson_mut_obj_get(h, "status"))
		record_set(ch->doc, h, "status", yyjson_mut_val_mut_copy(
		    ch->doc, yyjson_mut_obj_get(ch->order, "status")));
	yyjson_mut_arr_prepend(list, h);
	return h;
}

yyjson_mut_val *
change_histories(struct change *ch)
{
	yyjson_val *list = yyjson_obj_get(ch->sent, "status_histories"), *one;
	yyjson_mut_val *answer = yyjson_mut_arr(ch->doc), *h;
	size_t i, max;

	if (!yyjson_is_arr(list))
		return yyjson_mut_val_mut_copy(ch->doc,
		    yyjson_mut_obj_get(ch->order, "status_histories"));
	yyjson_arr_foreach(list, i, max, one) {
		if (input_id(yyjson_obj_get(one, "entity_id")) > 0) {
			yyjson_mut_arr_append(answer,
			    yyjson_val_mut_copy(ch->doc, one));
			continue;
		}
		h = yyjson_mut_val_mut_copy(ch->doc, change_history(ch, one));
		yyjson_mut_obj_remove_key(h, "created_at");
		yyjson_mut_arr_append(answer, h);
	}
	return answer;
}

/* --- comments on their own --- */

/* Which statuses a shop as installed has for a state. */
static int
status_fits(const char *state, const char *status)
{
	static const char *const pair[][2] = {
		{"new", " pending "}, {"processing", " processing fraud "},
		{"complete", " complete "}, {"closed", " closed "},
		{"canceled", " canceled "}, {"holded", " holded "},
		{"payment_review", " payment_review fraud "},
		{"pending_payment", " pending_payment "},
	};
	char name[100];

	snprintf(name, sizeof name, " %.90s ", status);
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
		if (strcmp(pair[i][0], state) == 0)
			return strstr(pair[i][1], name) != NULL;
	return 1;
}

static int
bad_status(struct call *c, const char *status)
{
	struct buf b = {0};

	buf_byte(&b, '[');
	php_string(&b, status, strlen(status));
	buf_byte(&b, ']');
	refuse(&c->no, 400, "Unable to add comment: The status \"%1\" is not part"
	    " of the order\n                 status history.", b.p);
	buf_free(&b);
	return -1;
}

/* Before 2.4.7 the order's status became that of the comment, any text, and
 * null when there was none. */
static void
set_status(struct change *ch, const char *status)
{
	if (strcmp(status, record_text(yyjson_mut_obj_get(ch->order,
	    "status"))) == 0)
		return;
	if (*status)
		record_set_text(ch->doc, ch->order, "status", status);
	else
		record_set(ch->doc, ch->order, "status", NULL);
	record_set_text(ch->doc, ch->order, "updated_at", ch->now);
}

static int
comment(struct change *ch, yyjson_val *sent)
{
	const char *status = input_text(yyjson_obj_get(sent, "status"));
	const char *state = record_text(yyjson_mut_obj_get(ch->order, "state"));
	int old = ch->c->shop->set.release < 20407;
	yyjson_mut_val *h;

	if (*status && !old && !status_fits(state, status))
		return bad_status(ch->c, status);
	h = change_history(ch, sent);
	if (*status || old)
		set_status(ch, status);
	if (*status == '\0' && old)
		record_set(ch->doc, h, "status", NULL);
	change_keep(ch);
	buf_str(&ch->c->out, "true");
	return 0;
}

int
order_comment(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body),
	    "statusHistory");
	struct change ch;
	int64_t id;
	int rc;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "statusHistory");
	if (input_check(c, "order-status-history", sent) == -1)
		return -1;
	if (change_open(&ch, c, id) == -1)
		rc = rest_missing(c, NULL, NULL);
	else
		rc = comment(&ch, sent);
	change_close(&ch);
	return rc;
}

int
order_comments(struct call *c)
{
	struct piece all = {NULL, 0}, one, list[1000];
	size_t at = 0, n = 0;
	ssize_t place;
	int64_t id;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if ((place = store_find(c->shop->store, ORDERS, id)) != -1)
		all = json_member(store_at(c->shop->store, ORDERS,
		    (size_t)place), "status_histories");
	while (n < 1000 && (one = json_item(all, &at)).p)
		list[n++] = one;
	buf_str(&c->out, "{\"items\":[");
	for (size_t i = n; i-- > 0;) {	/* oldest first here */
		buf_add(&c->out, list[i].p, list[i].n);
		if (i)
			buf_byte(&c->out, ',');
	}
	buf_fmt(&c->out, "],\"search_criteria\":{\"filter_groups\":[{\"filters\":"
	    "[{\"field\":\"parent_id\",\"value\":\"%lld\",\"condition_type\":"
	    "\"eq\"}]}]},\"total_count\":%zu}", (long long)id, n);
	return 0;
}

int
order_statuses(struct call *c)
{
	struct piece v;
	ssize_t place;
	int64_t id;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if ((place = store_find(c->shop->store, ORDERS, id)) == -1)
		return rest_missing(c, NULL, NULL);
	v = json_member(store_at(c->shop->store, ORDERS, (size_t)place),
	    "status");
	if (v.p)
		buf_add(&c->out, v.p, v.n);
	else
		buf_str(&c->out, "null");
	return 0;
}
