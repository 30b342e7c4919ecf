/*
 * value.c
 *		Hashes, order and equality of values; making sets and records.
 *
 * Values nest no deeper than what made them (GauthPolicyLimits.height and
 * value_depth), therefore the functions here may recurse.
 *
 * The hash is fast and not keyed: who can choose many strings can make them
 * collide.  Sets are sorted by hash and then by content, and the hash tables
 * built on it bound the length of a probe, so that a collision costs time
 * linear in what collides or ends in GAUTH_LIMIT_EXCEEDED, never in more.
 */
#include "policy/value.h"

#include <stdlib.h>

/* odd constants without structure: digits of the golden ratio and of pi */
#define MIX_A	UINT64_C(0x9e3779b97f4a7c15)
#define MIX_B	UINT64_C(0x243f6a8885a308d3)

/* what hash_fields gives for no fields */
#define EMPTY_RECORD_HASH	MIX_A

/* sets up to this size are sorted by insertion, in place */
#define SMALL_SET	16

/* bytes of a string that weigh as much as one value */
#define BYTES_PER_WEIGHT	32

const GauthRecord gauth_empty_record = {.hash = EMPTY_RECORD_HASH};

typedef struct SetItem
{
	uint64_t	hash;
	GauthValue	value;
} SetItem;

static inline uint64_t
mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128) a * b;

	return (uint64_t) product ^ (uint64_t) (product >> 64);
}

/*
 * gauth_bytes_hash
 *		64 bits of a string of bytes; equal input and seed, equal hash.
 *
 * Not for cryptography, and different on machines of another byte order.
 */
uint64_t
gauth_bytes_hash(GauthSpan bytes, uint64_t seed)
{
	uint64_t	hash = seed ^ MIX_A ^ bytes.len;
	const char *at = bytes.data;
	size_t		left = bytes.len;
	uint64_t	word = 0;

	for (; left > 8; left -= 8, at += 8)
	{
		memcpy(&word, at, 8);
		hash = mix(hash ^ word, MIX_B);
	}
	word = 0;
	if (left > 0)
		memcpy(&word, at, left);
	hash = mix(hash ^ word, MIX_B);
	return mix(hash ^ MIX_A, MIX_B ^ bytes.len);
}

/*
 * gauth_name_hash
 *		The hash by which records compare attribute names.
 */
uint32_t
gauth_name_hash(GauthSpan name)
{
	return (uint32_t) gauth_bytes_hash(name, 0);
}

/*
 * gauth_uid_size
 *		Bytes that gauth_uid_fill writes.
 */
size_t
gauth_uid_size(GauthSpan type, GauthSpan id)
{
	return offsetof(GauthUid, bytes) + type.len + id.len;
}

/*
 * gauth_uid_fill
 *		Write Type::"id" to "uid", which has room for gauth_uid_size bytes.
 *
 * The caller checked that both lengths fit 32 bits.
 */
void
gauth_uid_fill(GauthUid *uid, GauthSpan type, GauthSpan id)
{
	uint64_t	type_hash = gauth_bytes_hash(type, 0);

	uid->hash = gauth_bytes_hash(id, type_hash);
	uid->type_hash = (uint32_t) type_hash;
	uid->type_len = (uint32_t) type.len;
	uid->id_len = (uint32_t) id.len;
	if (type.len > 0)
		memcpy(uid->bytes, type.data, type.len);
	if (id.len > 0)
		memcpy(uid->bytes + type.len, id.data, id.len);
}

/*
 * gauth_uid_make
 *		Type::"id" in the arena; NULL when there is no memory.
 */
const GauthUid *
gauth_uid_make(GauthArena *arena, GauthSpan type, GauthSpan id)
{
	GauthUid   *uid;

	if (type.len > UINT32_MAX || id.len > UINT32_MAX)
		return NULL;
	uid = gauth_arena_alloc(arena, gauth_uid_size(type, id));
	if (uid != NULL)
		gauth_uid_fill(uid, type, id);
	return uid;
}

/*
 * gauth_uid_compare
 *		Order by hash, ties by content; <0, 0, >0.
 */
int
gauth_uid_compare(const GauthUid *a, const GauthUid *b)
{
	int			order;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	order = gauth_span_compare(gauth_uid_type(a), gauth_uid_type(b));
	if (order != 0)
		return order;
	return gauth_span_compare(gauth_uid_id(a), gauth_uid_id(b));
}

static uint64_t
hash_fields(const GauthField *fields, uint32_t count)
{
	uint64_t	hash = EMPTY_RECORD_HASH ^ count;
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		hash = mix(hash ^ fields[i].name_hash, MIX_B);
		hash = mix(hash ^ gauth_value_hash(fields[i].value), MIX_B);
	}
	return hash;
}

/*
 * gauth_value_weight
 *		How much there is to read in a value: 1 for a number, more for what
 *		holds others.  Stops counting at 2^31.
 */
uint32_t
gauth_value_weight(GauthValue value)
{
	switch ((GauthValueKind) value.kind)
	{
		case GAUTH_VALUE_STRING:
			return 1 + value.len / BYTES_PER_WEIGHT;
		case GAUTH_VALUE_SET:
			return value.set->weight;
		case GAUTH_VALUE_RECORD:
			return value.record->weight;
		default:
			return 1;
	}
}

static inline uint32_t
add_weight(uint32_t sum, GauthValue value)
{
	uint64_t	total = (uint64_t) sum + gauth_value_weight(value);

	return total > INT32_MAX ? INT32_MAX : (uint32_t) total;
}

/*
 * gauth_value_hash
 *		Equal values have equal hashes.
 */
uint64_t
gauth_value_hash(GauthValue value)
{
	uint64_t	seed = MIX_A * (value.kind + 1u);

	switch ((GauthValueKind) value.kind)
	{
		case GAUTH_VALUE_BOOL:
			return mix(seed ^ value.boolean, MIX_B);
		case GAUTH_VALUE_LONG:
		case GAUTH_VALUE_DECIMAL:
		case GAUTH_VALUE_DATETIME:
		case GAUTH_VALUE_DURATION:
			return mix(seed ^ (uint64_t) value.number, MIX_B);
		case GAUTH_VALUE_STRING:
			return gauth_bytes_hash(gauth_value_text(value), seed);
		case GAUTH_VALUE_ENTITY:
			return mix(seed ^ value.uid->hash, MIX_B);
		case GAUTH_VALUE_SET:
			return mix(seed ^ value.set->hash, MIX_B);
		case GAUTH_VALUE_RECORD:
			return mix(seed ^ value.record->hash, MIX_B);
		case GAUTH_VALUE_IPADDR:
			seed ^= (uint64_t) value.ip->prefix << 8 | value.ip->is_v6;
			return gauth_bytes_hash(gauth_span(value.ip->address, 16), seed);
	}
	return 0;
}

static int
compare_sets(const GauthSet *a, const GauthSet *b)
{
	uint32_t	i;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	for (i = 0; i < a->count; i++)
	{
		int			order = gauth_value_compare(a->items[i], b->items[i]);

		if (order != 0)
			return order;
	}
	return 0;
}

static int
compare_records(const GauthRecord *a, const GauthRecord *b)
{
	uint32_t	i;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	for (i = 0; i < a->count; i++)
	{
		const GauthField *left = &a->fields[i];
		const GauthField *right = &b->fields[i];
		int			order;

		order = gauth_span_compare(gauth_span(left->name, left->name_len),
								   gauth_span(right->name, right->name_len));
		if (order == 0)
			order = gauth_value_compare(left->value, right->value);
		if (order != 0)
			return order;
	}
	return 0;
}

static int
compare_ips(const GauthIp *a, const GauthIp *b)
{
	int			order;

	if (a->is_v6 != b->is_v6)
		return a->is_v6 ? 1 : -1;
	order = memcmp(a->address, b->address, sizeof(a->address));
	return order != 0 ? order : (int) a->prefix - (int) b->prefix;
}

/*
 * gauth_value_compare
 *		A total order over all values, of no meaning to a policy; <0, 0, >0.
 *
 * Zero exactly when Cedar's "==" holds.
 */
int
gauth_value_compare(GauthValue a, GauthValue b)
{
	if (a.kind != b.kind)
		return a.kind < b.kind ? -1 : 1;

	switch ((GauthValueKind) a.kind)
	{
		case GAUTH_VALUE_BOOL:
			return (int) a.boolean - (int) b.boolean;
		case GAUTH_VALUE_LONG:
		case GAUTH_VALUE_DECIMAL:
		case GAUTH_VALUE_DATETIME:
		case GAUTH_VALUE_DURATION:
			return (a.number > b.number) - (a.number < b.number);
		case GAUTH_VALUE_STRING:
			return gauth_span_compare(gauth_value_text(a),
									  gauth_value_text(b));
		case GAUTH_VALUE_ENTITY:
			return a.uid == b.uid ? 0 : gauth_uid_compare(a.uid, b.uid);
		case GAUTH_VALUE_SET:
			return a.set == b.set ? 0 : compare_sets(a.set, b.set);
		case GAUTH_VALUE_RECORD:
			return a.record == b.record ? 0 :
				compare_records(a.record, b.record);
		case GAUTH_VALUE_IPADDR:
			return compare_ips(a.ip, b.ip);
	}
	return 0;
}

/*
 * gauth_value_equal
 *		Cedar's "==": false, not an error, between different types.
 */
bool
gauth_value_equal(GauthValue a, GauthValue b)
{
	if (a.kind != b.kind)
		return false;
	if (a.kind == GAUTH_VALUE_ENTITY)
		return gauth_uid_equal(a.uid, b.uid);
	if (a.kind == GAUTH_VALUE_STRING)
		return gauth_span_equal(gauth_value_text(a), gauth_value_text(b));
	return gauth_value_compare(a, b) == 0;
}

/*
 * gauth_value_kind_name
 *		The name of a type as Cedar writes it.
 */
const char *
gauth_value_kind_name(GauthValueKind kind)
{
	static const char *const names[] = {
		"Bool", "Long", "String", "entity", "Set", "Record",
		"decimal", "ipaddr", "datetime", "duration"
	};

	return (unsigned) kind < sizeof(names) / sizeof(names[0]) ?
		names[kind] : "value";
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
	uint64_t	hash = MIX_B;
	uint32_t	weight = 1;
	uint32_t	kept = 0;
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		if (i > 0 && compare_items(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		hashes[kept] = sorted[i].hash;
		items[kept] = sorted[i].value;
		hash = mix(hash ^ sorted[i].hash, MIX_A);
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
	*set = (GauthValue) {.kind = GAUTH_VALUE_SET,.set = made};
	return GAUTH_OK;
}

/* the first item whose hash is not less */
static uint32_t
search_hash(const GauthSet *set, uint64_t hash)
{
	uint32_t	low = 0;
	uint32_t	high = set->count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (set->hashes[middle] < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
contains_hashed(const GauthSet *set, GauthValue value, uint64_t hash)
{
	uint32_t	i;

	for (i = search_hash(set, hash); i < set->count; i++)
	{
		if (set->hashes[i] != hash)
			return false;
		if (gauth_value_equal(set->items[i], value))
			return true;
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

		for (; hole > 0 && compare_fields(&fields[hole - 1], &field) > 0; hole--)
			fields[hole] = fields[hole - 1];
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

/* records larger than this are searched by halves */
#define SMALL_RECORD	12

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
