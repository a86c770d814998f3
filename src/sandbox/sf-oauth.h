/*
 * sf-oauth - between the files of login: sf-oauth.c, sf-jwt.c, sf-identity.c
 *
 * Every org has one client (its id and secret are below and on the first line
 * of output) and one user who has approved it.
 */
#ifndef SF_OAUTH_H
#define SF_OAUTH_H

#include "sf-api.h"

#define SF_CLIENT_ID "3MVG9SANDBOX.millrace.consumer.key.3MVG9SANDBOX"
#define SF_CLIENT_SECRET "5B9C41DF0E7764A2B0C8D2F3A6E19875SANDBOX"
#define SF_USERNAME "integration@millrace.test"

/* Answer 400 with error and error_description. */
void sf_oauth_refuse(struct sf_http *h, const char *error, const char *text);

/* Answer with a new access token, got by a refresh token, a JWT or neither. */
void sf_oauth_grant(struct sf_http *h, const char *refresh, bool jwt);

/* A member of the form in the body, or a query argument, malloc'd; NULL. */
char *sf_form(const struct sf_http *h, const char *name);

void sf_oauth_jwt(struct sf_http *h);
void sf_userinfo(struct sf_http *h);

#endif
