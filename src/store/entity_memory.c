/*
 * entity_memory.c
 *		What this session remembers of the entities of a store.
 *
 * Everything is forgotten when one of the tables changes, and also when it
 * has become too much: nobody's requests may fill the server's memory.
 */
#include "store/entity_memory.h"

#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "store/cache.h"
#include "store/compat.h"
#include "store/entity_source.h"
#include "store/memory.h"
#include "store/relation.h"

/* per store */
#define REMEMBERED_MAX	((size_t) 32 * 1024 * 1024)

static GauthCache cache = {
	.title = "gauth entities",
	.group = GAUTH_GROUP_ENTITIES
};

static GauthSpan
copy_column(MemoryContext memory, const GauthScan *scan, AttrNumber column)
{
	return gauth_memory_copy(memory, gauth_scan_text(scan, column));
}

/* a column of type name */
static GauthSpan
copy_name(MemoryContext memory, const GauthScan *scan, AttrNumber column)
{
	bool		is_null;
	Datum		name = gauth_scan_value(scan, column, &is_null);

	return gauth_memory_copy(memory,
							 gauth_span_of(NameStr(*DatumGetName(name))));
}

/* a column of type jsonb as JSON; without data when it is null */
static GauthSpan
copy_jsonb(MemoryContext memory, const GauthScan *scan, AttrNumber column)
{
	bool		is_null;
	Datum		value = gauth_scan_value(scan, column, &is_null);
	Jsonb	   *jsonb;

	if (is_null)
		return gauth_span(NULL, 0);
	jsonb = DatumGetJsonbP(value);
	return gauth_memory_copy(memory,
							 gauth_span_of(JsonbToCString(NULL, &jsonb->root,
														  VARSIZE(jsonb))));
}

static void
read_binding(MemoryContext memory, const GauthScan *scan,
			 GauthBindingRow *row)
{
	row->entity_type = copy_column(memory, scan, BINDING_ENTITY_TYPE);
	row->relation_schema = copy_name(memory, scan, BINDING_RELATION_SCHEMA);
	row->relation = copy_name(memory, scan, BINDING_RELATION);
	row->relation_owner = copy_name(memory, scan, BINDING_RELATION_OWNER);
	row->id_column = copy_name(memory, scan, BINDING_ID_COLUMN);
	row->attributes = copy_jsonb(memory, scan, BINDING_ATTRIBUTES);
	row->parents = copy_jsonb(memory, scan, BINDING_PARENTS);
}

static void
read_bindings(MemoryContext memory, GauthSpan store,
			  GauthEntityMemory *remembered)
{
	GauthScan	scan;

	gauth_scan_begin(&scan, GAUTH_TABLE_ENTITY_BINDING);
	gauth_scan_key_text(&scan, BINDING_STORE, store);
	while (gauth_scan_next(&scan))
	{
		remembered->bindings = gauth_memory_room(memory, remembered->bindings,
												 remembered->binding_count,
												 sizeof(GauthBindingRow));
		read_binding(memory, &scan,
					 &remembered->bindings[remembered->binding_count++]);
	}
	gauth_scan_end(&scan);
}

static void
read_attributes(MemoryContext memory, GauthSpan store,
				GauthEntityMemory *remembered)
{
	GauthScan	scan;

	gauth_scan_begin(&scan, GAUTH_TABLE_REQUEST_ATTRIBUTE);
	gauth_scan_key_text(&scan, REQUEST_STORE, store);
	while (gauth_scan_next(&scan))
	{
		GauthRequestAttribute *attribute;

		remembered->attributes =
			gauth_memory_room(memory, remembered->attributes,
							  remembered->attribute_count,
							  sizeof(GauthRequestAttribute));
		attribute = &remembered->attributes[remembered->attribute_count++];
		attribute->entity_type = copy_column(memory, &scan,
											 REQUEST_ENTITY_TYPE);
		attribute->attribute = copy_column(memory, &scan, REQUEST_ATTRIBUTE);
	}
	gauth_scan_end(&scan);
}

/* added once it is complete: an error on the way leaves nothing behind */
static GauthEntityMemory *
begin(GauthSpan store)
{
	MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext,
												 "gauth entities",
												 ALLOCSET_DEFAULT_SIZES);
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "gauth entity bindings",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	GauthEntityMemory *remembered =
	MemoryContextAllocZero(memory, sizeof(GauthEntityMemory));

	read_bindings(memory, store, remembered);
	read_attributes(memory, store, remembered);
	gauth_entity_table_init(&remembered->table, memory);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	MemoryContextSetParent(memory, cache.context);
	gauth_cache_add(&cache, gauth_memory_copy(memory, store), remembered);
	return remembered;
}

/*
 * gauth_entity_memory
 *		What is remembered of a store; "*epoch" tells whether it is still the
 *		same as before.
 */
GauthEntityMemory *
gauth_entity_memory(GauthSpan store, uint64 *epoch)
{
	GauthEntityMemory *remembered = gauth_cache_find(&cache, store);

	if (remembered != NULL &&
		gauth_entity_table_size(&remembered->table) > REMEMBERED_MAX)
	{
		gauth_cache_forget(&cache);
		remembered = gauth_cache_find(&cache, store);
	}
	if (remembered == NULL)
		remembered = begin(store);
	*epoch = cache.epoch;
	return remembered;
}
