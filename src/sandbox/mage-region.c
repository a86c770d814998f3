/* Regions of addresses, from the shop's directory of countries. */
#include <stdlib.h>

#include "mage.h"

int
region_find(struct shop *shop, int64_t id, struct buf *code, struct buf *name)
{
	struct piece all, one;
	struct buf text = {0};
	size_t at;
	int found = 0;

	for (size_t i = 0; !found && i < store_count(shop->store, COUNTRIES);
	    i++) {
		all = json_member(store_at(shop->store, COUNTRIES, i),
		    "available_regions");
		at = 0;
		while (!found && (one = json_item(all, &at)).p) {
			text.n = 0;
			json_text(json_member(one, "id"), &text);
			if (text.n == 0 || atoll(text.p) != id)
				continue;
			json_text(json_member(one, "code"), code);
			json_text(json_member(one, "name"), name);
			found = 1;
		}
	}
	buf_free(&text);
	return found;
}
