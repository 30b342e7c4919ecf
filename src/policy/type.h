/*
 * type.h
 *		The types of Cedar expressions, as the validator computes with them.
 *
 * Cedar's validator knows more types than a schema can write: the bottom
 * type Never, the two singleton booleans, "any entity", and, in permissive
 * mode, unions of entity types and records that may hold further attributes.
 *
 * Types are immutable and shared: one that occurs twice may be the same
 * pointer, so equality asks for that first.
 *
 * Cedar documentation, "Policy validation"; cedar-spec, Validation/Types.
 */
#ifndef GAUTH_POLICY_TYPE_H
#define GAUTH_POLICY_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/text.h"
#include "policy/value.h"

typedef enum GauthTypeKind
{
	GAUTH_TYPE_NEVER,			/* of the items of an empty set */
	GAUTH_TYPE_BOOL,
	GAUTH_TYPE_TRUE,
	GAUTH_TYPE_FALSE,
	GAUTH_TYPE_LONG,
	GAUTH_TYPE_STRING,
	GAUTH_TYPE_ENTITY,			/* entities: one type or a union */
	GAUTH_TYPE_ANY_ENTITY,
	GAUTH_TYPE_SET,				/* element */
	GAUTH_TYPE_ANY_SET,
	GAUTH_TYPE_RECORD,			/* attributes */
	GAUTH_TYPE_DECIMAL,
	GAUTH_TYPE_IPADDR,
	GAUTH_TYPE_DATETIME,
	GAUTH_TYPE_DURATION
} GauthTypeKind;

typedef enum GauthValidationMode
{
	GAUTH_VALIDATE_STRICT,
	GAUTH_VALIDATE_PERMISSIVE
} GauthValidationMode;

typedef struct GauthType GauthType;
typedef struct GauthEntityType GauthEntityType;

typedef struct GauthAttribute
{
	GauthSpan	name;
	const GauthType *type;
	bool		required;
} GauthAttribute;

struct GauthType
{
	uint8_t		kind;			/* GauthTypeKind */
	bool		open;			/* of a record: may hold other attributes */
	uint16_t	height;			/* 1 for a type without parts */
	uint32_t	count;			/* attributes or entity types */
	uint32_t	size;			/* parts altogether, each occurrence counted */
	union
	{
		const GauthType *element;
		const GauthAttribute *attributes;	/* ascending by name */
		const GauthEntityType *const *entities; /* ascending by rank */
	};
};

extern const GauthType gauth_type_never;
extern const GauthType gauth_type_bool;
extern const GauthType gauth_type_true;
extern const GauthType gauth_type_false;
extern const GauthType gauth_type_long;
extern const GauthType gauth_type_string;
extern const GauthType gauth_type_any_entity;
extern const GauthType gauth_type_any_set;
extern const GauthType gauth_type_any_record;
extern const GauthType gauth_type_empty_record;
extern const GauthType gauth_type_decimal;
extern const GauthType gauth_type_ipaddr;
extern const GauthType gauth_type_datetime;
extern const GauthType gauth_type_duration;

/* why two types have no least upper bound */
typedef enum GauthLubResult
{
	GAUTH_LUB_FOUND,
	GAUTH_LUB_NONE,
	GAUTH_LUB_NO_MEMORY
} GauthLubResult;

extern const GauthType *gauth_type_make_set(GauthArena *arena,
											const GauthType *element);
extern const GauthType *gauth_type_make_record(GauthArena *arena,
											   GauthAttribute *attributes,
											   uint32_t count, bool open);
extern const GauthType *gauth_type_find_extension(GauthSpan name);

extern bool gauth_type_equal(const GauthType *a, const GauthType *b);
extern bool gauth_type_is_subtype(const GauthType *a, const GauthType *b,
								  GauthValidationMode mode);
extern bool gauth_type_is_disjoint(const GauthType *a, const GauthType *b);
extern GauthLubResult gauth_type_lub(GauthArena *arena,
									 GauthValidationMode mode,
									 const GauthType *a, const GauthType *b,
									 const GauthType **lub);

extern const GauthAttribute *gauth_type_find_attribute(const GauthType *record,
													   GauthSpan name);
extern void gauth_type_describe(GauthText *text, const GauthType *type);

static inline bool
gauth_type_is_boolean(const GauthType *type)
{
	return type->kind == GAUTH_TYPE_BOOL || type->kind == GAUTH_TYPE_TRUE ||
		type->kind == GAUTH_TYPE_FALSE;
}

static inline const GauthType *
gauth_type_singleton(bool boolean)
{
	return boolean ? &gauth_type_true : &gauth_type_false;
}

#endif							/* GAUTH_POLICY_TYPE_H */
