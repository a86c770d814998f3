/* sf-identity - who a token is for: /id/ORG/USER and userinfo */

#include <stdio.h>
#include <string.h>

#include "sf-oauth.h"

static void
urls(struct sf_http *h, struct buf *b)
{
	static const struct { const char *name, *path; } all[] = {
		{"enterprise", "/services/Soap/c/{version}/%.15s"},
		{"metadata", "/services/Soap/m/{version}/%.15s"},
		{"partner", "/services/Soap/u/{version}/%.15s"},
		{"rest", "/services/data/v{version}/"},
		{"sobjects", "/services/data/v{version}/sobjects/"},
		{"search", "/services/data/v{version}/search/"},
		{"query", "/services/data/v{version}/query/"},
		{"recent", "/services/data/v{version}/recent/"},
		{"tooling_soap", "/services/Soap/T/{version}/%.15s"},
		{"tooling_rest", "/services/data/v{version}/tooling/"}};
	char id[19], path[80];
	size_t i;

	sf_id_write(h->org, h->org->organization, id);
	buf_str(b, "\"urls\":{");
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		snprintf(path, sizeof(path), "%.*s%.15s",
		    (int)strcspn(all[i].path, "%"), all[i].path,
		    strchr(all[i].path, '%') ? id : "");
		buf_fmt(b, "%s\"%s\":\"%s%s\"", i ? "," : "", all[i].name,
		    h->org->base, path);
	}
	sf_id_write(h->org, h->org->user, id);
	buf_fmt(b, ",\"profile\":\"%s/%s\"}", h->org->base, id);
}

/* Members that both answers have, the ids and names before them. */
static void
rest(struct sf_http *h, struct buf *b)
{
	buf_fmt(b, ",\"email\":\"%s\",\"email_verified\":true,",
	    SF_USERNAME);
	urls(h, b);
	buf_str(b, ",\"active\":true,\"user_type\":\"STANDARD\","
	    "\"language\":\"en_US\",\"locale\":\"en_GB\",\"utcOffset\":0}");
}

void
sf_userinfo(struct sf_http *h)
{
	struct buf *b = sf_ok(h, 200);
	char oid[19], uid[19];

	sf_id_write(h->org, h->org->organization, oid);
	sf_id_write(h->org, h->org->user, uid);
	buf_fmt(b, "{\"sub\":\"%s/id/%s/%s\",\"user_id\":\"%s\","
	    "\"organization_id\":\"%s\",\"preferred_username\":\"%s\","
	    "\"nickname\":\"integration\",\"name\":\"Millrace Integration\","
	    "\"given_name\":\"Millrace\",\"family_name\":\"Integration\","
	    "\"zoneinfo\":\"Europe/London\"", h->org->base, oid, uid, uid,
	    oid, SF_USERNAME);
	rest(h, b);
}

static void
identity(struct sf_http *h, const char *oid, const char *uid)
{
	struct buf *b = sf_ok(h, 200);

	buf_fmt(b, "{\"id\":\"%s/id/%s/%s\",\"asserted_user\":true,"
	    "\"user_id\":\"%s\",\"organization_id\":\"%s\","
	    "\"username\":\"%s\",\"nick_name\":\"integration\","
	    "\"display_name\":\"Millrace Integration\","
	    "\"first_name\":\"Millrace\",\"last_name\":\"Integration\","
	    "\"timezone\":\"Europe/London\"", h->org->base, oid, uid, uid,
	    oid, SF_USERNAME);
	rest(h, b);
}

/* Another id than the token's own is refused with a word. */
void
sf_identity(struct sf_http *h, const char *path)
{
	const char *slash = strchr(path, '/');
	char oid[19], uid[19];

	sf_id_write(h->org, h->org->organization, oid);
	sf_id_write(h->org, h->org->user, uid);
	if (slash == NULL || (size_t)(slash - path) < 15 ||
	    strncmp(path, oid, 15) != 0)
		buf_str(sf_type(h, 403, "text/html"), "Wrong_Org");
	else if (strncmp(slash + 1, uid, 15) != 0)
		buf_str(sf_type(h, 404, "text/html"), "Bad_Id");
	else
		identity(h, oid, uid);
}
