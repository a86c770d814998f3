/* sf-limits - versions, resources, limits, record counts */

#include <stdlib.h>
#include <string.h>

#include "sf-api.h"

void
sf_versions(struct sf_http *h)
{
	static const char *const seasons[] = {"Spring", "Summer", "Winter"};
	struct buf *b = sf_ok(h, 200);
	int v;

	buf_byte(b, '[');
	for (v = SF_VERSION_MIN; v <= SF_VERSION_MAX; v++) {
		/* v30 was Spring '14, three a year, Winter is next year's */
		int k = v - 30;

		buf_fmt(b, "%s{\"label\":\"%s '%02d\",\"url\":\"/services/data"
		    "/v%d.0\",\"version\":\"%d.0\"}",
		    v > SF_VERSION_MIN ? "," : "", seasons[k % 3],
		    14 + (k + (k % 3 == 2)) / 3, v, v);
	}
	buf_byte(b, ']');
}

void
sf_resources(struct sf_http *h)
{
	static const char *const names[] = {"tooling", "query", "queryAll",
	    "limits", "jobs", "composite", "sobjects"};
	struct buf *b = sf_ok(h, 200);
	char oid[19], uid[19];
	int i;

	sf_id_write(h->org, h->org->organization, oid);
	sf_id_write(h->org, h->org->user, uid);
	buf_fmt(b, "{\"identity\":\"%s/id/%s/%s\",", h->org->base, oid, uid);
	for (i = 0; i < 7; i++)
		buf_fmt(b, "%s\"%s\":\"/services/data/v%s/%s\"", i ? "," : "",
		    names[i], h->version, names[i]);
	buf_byte(b, '}');
}

static void
count(struct sf_http *h, const struct sf_object *o, struct buf *b)
{
	if (!o->setup)
		buf_fmt(b, "%s{\"count\":%lld,\"name\":\"%s\"}",
		    b->p[b->n - 1] == '[' ? "" : ",",
		    (long long)sf_count(h->org, o), o->name);
}

static void
record_count(struct sf_http *h)
{
	char *list = sf_arg(h, "sObjects"), *rest = list, *p;
	struct buf *b = sf_ok(h, 200);
	const struct sf_object *o;
	int n;

	buf_str(b, "{\"sObjects\":[");
	for (n = 0; list == NULL && n < h->org->schema->nobjects; n++)
		count(h, h->org->schema->objects[n], b);
	while ((p = strsep(&rest, ",")) != NULL)
		if ((o = sf_seen_object(h->org->schema, p)) != NULL)
			count(h, o, b);
	buf_str(b, "]}");
	free(list);
}

static void
limit(struct buf *b, const char *name, long max, long used)
{
	buf_fmt(b, "%s\"%s\":{\"Max\":%ld,\"Remaining\":%ld}",
	    b->p[b->n - 1] == '{' ? "" : ",", name, max,
	    max > used ? max - used : 0);
}

enum { QUERY_MB = 976562 };	/* results of query jobs, a day */

/* What nothing here uses up; the figures of an Enterprise Edition. */
static const struct { const char *name; long max; } fixed[] = {
	{"ActiveScratchOrgs", 3}, {"AnalyticsExternalDataSizeMB", 40960},
	{"ConcurrentAsyncGetReportInstances", 200},
	{"ConcurrentEinsteinDataInsightsStoryCreation", 5},
	{"ConcurrentEinsteinDiscoveryStoryCreation", 2},
	{"ConcurrentSyncReportRuns", 20},
	{"DailyAnalyticsDataflowJobExecutions", 60},
	{"DailyAnalyticsUploadedFilesSizeMB", 51200},
	{"DailyAsyncApexExecutions", 250000},
	{"DailyAsyncApexTests", 500},
	{"DailyDeliveredPlatformEvents", 50000},
	{"DailyDurableGenericStreamingApiEvents", 10000},
	{"DailyDurableStreamingApiEvents", 10000},
	{"DailyEinsteinDataInsightsStoryCreation", 1000},
	{"DailyFunctionsApiCallLimit", 235000},
	{"DailyGenericStreamingApiEvents", 10000},
	{"DailyScratchOrgs", 6}, {"DailyStandardVolumePlatformEvents", 25000},
	{"DailyStreamingApiEvents", 20000}, {"DailyWorkflowEmails", 1000},
	{"DurableStreamingApiConcurrentClients", 20}, {"FileStorageMB", 1073},
	{"HourlyAsyncReportRuns", 1200}, {"HourlyDashboardRefreshes", 200},
	{"HourlyDashboardResults", 5000}, {"HourlyDashboardStatuses", 999999999},
	{"HourlyLongTermIdMapping", 100000}, {"HourlyManagedContentPublicRequests",
	50000}, {"HourlyODataCallout", 20000},
	{"HourlyPublishedPlatformEvents", 250000},
	{"HourlyPublishedStandardVolumePlatformEvents", 1000},
	{"HourlyShortTermIdMapping", 100000},
	{"HourlySyncReportRuns", 500}, {"HourlyTimeBasedWorkflow", 50},
	{"MassEmail", 5000}, {"MonthlyEinsteinDiscoveryStoryCreation", 500},
	{"Package2VersionCreates", 6},
	{"Package2VersionCreatesWithoutValidation", 500},
	{"PermissionSets", 1500}, {"PrivateConnectOutboundCalloutHourlyLimitMB",
	0}, {"PublishCallbackUsageInApex", 1000}, {"SingleEmail", 5000},
	{"StreamingApiConcurrentClients", 20}
};

static void
org_limits(struct sf_http *h)
{
	const struct sf_org *org = h->org;
	struct buf *b = sf_ok(h, 200);
	size_t i;

	buf_byte(b, '{');
	limit(b, "DailyApiRequests", org->set.api_limit, org->api_calls);
	limit(b, "DailyBulkApiBatches", org->set.batch_limit, org->batches);
	limit(b, "DailyBulkV2QueryJobs", org->set.query_limit,
	    org->query_jobs);
	limit(b, "DailyBulkV2QueryFileStorageMB", QUERY_MB,
	    org->results_full ? QUERY_MB : 0);
	limit(b, "DataStorageMB", 1073, org->storage_full ? 1073 : 0);
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		limit(b, fixed[i].name, fixed[i].max, 0);
	buf_byte(b, '}');
}

void
sf_limits(struct sf_http *h)
{
	bool counts = h->parts == 2 && strcmp(h->part[1], "recordCount") == 0;

	if (h->parts > 1 && !counts)
		sf_not_found(h);
	else if (!sf_reads(h))
		;
	else if (counts)
		record_count(h);
	else
		org_limits(h);
}
