/*
 * entity_row.c
 *		Entities that are rows of gauth.entity.
 *
 * A row holds its entity in the form of gauth_entity_to_json, which reads
 * back without a schema.
 */
#include "store/entity_row.h"

#include "policy/entity_json.h"
#include "store/compat.h"
#include "store/memory.h"
#include "store/relation.h"

/* most trees of one entity fit into this */
#define TREE_SIZE		8192

/*
 * gauth_entity_is_reserved
 *		Is this a type of which only gauth itself makes entities?
 */
bool
gauth_entity_is_reserved(GauthSpan type)
{
	return gauth_span_starts_with(type, GAUTH_SPAN("GAuth::"));
}

/*
 * Strings of a tree point into the text, but those with escapes into the
 * tree's arena: then the tree has to live as long as the entity.
 */
static GauthStatus
read_content(GauthArena *arena, GauthSpan text, GauthEntity *entity,
			 GauthError *err)
{
	GauthEntityReader reader = {
		arena, &gauth_policy_default_limits, NULL, err
	};
	char		buffer[TREE_SIZE] pg_attribute_aligned(GAUTH_ARENA_ALIGN);
	GauthArena	scratch;
	GauthArena *tree = arena;
	GauthJson  *json;
	GauthStatus status;

	if (memchr(text.data, '\\', text.len) == NULL)
	{
		gauth_memory_arena(&scratch, buffer, sizeof(buffer),
						   CurrentMemoryContext);
		tree = &scratch;
	}
	status = gauth_json_parse(tree, text, &gauth_json_document_limits, &json,
							  err);
	if (status == GAUTH_OK)
		status = gauth_entity_from_json(&reader, json, entity);
	if (tree == &scratch)
		gauth_arena_reset(&scratch);
	return status;
}

static bool
begin(GauthScan *scan, GauthSpan store, const GauthUid *uid)
{
	GauthSpan	id = gauth_uid_id(uid);

	/* no column holds a zero byte, and no index entry a very long id */
	if (gauth_entity_is_reserved(gauth_uid_type(uid)) ||
		(id.len > 0 && memchr(id.data, '\0', id.len) != NULL))
		return false;
	gauth_scan_begin(scan, GAUTH_TABLE_ENTITY);
	gauth_scan_key_text(scan, ENTITY_STORE, store);
	gauth_scan_key_text(scan, ENTITY_TYPE, gauth_uid_type(uid));
	gauth_scan_key_text(scan, ENTITY_ID, id);
	return true;
}

/*
 * gauth_entity_row_find
 *		The stored entity, without ancestors, in the arena; its uid is NULL
 *		when there is none.
 *
 * Errors: GAUTH_INVALID_VALUE and others when the row is of no use;
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_entity_row_find(GauthArena *arena, GauthSpan store, const GauthUid *uid,
					  GauthEntity *entity, GauthError *err)
{
	GauthScan	scan;
	GauthSpan	text;
	GauthStatus status = GAUTH_OK;

	memset(entity, 0, sizeof(*entity));
	if (!begin(&scan, store, uid))
		return GAUTH_OK;
	if (gauth_scan_next(&scan))
	{
		if (gauth_arena_copy(arena, gauth_scan_text(&scan, ENTITY_CONTENT),
							 &text))
			status = read_content(arena, text, entity, err);
		else
			status = gauth_fail(err, GAUTH_OUT_OF_MEMORY, "entity");
	}
	gauth_scan_end(&scan);
	if (status == GAUTH_OK && entity->uid != NULL &&
		!gauth_uid_equal(entity->uid, uid))
		return gauth_fail(err, GAUTH_INVALID_VALUE,
						  "a stored entity is not the one that it says");
	return status;
}

/*
 * gauth_entity_row_exists
 *		Is the entity stored?
 */
bool
gauth_entity_row_exists(GauthSpan store, const GauthUid *uid)
{
	GauthScan	scan;
	bool		found;

	if (!begin(&scan, store, uid))
		return false;
	found = gauth_scan_next(&scan);
	gauth_scan_end(&scan);
	return found;
}
