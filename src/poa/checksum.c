/*
 * checksum.c
 *		Hashes of scopes.
 *
 * The RFCs contradict each other about the scope_checksum, and two SDKs
 * follow neither: hence the methods.  Where RFC 0116 leaves open how its
 * values are put together, they are the members of one object.
 */
#include "poa/checksum.h"

#include "base/hex.h"
#include "base/jcs.h"
#include "crypto/digest.h"

static const char *const method_names[GAUTH_CHECKSUM_METHOD_COUNT] = {
	[GAUTH_CHECKSUM_RFC0116] = "rfc0116",
	[GAUTH_CHECKSUM_RFC0118] = "rfc0118",
	[GAUTH_CHECKSUM_SDK_TS] = "sdk-ts",
	[GAUTH_CHECKSUM_SDK_GO] = "sdk-go",
};

/*
 * The members that are hashed, in canonical order; the two hashes stand for
 * what they are made from.
 */
static const char *const members_of_rfc[] = {
	"active_modules", "allowed_paths", "denied_paths", "governance_profile",
	"phase", "platform_permissions_hash", "tool_permissions_hash", NULL
};

static const char *const members_of_sdks[] = {
	"active_modules", "allowed_paths", "allowed_regions", "allowed_sectors",
	"denied_paths", "governance_profile", "phase",
	"platform_permissions_hash", "tool_permissions_hash", NULL
};

/*
 * gauth_checksum_find_method
 *		The method of this name; false if there is none.
 */
bool
gauth_checksum_find_method(GauthSpan name, GauthChecksumMethod *method)
{
	int			i;

	for (i = 0; i < GAUTH_CHECKSUM_METHOD_COUNT; i++)
	{
		if (!gauth_span_is(name, method_names[i]))
			continue;
		*method = (GauthChecksumMethod) i;
		return true;
	}
	return false;
}

/* what Go's encoder does to the characters that mean something in HTML */
static void
append_html_safe(GauthText *text, GauthSpan json)
{
	size_t		i;

	for (i = 0; i < json.len; i++)
	{
		if (json.data[i] == '<')
			gauth_text_append(text, GAUTH_SPAN("\\u003c"));
		else if (json.data[i] == '>')
			gauth_text_append(text, GAUTH_SPAN("\\u003e"));
		else if (json.data[i] == '&')
			gauth_text_append(text, GAUTH_SPAN("\\u0026"));
		else
			gauth_text_append_char(text, json.data[i]);
	}
}

static GauthStatus
hash_text(const GauthHasher *hasher, const GauthText *text, bool html_safe,
		  GauthChecksum *checksum)
{
	uint8_t		digest[GAUTH_SHA256_SIZE];
	GauthText	escaped;
	GauthSpan	bytes;
	GauthStatus status;

	if (html_safe)
	{
		gauth_text_init(&escaped, hasher->arena);
		append_html_safe(&escaped, gauth_span(text->data, text->len));
		escaped.failed = escaped.failed || text->failed;
		text = &escaped;
	}
	if (!gauth_text_finish(text, &bytes))
		return gauth_fail(hasher->err, GAUTH_OUT_OF_MEMORY, "JSON");
	status = gauth_sha256(hasher->crypto, bytes, digest);
	if (status != GAUTH_OK)
		return gauth_fail(hasher->err, status, "SHA-256");
	memcpy(checksum->text, "sha256:", 7);
	gauth_hex_encode(gauth_span(digest, sizeof(digest)), checksum->text + 7);
	checksum->text[sizeof(checksum->text) - 1] = '\0';
	return GAUTH_OK;
}

/* an absent value is an empty object */
static GauthStatus
hash_json(const GauthHasher *hasher, const GauthJson *json, bool html_safe,
		  GauthChecksum *checksum)
{
	GauthText	text;
	GauthStatus status = GAUTH_OK;

	gauth_text_init(&text, hasher->arena);
	if (json == NULL)
		gauth_text_append(&text, GAUTH_SPAN("{}"));
	else
		status = gauth_jcs_append(&text, json, hasher->err);
	if (status != GAUTH_OK)
		return status;
	return hash_text(hasher, &text, html_safe, checksum);
}

/*
 * gauth_checksum_json
 *		The hash of any value.  Errors: those of gauth_jcs_append.
 */
GauthStatus
gauth_checksum_json(const GauthHasher *hasher, const GauthJson *json,
					GauthChecksum *checksum)
{
	return hash_json(hasher, json, false, checksum);
}

/*
 * gauth_checksum_tools
 *		tool_permissions_hash: that of core_verbs.
 */
GauthStatus
gauth_checksum_tools(const GauthHasher *hasher, const GauthJson *scope,
					 GauthChecksum *checksum)
{
	return hash_json(hasher, gauth_json_get(scope, "core_verbs"), false,
					 checksum);
}

/*
 * gauth_checksum_platform
 *		platform_permissions_hash: that of platform_permissions.
 */
GauthStatus
gauth_checksum_platform(const GauthHasher *hasher, const GauthJson *scope,
						GauthChecksum *checksum)
{
	return hash_json(hasher, gauth_json_get(scope, "platform_permissions"),
					 false, checksum);
}

static GauthStatus
append_hash(const GauthHasher *hasher, const GauthJson *json, bool html_safe,
			GauthText *text)
{
	GauthChecksum checksum;
	GauthStatus status = hash_json(hasher, json, html_safe, &checksum);

	if (status == GAUTH_OK)
		gauth_text_append_json_string(text, gauth_span_of(checksum.text));
	return status;
}

static GauthStatus
append_member(const GauthHasher *hasher, const GauthJson *scope,
			  const char *name, bool go, GauthText *text)
{
	const GauthJson *json = gauth_json_get(scope, name);

	if (strcmp(name, "tool_permissions_hash") == 0)
		return append_hash(hasher, gauth_json_get(scope, "core_verbs"), go,
						   text);
	if (strcmp(name, "platform_permissions_hash") == 0)
		return append_hash(hasher,
						   gauth_json_get(scope, "platform_permissions"), go,
						   text);
	if (json != NULL)
		return gauth_jcs_append(text, json, hasher->err);
	if (go || strcmp(name, "governance_profile") == 0 ||
		strcmp(name, "phase") == 0)
		gauth_text_append(text, GAUTH_SPAN("null"));
	else
		gauth_text_append(text, GAUTH_SPAN("[]"));
	return GAUTH_OK;
}

/*
 * gauth_checksum_scope
 *		The scope_checksum of a scope, by one of the methods.
 *
 * Errors: GAUTH_INVALID_VALUE when it is no object, and those of
 * gauth_jcs_append.
 */
GauthStatus
gauth_checksum_scope(const GauthHasher *hasher, const GauthJson *scope,
					 GauthChecksumMethod method, GauthChecksum *checksum)
{
	const char *const *members = method == GAUTH_CHECKSUM_RFC0116 ?
		members_of_rfc : members_of_sdks;
	bool		go = method == GAUTH_CHECKSUM_SDK_GO;
	GauthText	text;
	int			i;

	if (scope == NULL || scope->type != GAUTH_JSON_OBJECT)
		return gauth_fail(hasher->err, GAUTH_INVALID_VALUE, "scope");
	if (method == GAUTH_CHECKSUM_RFC0118)
		return gauth_checksum_json(hasher, scope, checksum);

	gauth_text_init(&text, hasher->arena);
	gauth_text_append_char(&text, '{');
	for (i = 0; members[i] != NULL; i++)
	{
		GauthStatus status;

		if (i > 0)
			gauth_text_append_char(&text, ',');
		gauth_text_append_json_string(&text, gauth_span_of(members[i]));
		gauth_text_append_char(&text, ':');
		status = append_member(hasher, scope, members[i], go, &text);
		if (status != GAUTH_OK)
			return status;
	}
	gauth_text_append_char(&text, '}');
	return hash_text(hasher, &text, go, checksum);
}
