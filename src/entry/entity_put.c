/*
 * entity_put.c
 *		Storing entities in a policy store.
 *
 * Entities are read one by one, joined by those that are stored above them,
 * closed, held against the schema, and only then written.  A new edge can
 * close a cycle only above the entity that brings it, so that is all that has
 * to be looked at.
 */
#include "entry/entity_put.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "base/json.h"
#include "base/text.h"
#include "entry/args.h"
#include "entry/report.h"
#include "policy/entity_json.h"
#include "policy/entity_json_write.h"
#include "policy/validate_entity.h"
#include "store/entity_row.h"
#include "store/entity_table.h"
#include "store/memory.h"
#include "store/write.h"

/* an index entry over store, type and id fits on its page */
#define NAME_MAX_BYTES	1024

/* rows that one statement writes */
#define BATCH_ROWS		1000

/* most trees of one entity fit into this */
#define TREE_SIZE		8192

typedef struct Put
{
	const GauthPolicyStore *store;
	GauthArena	kept;			/* for the entities */
	GauthArena	scratch;		/* for the tree of one of them */
	GauthEntityStore *entities;
	uint32_t	count;			/* of those that the caller gave */
	GauthEntityTable missing;	/* uids that are in no row */
	GauthError *err;
} Put;

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_space(GauthSpan text, size_t *at)
{
	while (*at < text.len && is_space(text.data[*at]))
		(*at)++;
}

/*
 * The next element of an array: up to the comma or bracket behind it.  The
 * text is JSON, the server has seen to that; whether ours accepts an element
 * its reader says.
 */
static GauthSpan
take_element(GauthSpan text, size_t *at)
{
	size_t		begin = *at;
	int			depth = 0;
	bool		in_string = false;

	for (; *at < text.len; (*at)++)
	{
		char		c = text.data[*at];

		if (in_string && c == '\\')
			(*at)++;
		else if (c == '"')
			in_string = !in_string;
		else if (in_string)
			continue;
		else if (depth == 0 && (c == ',' || c == ']'))
			break;
		else if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
	}
	*at = Min(*at, text.len);
	return gauth_span_slice(text, begin, *at - begin);
}

static GauthStatus
check_entity(const Put *put, const GauthEntity *entity)
{
	GauthSpan	type = gauth_uid_type(entity->uid);
	GauthSpan	id = gauth_uid_id(entity->uid);
	uint32_t	i;

	if (gauth_entity_is_reserved(type))
		return gauth_fail(put->err, GAUTH_INVALID_VALUE,
						  "gauth alone makes entities of GAuth");
	if (put->store->schema != NULL && gauth_schema_is_action_type(type))
		return gauth_fail(put->err, GAUTH_INVALID_VALUE,
						  "the schema alone declares actions");
	if (type.len > NAME_MAX_BYTES || id.len > NAME_MAX_BYTES)
		return gauth_fail(put->err, GAUTH_LIMIT_EXCEEDED,
						  "bytes of a type or an id");
	if (id.len > 0 && memchr(id.data, '\0', id.len) != NULL)
		return gauth_fail(put->err, GAUTH_INVALID_VALUE,
						  "an id that is stored has no zero byte");
	for (i = 0; i < entity->parent_count; i++)
	{
		if (gauth_entity_is_reserved(gauth_uid_type(entity->parents[i])))
			return gauth_fail(put->err, GAUTH_INVALID_VALUE,
							  "entities of GAuth have no children elsewhere");
	}
	return GAUTH_OK;
}

static bool
has_members(const GauthJson *json, const char *name)
{
	const GauthJson *member = gauth_json_get(json, name);

	return member != NULL && member->count > 0;
}

/*
 * Strings of a tree point into the text, but those with escapes into the
 * tree's arena: where values may have some, the tree has to live as long as
 * the entity.  Uids are copied anyway.
 */
static GauthStatus
parse_element(Put *put, GauthSpan text, GauthJson **json)
{
	GauthStatus status = gauth_json_parse(&put->scratch, text,
										  &gauth_json_document_limits, json,
										  put->err);

	if (status != GAUTH_OK || memchr(text.data, '\\', text.len) == NULL ||
		(!has_members(*json, "attrs") && !has_members(*json, "tags")))
		return status;
	return gauth_json_parse(&put->kept, text, &gauth_json_document_limits,
							json, put->err);
}

static GauthStatus
add_element(Put *put, GauthSpan text)
{
	GauthEntityReader reader = {
		&put->kept, &gauth_policy_default_limits, put->store->schema, put->err
	};
	GauthEntity entity;
	GauthJson  *json;
	GauthStatus status = parse_element(put, text, &json);

	if (status == GAUTH_OK)
		status = gauth_entity_from_json(&reader, json, &entity);
	if (status == GAUTH_OK)
		status = check_entity(put, &entity);
	if (status == GAUTH_OK)
		status = gauth_entity_store_add(put->entities, &entity, put->err);
	gauth_arena_reset(&put->scratch);
	return status;
}

/* an arena that is full has met its own limit, not that of the machine */
static void
raise_error(const Put *put)
{
	GauthError	err = *put->err;

	if (err.status == GAUTH_OUT_OF_MEMORY)
		(void) gauth_fail(&err, GAUTH_LIMIT_EXCEEDED,
						  "the entities of one call take too much memory");
	gauth_raise_policy(&err, "entity");
}

/* with the place of the entity that is at fault, counted from 1 */
static void
raise_at(const Put *put, uint32_t place)
{
	GauthError	err;

	if (put->err->status == GAUTH_OUT_OF_MEMORY)
		raise_error(put);
	(void) gauth_fail_format(&err, put->err->status, put->err->offset,
							 "entity %u: %s", place, put->err->detail);
	gauth_raise_policy(&err, "entity");
}

static void
read_entities(Put *put, GauthSpan json)
{
	size_t		at = 0;

	skip_space(json, &at);
	if (at >= json.len || json.data[at] != '[')
		gauth_raise_argument("entities", "an array");
	at++;
	skip_space(json, &at);
	while (at < json.len && json.data[at] != ']')
	{
		CHECK_FOR_INTERRUPTS();
		if (add_element(put, take_element(json, &at)) != GAUTH_OK)
			raise_at(put, put->count + 1);
		put->count++;
		if (at < json.len && json.data[at] == ',')
			at++;
	}
}

/* the stored entity above, unless it is known to be there or not */
static GauthStatus
add_parent(Put *put, const GauthUid *uid)
{
	GauthEntityNode *node;
	GauthEntity entity;
	GauthStatus status;

	if (gauth_entity_store_find(put->entities, uid) != NULL ||
		gauth_entity_table_find(&put->missing, uid) != NULL)
		return GAUTH_OK;
	status = gauth_entity_row_find(&put->kept, put->store->name, uid, &entity,
								   put->err);
	if (status != GAUTH_OK)
		return status;
	if (entity.uid != NULL)
		return gauth_entity_store_add(put->entities, &entity, put->err);
	entity.uid = uid;
	return gauth_entity_table_add(&put->missing, &entity, &node, put->err);
}

/* the array grows on the way, up to the limit of entities */
static void
read_ancestors(Put *put)
{
	uint32_t	i;
	uint32_t	j;

	for (i = 0; i < gauth_entity_store_count(put->entities); i++)
	{
		GauthEntity entity = *gauth_entity_store_at(put->entities, i);

		CHECK_FOR_INTERRUPTS();
		for (j = 0; j < entity.parent_count; j++)
		{
			if (add_parent(put, entity.parents[j]) != GAUTH_OK)
				raise_error(put);
		}
	}
}

static void
check_entities(Put *put)
{
	const GauthSchema *schema = put->store->schema;
	uint32_t	i;

	if (gauth_entity_store_close(put->entities, put->err) != GAUTH_OK)
		raise_error(put);
	for (i = 0; schema != NULL && i < put->count; i++)
	{
		if (gauth_validate_entity(schema,
								  gauth_entity_store_at(put->entities, i),
								  put->err) != GAUTH_OK)
			raise_at(put, i + 1);
	}
}

static Datum
text_array(Datum *texts, int count)
{
	return PointerGetDatum(construct_array(texts, count, TEXTOID, -1, false,
										   TYPALIGN_INT));
}

static Datum
entity_text(GauthArena *arena, const GauthEntity *entity)
{
	GauthText	text;
	GauthSpan	json;

	gauth_text_init(&text, arena);
	gauth_entity_to_json(&text, entity);
	if (!gauth_text_finish(&text, &json))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "entity");
	return gauth_text_datum(json);
}

static void
write_batch(const Put *put, uint32_t begin, uint32_t end)
{
	Datum		columns[3][BATCH_ROWS];
	GauthWrite	write = {0};
	GauthArena	arena;
	int			count = (int) (end - begin);
	int			i;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	for (i = 0; i < count; i++)
	{
		const GauthEntity *entity =
			gauth_entity_store_at(put->entities, begin + (uint32_t) i);

		columns[0][i] = gauth_text_datum(gauth_uid_type(entity->uid));
		columns[1][i] = gauth_text_datum(gauth_uid_id(entity->uid));
		columns[2][i] = entity_text(&arena, entity);
	}
	gauth_write_text(&write, put->store->name);
	for (i = 0; i < 3; i++)
		gauth_write_value(&write, TEXTARRAYOID, text_array(columns[i], count),
						  false);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.entity"
						   " (store, type, id, content)"
						   " SELECT $1, e.type, e.id, e.content::json"
						   " FROM unnest($2, $3, $4) AS e"
						   " (type, id, content)"
						   " ON CONFLICT (store, type, id)"
						   " DO UPDATE SET content = EXCLUDED.content");
}

static void
write_entities(const Put *put)
{
	MemoryContext batch = AllocSetContextCreate(CurrentMemoryContext,
												"gauth entities to write",
												ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(batch);
	uint32_t	i;

	for (i = 0; i < put->count; i += BATCH_ROWS)
	{
		write_batch(put, i, Min(i + BATCH_ROWS, put->count));
		MemoryContextReset(batch);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(batch);
}

/*
 * gauth_entity_put
 *		Store the entities of a JSON array, in place of those of the same uid;
 *		returns how many.
 *
 * The caller has locked the store, so that no other change makes half of a
 * cycle.  Raises 22P02, 22023 and 54000 for what cannot be stored.
 */
int32
gauth_entity_put(const GauthPolicyStore *store, GauthSpan json)
{
	char		buffer[TREE_SIZE] pg_attribute_aligned(GAUTH_ARENA_ALIGN);
	MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext,
												 "gauth entities",
												 ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(memory);
	GauthError	err = {0};
	Put			put = {.store = store,.err = &err};
	int32		count;

	gauth_memory_arena(&put.kept, NULL, 0, memory);
	gauth_memory_arena(&put.scratch, buffer, sizeof(buffer), memory);
	gauth_entity_table_init(&put.missing, memory);
	if (gauth_entity_store_create(&put.kept, &gauth_policy_default_limits,
								  &put.entities, &err) != GAUTH_OK)
		gauth_raise(&err);
	read_entities(&put, json);
	read_ancestors(&put);
	check_entities(&put);
	write_entities(&put);
	count = (int32) put.count;
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(memory);
	return count;
}
