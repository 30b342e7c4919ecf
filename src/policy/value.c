/*
 * value.c
 *		Hashes, order and equality of values.  Sets and records are made in
 *		collection.c.
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

#include "policy/hash.h"

/* bytes of a string that weigh as much as one value */
#define BYTES_PER_WEIGHT	32

/*
 * gauth_bytes_hash
 *		64 bits of a string of bytes; equal input and seed, equal hash.
 *
 * Not for cryptography, and different on machines of another byte order.
 */
uint64_t
gauth_bytes_hash(GauthSpan bytes, uint64_t seed)
{
	uint64_t	hash = seed ^ GAUTH_HASH_A ^ bytes.len;
	const char *at = bytes.data;
	size_t		left = bytes.len;
	uint64_t	word = 0;

	for (; left > 8; left -= 8, at += 8)
	{
		memcpy(&word, at, 8);
		hash = gauth_hash_mix(hash ^ word, GAUTH_HASH_B);
	}
	word = 0;
	if (left > 0)
		memcpy(&word, at, left);
	hash = gauth_hash_mix(hash ^ word, GAUTH_HASH_B);
	return gauth_hash_mix(hash ^ GAUTH_HASH_A, GAUTH_HASH_B ^ bytes.len);
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

/*
 * gauth_value_hash
 *		Equal values have equal hashes.
 */
uint64_t
gauth_value_hash(GauthValue value)
{
	uint64_t	seed = GAUTH_HASH_A * (value.kind + 1u);

	switch ((GauthValueKind) value.kind)
	{
		case GAUTH_VALUE_BOOL:
			return gauth_hash_mix(seed ^ value.boolean, GAUTH_HASH_B);
		case GAUTH_VALUE_LONG:
		case GAUTH_VALUE_DECIMAL:
		case GAUTH_VALUE_DATETIME:
		case GAUTH_VALUE_DURATION:
			return gauth_hash_mix(seed ^ (uint64_t) value.number,
								  GAUTH_HASH_B);
		case GAUTH_VALUE_STRING:
			return gauth_bytes_hash(gauth_value_text(value), seed);
		case GAUTH_VALUE_ENTITY:
			return gauth_hash_mix(seed ^ value.uid->hash, GAUTH_HASH_B);
		case GAUTH_VALUE_SET:
			return gauth_hash_mix(seed ^ value.set->hash, GAUTH_HASH_B);
		case GAUTH_VALUE_RECORD:
			return gauth_hash_mix(seed ^ value.record->hash, GAUTH_HASH_B);
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
