/* conf: typed settings, mistakes with their place, secrets and their modes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf.h"
#include "scan.h"

static char folder[] = "/tmp/conf-XXXXXX";

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
drop_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static char *
put(const char *name, const char *text, unsigned int mode)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
	return path;
}

static void
reads_types(void **state)
{
	char *path = put("a.conf", "[magento]\nurl = https://x/\n"
	    "in_flight = 7\nwriteback = no\ntimeout = 2m\n"
	    "[runs]\nline_limit = 64k\ndir = sub/runs\n", 0644);
	struct conf *c = conf_open(path, NULL);
	struct buf b = BUF(1 << 16);
	struct slice v;
	struct why w = {0};
	char *dir, *want;

	(void)state;
	assert_non_null(c);
	assert_string_equal(conf_text(c, "magento", "url"), "https://x/");
	assert_int_equal(conf_int(c, "magento", "in_flight"), 7);
	assert_int_equal(conf_int(c, "magento", "timeout"), 120);
	assert_int_equal(conf_int(c, "runs", "line_limit"), 65536);
	assert_int_equal(conf_int(c, "magento", "page_size"), 100);
	assert_false(conf_bool(c, "magento", "writeback"));
	assert_null(conf_text(c, "magento", "prefix"));
	dir = conf_path(c, "runs", "dir");
	want = xasprintf("%s/sub/runs", folder);
	assert_string_equal(dir, want);
	assert_int_equal(conf_set(c, "magento.in_flight=9", &w), 0);
	assert_int_equal(conf_set(c, "run.kind=nightly", &w), 0);
	assert_int_equal(conf_set(c, "magento.in_flight=x", &w), -1);
	assert_string_equal(conf_origin(c, "magento", "in_flight"), "--set");
	assert_string_equal(conf_origin(c, "magento", "page_size"), "default");
	conf_json(c, &b);
	assert_int_equal(scan_text(buf_all(&b), &v, &w), 0);
	assert_non_null(strstr(buf_cstr(&b), "\"in_flight\":9"));
	assert_non_null(strstr(b.p, "\"writeback\":false"));
	assert_non_null(strstr(b.p, "\"prefix\":null"));
	assert_non_null(strstr(b.p, "\"kind\":\"nightly\""));
	assert_null(strstr(b.p, "token_file"));
	buf_free(&b);
	free(dir);
	free(want);
	free(path);
	conf_close(c);
}

static void
refuses(const char *text, const char *said)
{
	char *path = put("bad.conf", text, 0644);
	struct why w = {0};

	assert_null(conf_open(path, &w));
	assert_int_equal(w.kind, WHY_SETUP);
	if (strstr(w.text, said) == NULL)
		fail_msg("'%s' has no '%s'", w.text, said);
	free(path);
}

static void
names_what_is_wrong(void **state)
{
	char line[400];

	(void)state;
	refuses("[magento]\nurll = x\n", ":2: unknown setting 'urll' in "
	    "[magento]; did you mean 'url'?");
	refuses("[magneto]\nurl = x\n", "did you mean [magento]?");
	refuses("[magento]\nin_flight = many\n", ":2: [magento] in_flight is "
	    "'many', not a whole number");
	refuses("[magento]\nin_flight = -1\n", "not a whole number");
	refuses("[runs]\nline_limit = -5\n", "not a size");
	refuses("[magento]\nlogin = oauth9\n", "not one of ");
	refuses("[magento]\nlogin = bearer|admin\n", "not one of ");
	refuses("url = x\n", "before any [section]");
	refuses("[magento]\nnonsense\n", ":2: neither");
	memset(line, 'x', sizeof(line));
	memcpy(line, "[magento]\nurl=", 14);
	line[sizeof(line) - 1] = '\0';
	line[sizeof(line) - 2] = '\n';
	refuses(line, ":2: line is longer");
}

static void
empty_means_default(void **state)
{
	char *path = put("e.conf", "[magento]\nlogin =\npage_size =\n"
	    "store =\nurl =\n[runs]\nkeep =\n", 0644);
	struct conf *c = conf_open(path, NULL);

	(void)state;
	assert_non_null(c);
	assert_string_equal(conf_text(c, "magento", "login"), "bearer");
	assert_string_equal(conf_text(c, "magento", "store"), "all");
	assert_int_equal(conf_int(c, "magento", "page_size"), 100);
	assert_null(conf_text(c, "magento", "url"));
	assert_null(conf_text(c, "runs", "keep"));
	conf_close(c);
	free(path);
}

static void
secrets_are_secret(void **state)
{
	char *secret = put("token", "s3cret\n", 0600);
	char *path = put("s.conf", "[magento]\ntoken_file = token\n"
	    "password_file = nowhere\n", 0644);
	struct conf *c = conf_open(path, NULL);
	struct buf b = BUF(1024);
	struct why w = {0};

	(void)state;
	assert_non_null(c);
	assert_int_equal(conf_secret(c, "magento", "token_file", &b, &w), 0);
	assert_string_equal(buf_cstr(&b), "s3cret");
	chmod(secret, 0640);
	assert_int_equal(conf_secret(c, "magento", "token_file", &b, &w), -1);
	assert_int_equal(w.kind, WHY_SETUP);
	assert_non_null(strstr(w.text, "chmod 600"));
	assert_int_equal(conf_secret(c, "magento", "password_file", &b, &w),
	    -1);
	assert_int_equal(conf_secret(c, "salesforce", "client_secret_file",
	    &b, &w), -1);
	assert_non_null(strstr(w.text, "client_secret_file"));
	assert_false(conf_has_secret(c, "salesforce", "client_secret_file"));
	buf_free(&b);
	conf_close(c);
	free(secret);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_types),
		cmocka_unit_test(names_what_is_wrong),
		cmocka_unit_test(empty_means_default),
		cmocka_unit_test(secrets_are_secret),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
