/*
 * collection.c
 *		Making sets and records, and searching them.
 *
 * A set is sorted by hash and then by content, so that values whose hashes
 * somebody chose to be equal are still found by halves.
 */
#include "policy/value.h"

#include <stdlib.h>

#include "policy/hash.h"

/* what hash_fields gives for no fields */
#define EMPTY_RECORD_HASH	GAUTH_HASH_A

/* collections up to this size are sorted by insertion, in place */
#define SMALL_SET	16

/* records larger than this are searched by halves */
#define SMALL_RECORD	12

const GauthRecord gauth_empty_record = {.hash = EMPTY_RECORD_HASH};

typedef struct SetItem
{
	uint64_t	hash;
	GauthValue	value;
} SetItem;

static inline uint32_t
add_weight(uint32_t sum, GauthValue value)
{
	uint64_t	total = (uint64_t) sum + gauth_value_weight(value);

	return total > INT32_MAX ? INT32_MAX : (uint32_t) total;
}

static uint64_t
hash_fields(const GauthField *fields, uint32_t count)
{
	uint64_t	hash = EMPTY_RECORD_HASH ^ count;
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		hash = gauth_hash_mix(hash ^ fields[i].name_hash, GAUTH_HASH_B);
		hash = gauth_hash_mix(hash ^ gauth_value_hash(fields[i].value),
							  GAUTH_HASH_B);
	}
	return hash;
}

static int
compare_items(const void *a, const void *b)
{
	const SetItem *left = a;
	const SetItem *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return gauth_value_compare(left->value, right->value);
}

static void
sort_items(SetItem *items, uint32_t count)
{
	uint32_t	i;

	if (count > SMALL_SET)
	{
		qsort(items, count, sizeof(SetItem), compare_items);
		return;
	}
	for (i = 1; i < count; i++)
	{
		SetItem		item = items[i];
		uint32_t	hole = i;

		while (hole > 0 && compare_items(&items[hole - 1], &item) > 0)
		{
			items[hole] = items[hole - 1];
			hole--;
		}
		items[hole] = item;
	}
}

/* sorted items into the parallel arrays of a set, each value once */
static void
fill_set(GauthSet *set, const SetItem *sorted, uint32_t count,
		 uint64_t *hashes, GauthValue *items)
{
	uint64_t	hash = GAUTH_HASH_B;
	uint32_t	weight = 1;
	uint32_t	kept = 0;
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		if (i > 0 && compare_items(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		hashes[kept] = sorted[i].hash;
		items[kept] = sorted[i].value;
		hash = gauth_hash_mix(hash ^ sorted[i].hash, GAUTH_HASH_A);
		weight = add_weight(weight, sorted[i].value);
		kept++;
	}
	set->hash = hash;
	set->count = kept;
	set->weight = weight;
	set->hashes = hashes;
	set->items = items;
}

/*
 * gauth_set_make
 *		The set of "count" values, which are copied.
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_set_make(GauthArena *arena, const GauthValue *items, uint32_t count,
			   GauthValue *set, GauthError *err)
{
	SetItem		small[SMALL_SET];
	SetItem    *sorted = small;
	GauthSet   *made = gauth_arena_alloc(arena, sizeof(GauthSet));
	uint64_t   *hashes = gauth_arena_array(arena, count, sizeof(uint64_t));
	GauthValue *kept = gauth_arena_array(arena, count, sizeof(GauthValue));
	uint32_t	i;

	if (count > SMALL_SET)
		sorted = gauth_arena_array(arena, count, sizeof(SetItem));
	if (made == NULL || hashes == NULL || kept == NULL || sorted == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "set");

	for (i = 0; i < count; i++)
	{
		sorted[i].hash = gauth_value_hash(items[i]);
		sorted[i].value = items[i];
	}
	sort_items(sorted, count);
	fill_set(made, sorted, count, hashes, kept);
	*set = (GauthValue)
	{
		.kind = GAUTH_VALUE_SET,.set = made
	};
	return GAUTH_OK;
}

/* by halves, also among items whose hashes are equal */
static bool
contains_hashed(const GauthSet *set, GauthValue value, uint64_t hash)
{
	uint32_t	low = 0;
	uint32_t	high = set->count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		int			order;

		if (set->hashes[middle] != hash)
			order = set->hashes[middle] < hash ? -1 : 1;
		else
			order = gauth_value_compare(set->items[middle], value);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/*
 * gauth_set_contains
 *		Is the value in the set?
 */
bool
gauth_set_contains(const GauthSet *set, GauthValue value)
{
	return contains_hashed(set, value, gauth_value_hash(value));
}

/*
 * gauth_set_contains_all
 *		Is every item of "part" in "set"?
 */
bool
gauth_set_contains_all(const GauthSet *set, const GauthSet *part)
{
	uint32_t	i;

	if (part->count > set->count)
		return false;
	for (i = 0; i < part->count; i++)
	{
		if (!contains_hashed(set, part->items[i], part->hashes[i]))
			return false;
	}
	return true;
}

/*
 * gauth_set_contains_any
 *		Do the two sets share an item?
 */
bool
gauth_set_contains_any(const GauthSet *set, const GauthSet *other)
{
	const GauthSet *few = other->count < set->count ? other : set;
	const GauthSet *many = few == other ? set : other;
	uint32_t	i;

	for (i = 0; i < few->count; i++)
	{
		if (contains_hashed(many, few->items[i], few->hashes[i]))
			return true;
	}
	return false;
}

static int
compare_fields(const void *a, const void *b)
{
	const GauthField *left = a;
	const GauthField *right = b;

	return gauth_span_compare(gauth_span(left->name, left->name_len),
							  gauth_span(right->name, right->name_len));
}

/* most records are small, and many arrive in order */
static void
sort_fields(GauthField *fields, uint32_t count)
{
	uint32_t	i;

	if (count > SMALL_SET)
		qsort(fields, count, sizeof(GauthField), compare_fields);
	for (i = 1; i < count && count <= SMALL_SET; i++)
	{
		GauthField	field = fields[i];
		uint32_t	hole = i;

		while (hole > 0 && compare_fields(&fields[hole - 1], &field) > 0)
		{
			fields[hole] = fields[hole - 1];
			hole--;
		}
		fields[hole] = field;
	}
}

/*
 * gauth_record_make
 *		The record of "count" fields, which are sorted where they stand and
 *		become part of the record.
 *
 * Sets the hashes of the names.  Errors: GAUTH_DUPLICATE_MEMBER,
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_record_make(GauthArena *arena, GauthField *fields, uint32_t count,
				  GauthValue *record, GauthError *err)
{
	GauthRecord *made;
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		fields[i].name_hash =
			gauth_name_hash(gauth_span(fields[i].name, fields[i].name_len));
	}
	sort_fields(fields, count);
	for (i = 1; i < count; i++)
	{
		if (compare_fields(&fields[i - 1], &fields[i]) == 0)
			return gauth_fail(err, GAUTH_DUPLICATE_MEMBER, "record");
	}

	made = gauth_arena_alloc(arena, sizeof(GauthRecord));
	if (made == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "record");
	made->count = count;
	made->fields = fields;
	made->hash = hash_fields(fields, count);
	made->weight = 1;
	for (i = 0; i < count; i++)
		made->weight = add_weight(made->weight, fields[i].value);
	*record = gauth_value_record(made);
	return GAUTH_OK;
}

static const GauthValue *
search_record(const GauthRecord *record, GauthSpan name)
{
	uint32_t	low = 0;
	uint32_t	high = record->count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		const GauthField *field = &record->fields[middle];
		int			order;

		order = gauth_span_compare(gauth_span(field->name, field->name_len),
								   name);
		if (order == 0)
			return &field->value;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/*
 * gauth_record_find
 *		The value of an attribute, or NULL; "hash" is the name's
 *		gauth_name_hash.
 */
const GauthValue *
gauth_record_find(const GauthRecord *record, GauthSpan name, uint32_t hash)
{
	uint32_t	i;

	if (record->count > SMALL_RECORD)
		return search_record(record, name);
	for (i = 0; i < record->count; i++)
	{
		const GauthField *field = &record->fields[i];

		if (field->name_hash == hash && field->name_len == name.len &&
			memcmp(field->name, name.data, name.len) == 0)
			return &field->value;
	}
	return NULL;
}

/*
 * gauth_record_get
 *		gauth_record_find for who has no hash at hand.
 */
const GauthValue *
gauth_record_get(const GauthRecord *record, GauthSpan name)
{
	return gauth_record_find(record, name, gauth_name_hash(name));
}
