/* sign - digests, base64 and signatures against published vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "sign.h"

static void
sha256(void **state)
{
	char hex[SIGN_HEX];
	struct sign_sha256 *s = sign_sha256_new();

	(void)state;
	sign_sha256_hex(SLICE("abc"), hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	sign_sha256_hex((struct slice){ NULL, 0 }, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	sign_sha256_put(s, "xyz", 3);
	sign_sha256_end_hex(s, hex);
	sign_sha256_reset(s);
	sign_sha256_put(s, "a", 1);
	sign_sha256_put(s, "bc", 2);
	sign_sha256_end_hex(s, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	sign_sha256_free(s);
	sign_sha256_free(NULL);
}

/* RFC 4231, test cases 1, 2 and 6 (a key longer than a block). */
static void
hmac(void **state)
{
	char hex[SIGN_HEX], key[131];

	(void)state;
	memset(key, 0x0b, 20);
	sign_hmac_sha256_hex((struct slice){ key, 20 }, SLICE("Hi There"),
	    hex);
	assert_string_equal(hex, "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7");
	sign_hmac_sha256_hex(SLICE("Jefe"),
	    SLICE("what do ya want for nothing?"), hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	sign_hmac_sha256_hex((struct slice){ key, sizeof(key) },
	    SLICE("Test Using Larger Than Block-Size Key - Hash Key First"),
	    hex);
	assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
}

static void
base64(void **state)
{
	static const char *const pairs[][2] = {	/* RFC 4648, section 10 */
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	struct buf b = BUF(1 << 20), back = BUF(1 << 20);
	struct why w = {0};
	char *long_one;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		buf_reset(&b);
		buf_reset(&back);
		sign_base64(&b, slice(pairs[i][0]));
		assert_string_equal(buf_cstr(&b), pairs[i][1]);
		assert_int_equal(sign_unbase64(&back, buf_all(&b), &w), 0);
		assert_string_equal(buf_cstr(&back), pairs[i][0]);
	}
	buf_reset(&b);
	sign_base64url(&b, (struct slice){ "\xfb\xff\xfe?", 4 });
	assert_string_equal(buf_cstr(&b), "-__-Pw");
	buf_reset(&back);
	assert_int_equal(sign_unbase64(&back, SLICE("-__-Pw"), &w), 0);
	assert_memory_equal(back.p, "\xfb\xff\xfe?", 4);
	assert_int_equal(sign_unbase64(&back, SLICE("Zg=x"), &w), -1);
	assert_int_equal(sign_unbase64(&back, SLICE("Zgggg"), &w), -1);

	/* longer than a piece, of a length that is no multiple of 3 */
	long_one = xmalloc(200000);
	memset(long_one, 'x', 200000);
	buf_reset(&b);
	buf_reset(&back);
	sign_base64(&b, (struct slice){ long_one, 200000 });
	assert_int_equal(b.n, (200000 + 2) / 3 * 4);
	assert_int_equal(sign_unbase64(&back, buf_all(&b), &w), 0);
	assert_int_equal(back.n, 200000);
	assert_memory_equal(back.p, long_one, 200000);
	free(long_one);
	buf_free(&b);
	buf_free(&back);
}

/* A buffer that is too small takes nothing and says so. */
static void
ceilings(void **state)
{
	struct buf b = BUF(4);

	(void)state;
	sign_base64(&b, SLICE("too long for it"));
	assert_true(b.over);
	buf_free(&b);
	buf_reset(&b);
	sign_hex(&b, SLICE("abc"));
	assert_true(b.over);
	buf_free(&b);
}

static char *
pem_of(EVP_PKEY *key, size_t *n)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *p, *copy;

	assert_int_equal(PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0,
	    NULL, NULL), 1);
	*n = (size_t)BIO_get_mem_data(out, &p);
	copy = xstrndup(p, *n);
	BIO_free(out);
	return copy;
}

static void
jwt(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(2048), *weak = EVP_RSA_gen(1024);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buf b = BUF(1 << 16), sig = BUF(1 << 12);
	struct why w = {0};
	struct slice token;
	const char *dot;
	size_t n;
	char *pem = pem_of(key, &n);

	(void)state;
	assert_int_equal(sign_jwt(&b, SLICE("{\"iss\":\"me\"}"),
	    (struct slice){ pem, n }, &w), 0);
	token = buf_all(&b);
	assert_memory_equal(token.p,
	    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJtZSJ9.", 54);
	dot = memchr(token.p + 37, '.', token.n - 37);
	assert_int_equal(sign_unbase64(&sig, (struct slice){ dot + 1,
	    token.n - (size_t)(dot + 1 - token.p) }, &w), 0);
	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL,
	    key), 1);
	assert_int_equal(EVP_DigestVerify(ctx, (unsigned char *)sig.p, sig.n,
	    (const unsigned char *)token.p, (size_t)(dot - token.p)), 1);
	free(pem);

	pem = pem_of(weak, &n);
	assert_int_equal(sign_rs256(&b, SLICE("x"), (struct slice){ pem, n },
	    &w), -1);
	assert_int_equal(w.kind, WHY_SETUP);
	free(pem);
	assert_int_equal(sign_rs256(&b, SLICE("x"), SLICE("no key"), &w), -1);
	assert_int_equal(w.kind, WHY_SETUP);
	assert_null(strstr(w.text, "no key at"));
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	EVP_PKEY_free(weak);
	buf_free(&b);
	buf_free(&sig);
}

static void
others(void **state)
{
	char a[32], b[32];

	(void)state;
	sign_random(a, sizeof(a));
	sign_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256), cmocka_unit_test(hmac),
		cmocka_unit_test(base64), cmocka_unit_test(ceilings),
		cmocka_unit_test(jwt), cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
