/*
 * authzen_search.c
 *		Searches of the AuthZEN API: candidates in a stable order, pages.
 *
 * Authorization API 1.0, section 8.  Results stand in the byte order of their
 * ids, so that a place among them is an id, whatever is added or removed
 * between two pages.  A token is such a place with the limit and a
 * fingerprint of the search, and nothing is believed of it: whoever makes one
 * up can begin at another place, which a search from the beginning reaches
 * too.  Every result is decided again on every page.
 */
#include "decision/authzen_search.h"

#include <stdlib.h>

#include "base/base64url.h"
#include "base/json_write.h"

#define TOKEN_VERSION	1

/* version, limit, fingerprint, is there a position */
#define TOKEN_HEAD		(1 + 4 + 8 + 1)

static void
put_number(char *at, uint64_t number, int bytes)
{
	int			i;

	for (i = 0; i < bytes; i++)
		at[i] = (char) (uint8_t) (number >> (8 * (bytes - 1 - i)));
}

static uint64_t
get_number(const char *at, int bytes)
{
	uint64_t	number = 0;
	int			i;

	for (i = 0; i < bytes; i++)
		number = number << 8 | (uint8_t) at[i];
	return number;
}

static uint64_t
hash_number(uint64_t number, uint64_t seed)
{
	char		bytes[8];

	put_number(bytes, number, 8);
	return gauth_bytes_hash(gauth_span(bytes, sizeof(bytes)), seed);
}

/* of a value's content: the order of members is not part of it */
static uint64_t
hash_json(const GauthJson *json)
{
	uint64_t	hash = hash_number(json->type, json->count);
	uint64_t	sum = 0;
	const GauthJson *child;

	if (json->type == GAUTH_JSON_STRING || json->type == GAUTH_JSON_NUMBER)
		return gauth_bytes_hash(json->text, hash);
	for (child = json->first; child != NULL; child = child->next)
	{
		if (json->type == GAUTH_JSON_OBJECT)
			sum += gauth_bytes_hash(child->name, hash_json(child));
		else
			hash = hash_number(hash_json(child), hash);
	}
	return hash_number(sum, hash);
}

/*
 * gauth_authzen_fingerprint
 *		A number that differs when anything differs that a search is about;
 *		its page is not.
 */
uint64_t
gauth_authzen_fingerprint(const GauthJson *body, GauthAuthzenPart searched,
						  GauthSpan store)
{
	static const char *const names[] = {
		"subject", "action", "resource", "context"
	};
	uint64_t	hash = gauth_bytes_hash(store, searched);
	size_t		i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		const GauthJson *member = gauth_json_get(body, names[i]);

		hash = hash_number(member == NULL ? 0 : hash_json(member), hash);
	}
	return hash;
}

static GauthStatus
refuse_token(GauthError *err)
{
	return gauth_fail(err, GAUTH_INVALID_VALUE,
					  "page.token is not one of this search");
}

static GauthStatus
read_limit(const GauthJson *json, GauthAuthzenPage *page, GauthError *err)
{
	const GauthJson *value = gauth_json_get(json, "limit");
	int64_t		limit;

	page->limit = GAUTH_AUTHZEN_PAGE_MAX;
	if (value == NULL)
		return GAUTH_OK;
	if (!gauth_json_to_int64(value, &limit) || limit < 0)
		return gauth_fail(err, GAUTH_INVALID_VALUE,
						  "page.limit is not a non-negative integer");
	if (limit < GAUTH_AUTHZEN_PAGE_MAX)
		page->limit = (uint32_t) limit;
	return GAUTH_OK;
}

/* the limit may be left out behind the first page, but not be another one */
static GauthStatus
read_token(GauthArena *arena, const GauthJson *json, GauthAuthzenPage *page,
		   GauthError *err)
{
	const GauthJson *value = gauth_json_get(json, "token");
	GauthSpan	bytes;
	uint32_t	limit;
	GauthStatus status;

	if (value == NULL || gauth_json_is_string(value, ""))
		return GAUTH_OK;
	if (value->type != GAUTH_JSON_STRING)
		return gauth_fail(err, GAUTH_INVALID_VALUE,
						  "page.token is not a string");
	status = gauth_base64url_decode(arena, value->text, &bytes, err);
	if (status == GAUTH_OUT_OF_MEMORY)
		return status;
	if (status != GAUTH_OK || bytes.len < TOKEN_HEAD ||
		bytes.data[0] != TOKEN_VERSION ||
		get_number(bytes.data + 5, 8) != page->fingerprint)
		return refuse_token(err);
	limit = (uint32_t) get_number(bytes.data + 1, 4);
	if (limit > GAUTH_AUTHZEN_PAGE_MAX ||
		(gauth_json_get(json, "limit") != NULL && limit != page->limit))
		return refuse_token(err);
	page->limit = limit;
	page->position.set = bytes.data[13] != 0;
	page->position.after = gauth_span_slice(bytes, TOKEN_HEAD,
											bytes.len - TOKEN_HEAD);
	return GAUTH_OK;
}

/*
 * gauth_authzen_read_page
 *		The page that a search asks for; without a page object the first one.
 *
 * Errors: GAUTH_INVALID_VALUE, also for a token of another search or with
 * another limit, as section 8.2 recommends.
 */
GauthStatus
gauth_authzen_read_page(GauthArena *arena, const GauthJson *body,
						uint64_t fingerprint, GauthAuthzenPage *page,
						GauthError *err)
{
	const GauthJson *json = gauth_json_get(body, "page");
	GauthStatus status;

	memset(page, 0, sizeof(*page));
	page->fingerprint = fingerprint;
	page->limit = GAUTH_AUTHZEN_PAGE_MAX;
	if (json == NULL)
		return GAUTH_OK;
	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_fail(err, GAUTH_INVALID_VALUE, "page is not an object");
	page->asked = true;
	status = read_limit(json, page, err);
	if (status == GAUTH_OK)
		status = read_token(arena, json, page, err);
	return status;
}

/*
 * gauth_authzen_append_token
 *		Append the token for the results behind a position.
 */
void
gauth_authzen_append_token(GauthText *text, const GauthAuthzenPage *page,
						   const GauthAuthzenPosition *position)
{
	char		head[TOKEN_HEAD];
	GauthText	bytes;
	GauthSpan	token;

	head[0] = TOKEN_VERSION;
	put_number(head + 1, page->limit, 4);
	put_number(head + 5, page->fingerprint, 8);
	head[13] = position->set ? 1 : 0;
	gauth_text_init(&bytes, text->arena);
	gauth_text_append(&bytes, gauth_span(head, sizeof(head)));
	gauth_text_append(&bytes, position->after);
	if (!gauth_text_finish(&bytes, &token))
	{
		text->failed = true;
		return;
	}
	gauth_text_append_base64url(text, token);
}

/*
 * gauth_authzen_list_init
 *		No candidates yet, of those that stand behind a position.
 */
void
gauth_authzen_list_init(GauthAuthzenList *candidates,
						GauthArena *arena,
						const GauthAuthzenPosition *position)
{
	memset(candidates, 0, sizeof(*candidates));
	candidates->arena = arena;
	candidates->position = *position;
}

static bool
grow(GauthAuthzenList *candidates)
{
	uint32_t	room = candidates->room == 0 ? 64 : candidates->room * 2;
	GauthSpan  *ids;

	if (candidates->count < candidates->room)
		return true;
	candidates->status = GAUTH_LIMIT_EXCEEDED;
	if (candidates->count >= GAUTH_AUTHZEN_CANDIDATES_MAX)
		return false;
	ids = gauth_arena_array(candidates->arena, room, sizeof(GauthSpan));
	if (ids == NULL)
		return false;
	if (candidates->count > 0)
		memcpy(ids, candidates->ids, candidates->count * sizeof(GauthSpan));
	candidates->ids = ids;
	candidates->room = room;
	candidates->status = GAUTH_OK;
	return true;
}

/*
 * gauth_authzen_list_add
 *		Add one, copied; false when there are too many, which sorting reports.
 *
 * An id that JSON in the server cannot hold, with a zero byte, is no result.
 */
bool
gauth_authzen_list_add(GauthAuthzenList *candidates, GauthSpan id)
{
	const GauthAuthzenPosition *position = &candidates->position;

	if ((position->set && gauth_span_compare(id, position->after) <= 0) ||
		(id.len > 0 && memchr(id.data, '\0', id.len) != NULL))
		return true;
	if (candidates->status != GAUTH_OK || !grow(candidates))
		return false;
	if (!gauth_arena_copy(candidates->arena, id,
						  &candidates->ids[candidates->count]))
	{
		candidates->status = GAUTH_LIMIT_EXCEEDED;
		return false;
	}
	candidates->count++;
	return true;
}

/*
 * gauth_authzen_list_add_type
 *		Add the ids of an enumerated entity type; nothing of any other.
 */
void
gauth_authzen_list_add_type(GauthAuthzenList *candidates,
							const GauthEntityType *type)
{
	uint32_t	i;

	for (i = 0; type != NULL && i < type->choice_count; i++)
		(void) gauth_authzen_list_add(candidates, type->choices[i]);
}

/*
 * gauth_authzen_list_add_declared
 *		Add the names of a schema's actions.
 */
void
gauth_authzen_list_add_declared(GauthAuthzenList *candidates,
								const GauthSchema *schema)
{
	uint32_t	i;

	for (i = 0; i < schema->action_count; i++)
		(void) gauth_authzen_list_add(candidates,
									  gauth_uid_id(schema->actions[i].uid));
}

static void
add_action(GauthAuthzenList *candidates, const GauthUid *uid)
{
	if (uid != NULL && gauth_uid_has_type(uid, GAUTH_SPAN("Action")))
		(void) gauth_authzen_list_add(candidates, gauth_uid_id(uid));
}

static void add_from_expr(GauthAuthzenList *candidates,
						  const GauthExpr *expr);

/* the expressions in a node that is no plain operator */
static void
add_from_node(GauthAuthzenList *candidates, const GauthExpr *expr)
{
	uint32_t	i;

	switch (expr->kind)
	{
		case GAUTH_EXPR_GET_ATTR:
		case GAUTH_EXPR_HAS_ATTR:
			add_from_expr(candidates, expr->access.object);
			break;
		case GAUTH_EXPR_IS:
			add_from_expr(candidates, expr->is.object);
			if (expr->is.in != NULL)
				add_from_expr(candidates, expr->is.in);
			break;
		case GAUTH_EXPR_SET:
			for (i = 0; i < expr->set.count; i++)
				add_from_expr(candidates, expr->set.items[i]);
			break;
		case GAUTH_EXPR_RECORD:
			for (i = 0; i < expr->record.count; i++)
				add_from_expr(candidates, expr->record.fields[i].value);
			break;
		case GAUTH_EXPR_LIKE:
			add_from_expr(candidates, expr->like.object);
			break;
		case GAUTH_EXPR_CALL:
			for (i = 0; i < expr->call.count; i++)
				add_from_expr(candidates, expr->call.args[i]);
			break;
		default:
			break;
	}
}

/* trees are as high as the parser let them grow */
static void
add_from_expr(GauthAuthzenList *candidates, const GauthExpr *expr)
{
	unsigned	arity = gauth_expr_arity(expr->kind);
	unsigned	i;

	if (expr->kind == GAUTH_EXPR_ENTITY)
		add_action(candidates, expr->uid);
	for (i = 0; i < arity; i++)
		add_from_expr(candidates, expr->args[i]);
	if (arity == 0)
		add_from_node(candidates, expr);
}

/*
 * gauth_authzen_list_add_named
 *		Add the actions that policies name, for want of a schema.
 */
void
gauth_authzen_list_add_named(GauthAuthzenList *candidates,
							 const GauthPolicyList *list)
{
	const GauthPolicy *policy;
	uint32_t	i;

	for (policy = list->policies; policy != NULL; policy = policy->next)
	{
		add_action(candidates, policy->action.uid);
		for (i = 0; i < policy->action.uid_count; i++)
			add_action(candidates, policy->action.uids[i]);
		for (i = 0; i < policy->condition_count; i++)
			add_from_expr(candidates, policy->conditions[i].expr);
	}
}

static int
compare_ids(const void *a, const void *b)
{
	return gauth_span_compare(*(const GauthSpan *) a, *(const GauthSpan *) b);
}

/*
 * gauth_authzen_list_sort
 *		Put them into their order, each once.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED when not all of them could be kept: part of
 * the results would pass for all of them.
 */
GauthStatus
gauth_authzen_list_sort(GauthAuthzenList *candidates,
						GauthError *err)
{
	uint32_t	kept = 0;
	uint32_t	i;

	if (candidates->status != GAUTH_OK)
		return gauth_fail(err, candidates->status, "candidates of a search");
	if (candidates->count > 1)
		qsort(candidates->ids, candidates->count, sizeof(GauthSpan),
			  compare_ids);
	for (i = 0; i < candidates->count; i++)
	{
		if (kept == 0 || !gauth_span_equal(candidates->ids[kept - 1],
										   candidates->ids[i]))
			candidates->ids[kept++] = candidates->ids[i];
	}
	candidates->count = kept;
	return GAUTH_OK;
}
