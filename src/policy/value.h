/*
 * value.h
 *		What a Cedar expression yields: values, entity uids, sets and records.
 *
 * A value is 16 bytes and borrows everything larger from an arena, an entity
 * store or a compiled policy set.  Values are immutable once made.
 *
 * An entity uid holds its two strings in line and no pointer, so that the
 * same struct serves in an arena, in an entity store and in a compiled set
 * that lies at another address in each process.  A uid carries its hash:
 * two uids are told apart by one integer comparison nearly always.
 *
 * Sets are canonical: sorted by hash and content, without duplicates, so
 * that equality is element by element and membership a binary search.
 * Records are sorted by attribute name.
 */
#ifndef GAUTH_POLICY_VALUE_H
#define GAUTH_POLICY_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

typedef enum GauthValueKind
{
	GAUTH_VALUE_BOOL,
	GAUTH_VALUE_LONG,
	GAUTH_VALUE_STRING,
	GAUTH_VALUE_ENTITY,
	GAUTH_VALUE_SET,
	GAUTH_VALUE_RECORD,
	GAUTH_VALUE_DECIMAL,
	GAUTH_VALUE_IPADDR,
	GAUTH_VALUE_DATETIME,
	GAUTH_VALUE_DURATION
} GauthValueKind;

/* Type::"id"; "bytes" is the type's full name, then the id, no zero bytes */
typedef struct GauthUid
{
	uint64_t	hash;			/* of type and id */
	uint32_t	type_hash;		/* of the type alone */
	uint32_t	type_len;
	uint32_t	id_len;
	char		bytes[];
} GauthUid;

typedef struct GauthSet GauthSet;
typedef struct GauthRecord GauthRecord;

/* an IPv4 address uses the first 4 bytes of "address", the rest is zero */
typedef struct GauthIp
{
	uint8_t		address[16];
	uint8_t		prefix;			/* 0..32 or 0..128 */
	bool		is_v6;
} GauthIp;

typedef struct GauthValue
{
	uint8_t		kind;			/* GauthValueKind */
	uint32_t	len;			/* of a string, in bytes */
	union
	{
		bool		boolean;
		int64_t		number;		/* LONG; DECIMAL in 1/10000; DATETIME and
								 * DURATION in milliseconds */
		const char *text;		/* STRING, UTF-8, may hold zero bytes */
		const GauthUid *uid;
		const GauthSet *set;
		const GauthRecord *record;
		const GauthIp *ip;
	};
} GauthValue;

/*
 * The weight of a set or a record counts all values inside it, however deep:
 * what comparing it may cost.
 */
struct GauthSet
{
	uint64_t	hash;
	uint32_t	count;
	uint32_t	weight;
	const uint64_t *hashes;		/* of the items, ascending */
	const GauthValue *items;
};

typedef struct GauthField
{
	const char *name;
	uint32_t	name_len;
	uint32_t	name_hash;		/* gauth_name_hash */
	GauthValue	value;
} GauthField;

struct GauthRecord
{
	uint32_t	count;
	uint32_t	weight;
	const GauthField *fields;	/* ascending by name, bytewise */
	uint64_t	hash;
};

extern const GauthRecord gauth_empty_record;

extern uint64_t gauth_bytes_hash(GauthSpan bytes, uint64_t seed);
extern uint32_t gauth_name_hash(GauthSpan name);

extern size_t gauth_uid_size(GauthSpan type, GauthSpan id);
extern void gauth_uid_fill(GauthUid *uid, GauthSpan type, GauthSpan id);
extern const GauthUid *gauth_uid_make(GauthArena *arena, GauthSpan type,
									  GauthSpan id);
extern int	gauth_uid_compare(const GauthUid *a, const GauthUid *b);

extern uint64_t gauth_value_hash(GauthValue value);
extern uint32_t gauth_value_weight(GauthValue value);
extern int	gauth_value_compare(GauthValue a, GauthValue b);
extern bool gauth_value_equal(GauthValue a, GauthValue b);
extern const char *gauth_value_kind_name(GauthValueKind kind);

extern GauthStatus gauth_set_make(GauthArena *arena, const GauthValue *items,
								  uint32_t count, GauthValue *set,
								  GauthError *err);
extern bool gauth_set_contains(const GauthSet *set, GauthValue value);
extern bool gauth_set_contains_all(const GauthSet *set, const GauthSet *part);
extern bool gauth_set_contains_any(const GauthSet *set, const GauthSet *other);

extern GauthStatus gauth_record_make(GauthArena *arena, GauthField *fields,
									 uint32_t count, GauthValue *record,
									 GauthError *err);
extern const GauthValue *gauth_record_find(const GauthRecord *record,
										   GauthSpan name, uint32_t hash);
extern const GauthValue *gauth_record_get(const GauthRecord *record,
										  GauthSpan name);

static inline GauthSpan
gauth_uid_type(const GauthUid *uid)
{
	return gauth_span(uid->bytes, uid->type_len);
}

static inline GauthSpan
gauth_uid_id(const GauthUid *uid)
{
	return gauth_span(uid->bytes + uid->type_len, uid->id_len);
}

static inline bool
gauth_uid_equal(const GauthUid *a, const GauthUid *b)
{
	return a == b ||
		(a->hash == b->hash && a->type_len == b->type_len &&
		 a->id_len == b->id_len &&
		 memcmp(a->bytes, b->bytes, (size_t) a->type_len + a->id_len) == 0);
}

static inline bool
gauth_uid_has_type(const GauthUid *uid, GauthSpan type)
{
	return uid->type_len == type.len &&
		memcmp(uid->bytes, type.data, type.len) == 0;
}

static inline GauthValue
gauth_value_bool(bool boolean)
{
	return (GauthValue)
	{
		.kind = GAUTH_VALUE_BOOL,.boolean = boolean
	};
}

static inline GauthValue
gauth_value_long(int64_t number)
{
	return (GauthValue)
	{
		.kind = GAUTH_VALUE_LONG,.number = number
	};
}

static inline GauthValue
gauth_value_string(GauthSpan text)
{
	return (GauthValue)
	{
		.kind = GAUTH_VALUE_STRING,.len = (uint32_t) text.len,.text = text.data
	};
}

static inline GauthValue
gauth_value_entity(const GauthUid *uid)
{
	return (GauthValue)
	{
		.kind = GAUTH_VALUE_ENTITY,.uid = uid
	};
}

static inline GauthValue
gauth_value_record(const GauthRecord *record)
{
	return (GauthValue)
	{
		.kind = GAUTH_VALUE_RECORD,.record = record
	};
}

/* DECIMAL, DATETIME or DURATION */
static inline GauthValue
gauth_value_scaled(GauthValueKind kind, int64_t number)
{
	return (GauthValue)
	{
		.kind = kind,.number = number
	};
}

static inline GauthSpan
gauth_value_text(GauthValue value)
{
	return gauth_span(value.text, value.len);
}

#endif							/* GAUTH_POLICY_VALUE_H */
