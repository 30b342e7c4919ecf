/*
 * type.c
 *		The types of Cedar expressions: equality, subtypes, least upper bounds.
 *
 * Strict mode knows no subtypes but those of the booleans and of Never, so
 * that a least upper bound exists only where both types are alike.
 * Permissive mode joins entity types to unions and drops what two records
 * do not share.
 *
 * Recursion goes as deep as a type is high, which its makers limit.
 */
#include "policy/type.h"

#include "policy/schema.h"

/* what a description spells out; a message is no place for a whole schema */
#define DESCRIBE_DEPTH		3
#define DESCRIBE_PARTS		6

#define SIMPLE_TYPE(which)	{.kind = (which),.height = 1,.size = 1}

const GauthType gauth_type_never = SIMPLE_TYPE(GAUTH_TYPE_NEVER);
const GauthType gauth_type_bool = SIMPLE_TYPE(GAUTH_TYPE_BOOL);
const GauthType gauth_type_true = SIMPLE_TYPE(GAUTH_TYPE_TRUE);
const GauthType gauth_type_false = SIMPLE_TYPE(GAUTH_TYPE_FALSE);
const GauthType gauth_type_long = SIMPLE_TYPE(GAUTH_TYPE_LONG);
const GauthType gauth_type_string = SIMPLE_TYPE(GAUTH_TYPE_STRING);
const GauthType gauth_type_any_entity = SIMPLE_TYPE(GAUTH_TYPE_ANY_ENTITY);
const GauthType gauth_type_any_set = SIMPLE_TYPE(GAUTH_TYPE_ANY_SET);
const GauthType gauth_type_empty_record = SIMPLE_TYPE(GAUTH_TYPE_RECORD);
const GauthType gauth_type_decimal = SIMPLE_TYPE(GAUTH_TYPE_DECIMAL);
const GauthType gauth_type_ipaddr = SIMPLE_TYPE(GAUTH_TYPE_IPADDR);
const GauthType gauth_type_datetime = SIMPLE_TYPE(GAUTH_TYPE_DATETIME);
const GauthType gauth_type_duration = SIMPLE_TYPE(GAUTH_TYPE_DURATION);

const GauthType gauth_type_any_record = {
	.kind = GAUTH_TYPE_RECORD,.open = true,.height = 1,.size = 1
};

static uint32_t
add_sizes(uint32_t a, uint32_t b)
{
	return b > UINT32_MAX - a ? UINT32_MAX : a + b;
}

static uint16_t
raise_height(uint16_t height)
{
	return height == UINT16_MAX ? height : (uint16_t) (height + 1);
}

/*
 * gauth_type_make_set
 *		The type of sets of "element"; NULL when there is no memory.
 */
const GauthType *
gauth_type_make_set(GauthArena *arena, const GauthType *element)
{
	GauthType  *type = gauth_arena_zalloc(arena, sizeof(GauthType));

	if (type == NULL)
		return NULL;
	type->kind = GAUTH_TYPE_SET;
	type->height = raise_height(element->height);
	type->size = add_sizes(element->size, 1);
	type->element = element;
	return type;
}

/* a heap sort: in place, and no input makes it slow */
static void
sift_down(GauthAttribute *attributes, uint32_t from, uint32_t count)
{
	GauthAttribute moved = attributes[from];

	while (from < count / 2)
	{
		uint32_t	child = from * 2 + 1;

		if (child + 1 < count &&
			gauth_span_compare(attributes[child].name,
							   attributes[child + 1].name) < 0)
			child++;
		if (gauth_span_compare(moved.name, attributes[child].name) >= 0)
			break;
		attributes[from] = attributes[child];
		from = child;
	}
	attributes[from] = moved;
}

static void
sort_attributes(GauthAttribute *attributes, uint32_t count)
{
	uint32_t	i;

	for (i = count / 2; i > 0; i--)
		sift_down(attributes, i - 1, count);
	for (i = count; i > 1; i--)
	{
		GauthAttribute last = attributes[i - 1];

		attributes[i - 1] = attributes[0];
		attributes[0] = last;
		sift_down(attributes, 0, i - 1);
	}
}

/*
 * gauth_type_make_record
 *		The type of records with these attributes, whose names differ; the
 *		array becomes part of the type and is sorted.  NULL: no memory.
 */
const GauthType *
gauth_type_make_record(GauthArena *arena, GauthAttribute *attributes,
					   uint32_t count, bool open)
{
	GauthType  *type = gauth_arena_zalloc(arena, sizeof(GauthType));
	uint16_t	height = 0;
	uint32_t	i;

	if (type == NULL)
		return NULL;
	sort_attributes(attributes, count);
	type->kind = GAUTH_TYPE_RECORD;
	type->open = open;
	type->size = 1;
	type->count = count;
	type->attributes = attributes;
	for (i = 0; i < count; i++)
	{
		type->size = add_sizes(type->size, attributes[i].type->size);
		if (attributes[i].type->height > height)
			height = attributes[i].type->height;
	}
	type->height = raise_height(height);
	return type;
}

/*
 * gauth_type_find_extension
 *		The extension type of this name, or NULL.
 */
const GauthType *
gauth_type_find_extension(GauthSpan name)
{
	if (gauth_span_is(name, "decimal"))
		return &gauth_type_decimal;
	if (gauth_span_is(name, "ipaddr"))
		return &gauth_type_ipaddr;
	if (gauth_span_is(name, "datetime"))
		return &gauth_type_datetime;
	if (gauth_span_is(name, "duration"))
		return &gauth_type_duration;
	return NULL;
}

static bool
equal_entities(const GauthType *a, const GauthType *b)
{
	return a->count == b->count &&
		memcmp(a->entities, b->entities,
			   a->count * sizeof(a->entities[0])) == 0;
}

static bool
equal_records(const GauthType *a, const GauthType *b)
{
	uint32_t	i;

	if (a->open != b->open || a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
	{
		const GauthAttribute *x = &a->attributes[i];
		const GauthAttribute *y = &b->attributes[i];

		if (x->required != y->required ||
			!gauth_span_equal(x->name, y->name) ||
			!gauth_type_equal(x->type, y->type))
			return false;
	}
	return true;
}

/*
 * gauth_type_equal
 *		Are these the same type?
 */
bool
gauth_type_equal(const GauthType *a, const GauthType *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	if (a->kind == GAUTH_TYPE_ENTITY)
		return equal_entities(a, b);
	if (a->kind == GAUTH_TYPE_SET)
		return gauth_type_equal(a->element, b->element);
	if (a->kind == GAUTH_TYPE_RECORD)
		return equal_records(a, b);
	return true;
}

/* is every entity type of "a" one of "b"?  both ascend by rank */
static bool
is_part_of_union(const GauthType *a, const GauthType *b)
{
	uint32_t	i;
	uint32_t	j = 0;

	for (i = 0; i < a->count; i++)
	{
		while (j < b->count && b->entities[j]->rank < a->entities[i]->rank)
			j++;
		if (j == b->count || b->entities[j] != a->entities[i])
			return false;
	}
	return true;
}

static bool
is_entity_subtype(const GauthType *a, const GauthType *b,
				  GauthValidationMode mode)
{
	if (a->kind == GAUTH_TYPE_ANY_ENTITY)
		return b->kind == GAUTH_TYPE_ANY_ENTITY;
	if (mode == GAUTH_VALIDATE_STRICT)
		return b->kind == GAUTH_TYPE_ENTITY && equal_entities(a, b);
	return b->kind == GAUTH_TYPE_ANY_ENTITY || is_part_of_union(a, b);
}

static bool
is_attribute_subtype(const GauthAttribute *a, const GauthAttribute *b,
					 GauthValidationMode mode)
{
	if (mode == GAUTH_VALIDATE_STRICT ? a->required != b->required :
		!a->required && b->required)
		return false;
	return gauth_type_is_subtype(a->type, b->type, mode);
}

static bool
is_record_subtype(const GauthType *a, const GauthType *b,
				  GauthValidationMode mode)
{
	bool		wide = b->open && mode == GAUTH_VALIDATE_PERMISSIVE;
	uint32_t	i;

	if ((a->open && !b->open) || (!wide && a->count != b->count))
		return false;
	for (i = 0; i < b->count; i++)
	{
		const GauthAttribute *attribute =
		gauth_type_find_attribute(a, b->attributes[i].name);

		if (attribute == NULL ||
			!is_attribute_subtype(attribute, &b->attributes[i], mode))
			return false;
	}
	return true;
}

static inline bool
is_entity_kind(const GauthType *type)
{
	return type->kind == GAUTH_TYPE_ENTITY ||
		type->kind == GAUTH_TYPE_ANY_ENTITY;
}

static inline bool
is_set_kind(const GauthType *type)
{
	return type->kind == GAUTH_TYPE_SET || type->kind == GAUTH_TYPE_ANY_SET;
}

/*
 * gauth_type_is_subtype
 *		Is each value of type "a" one of type "b"?
 *
 * Strict mode compares records by depth only and entity types for equality.
 */
bool
gauth_type_is_subtype(const GauthType *a, const GauthType *b,
					  GauthValidationMode mode)
{
	if (a == b || a->kind == GAUTH_TYPE_NEVER)
		return true;
	if (gauth_type_is_boolean(a))
		return b->kind == GAUTH_TYPE_BOOL || a->kind == b->kind;
	if (is_entity_kind(a))
		return is_entity_kind(b) && is_entity_subtype(a, b, mode);
	if (is_set_kind(a))
	{
		if (b->kind == GAUTH_TYPE_ANY_SET)
			return true;
		return a->kind == GAUTH_TYPE_SET && b->kind == GAUTH_TYPE_SET &&
			gauth_type_is_subtype(a->element, b->element, mode);
	}
	if (a->kind == GAUTH_TYPE_RECORD)
		return b->kind == GAUTH_TYPE_RECORD && is_record_subtype(a, b, mode);
	return a->kind == b->kind;
}

/*
 * gauth_type_is_disjoint
 *		Can no value be of both types?
 *
 * Answers true for entity types only, as Cedar's validator does: equality of
 * other types that differ is an error in strict mode and open in permissive
 * mode, where an empty set, say, has every set type.
 */
bool
gauth_type_is_disjoint(const GauthType *a, const GauthType *b)
{
	uint32_t	i = 0;
	uint32_t	j = 0;

	if (a->kind != GAUTH_TYPE_ENTITY || b->kind != GAUTH_TYPE_ENTITY)
		return false;
	while (i < a->count && j < b->count)
	{
		if (a->entities[i] == b->entities[j])
			return false;
		if (a->entities[i]->rank < b->entities[j]->rank)
			i++;
		else
			j++;
	}
	return true;
}

static GauthLubResult
join_entities(GauthArena *arena, const GauthType *a, const GauthType *b,
			  const GauthType **lub)
{
	GauthType  *type = gauth_arena_zalloc(arena, sizeof(GauthType));
	const GauthEntityType **entities =
	gauth_arena_array(arena, (size_t) a->count + b->count,
					  sizeof(entities[0]));
	uint32_t	i = 0;
	uint32_t	j = 0;

	if (type == NULL || entities == NULL)
		return GAUTH_LUB_NO_MEMORY;
	*type = (GauthType)
	{
		.kind = GAUTH_TYPE_ENTITY,.height = 1,.size = 1
	};
	while (i < a->count || j < b->count)
	{
		if (j == b->count ||
			(i < a->count && a->entities[i]->rank < b->entities[j]->rank))
			entities[type->count++] = a->entities[i++];
		else
		{
			if (i < a->count && a->entities[i] == b->entities[j])
				i++;
			entities[type->count++] = b->entities[j++];
		}
	}
	type->entities = entities;
	*lub = type;
	return GAUTH_LUB_FOUND;
}

static GauthLubResult
join_attributes(GauthArena *arena, GauthValidationMode mode,
				const GauthAttribute *a, const GauthAttribute *b,
				GauthAttribute *joined)
{
	if (mode == GAUTH_VALIDATE_STRICT && a->required != b->required)
		return GAUTH_LUB_NONE;
	joined->name = a->name;
	joined->required = a->required && b->required;
	return gauth_type_lub(arena, mode, a->type, b->type, &joined->type);
}

/*
 * Strict: the same names, and a bound for each.  Permissive: the names that
 * both have and that have a bound; where any were left out, the result is
 * open, because values of this type may hold them.
 */
static GauthLubResult
join_records(GauthArena *arena, GauthValidationMode mode, const GauthType *a,
			 const GauthType *b, const GauthType **lub)
{
	bool		strict = mode == GAUTH_VALIDATE_STRICT;
	GauthAttribute *joined = gauth_arena_array(arena, a->count,
											   sizeof(GauthAttribute));
	uint32_t	count = 0;
	uint32_t	i;

	if (joined == NULL)
		return GAUTH_LUB_NO_MEMORY;
	if (strict && a->count != b->count)
		return GAUTH_LUB_NONE;
	for (i = 0; i < a->count; i++)
	{
		const GauthAttribute *other =
		gauth_type_find_attribute(b, a->attributes[i].name);
		GauthLubResult result = GAUTH_LUB_NONE;

		if (other != NULL)
			result = join_attributes(arena, mode, &a->attributes[i], other,
									 &joined[count]);
		if (result == GAUTH_LUB_NO_MEMORY ||
			(result == GAUTH_LUB_NONE && strict))
			return result;
		if (result == GAUTH_LUB_FOUND)
			count++;
	}
	*lub = gauth_type_make_record(arena, joined, count,
								  a->open || b->open ||
								  count != a->count || count != b->count);
	return *lub == NULL ? GAUTH_LUB_NO_MEMORY : GAUTH_LUB_FOUND;
}

static GauthLubResult
join_sets(GauthArena *arena, GauthValidationMode mode, const GauthType *a,
		  const GauthType *b, const GauthType **lub)
{
	const GauthType *element;
	GauthLubResult result = gauth_type_lub(arena, mode, a->element,
										   b->element, &element);

	if (result != GAUTH_LUB_FOUND)
		return result;
	*lub = gauth_type_make_set(arena, element);
	return *lub == NULL ? GAUTH_LUB_NO_MEMORY : GAUTH_LUB_FOUND;
}

/*
 * gauth_type_lub
 *		The least type that both types are subtypes of, if there is one.
 *
 * cedar-spec, Validation/Subtyping, for strict mode.
 */
GauthLubResult
gauth_type_lub(GauthArena *arena, GauthValidationMode mode,
			   const GauthType *a, const GauthType *b, const GauthType **lub)
{
	*lub = NULL;
	if (gauth_type_is_subtype(a, b, mode))
		*lub = b;
	else if (gauth_type_is_subtype(b, a, mode))
		*lub = a;
	else if (gauth_type_is_boolean(a) && gauth_type_is_boolean(b))
		*lub = &gauth_type_bool;
	if (*lub != NULL)
		return GAUTH_LUB_FOUND;

	if (a->kind != b->kind)
		return GAUTH_LUB_NONE;
	if (a->kind == GAUTH_TYPE_SET)
		return join_sets(arena, mode, a, b, lub);
	if (a->kind == GAUTH_TYPE_RECORD)
		return join_records(arena, mode, a, b, lub);
	if (a->kind == GAUTH_TYPE_ENTITY && mode == GAUTH_VALIDATE_PERMISSIVE)
		return join_entities(arena, a, b, lub);
	return GAUTH_LUB_NONE;
}

/*
 * gauth_type_find_attribute
 *		The attribute of a record type by its name, or NULL.
 */
const GauthAttribute *
gauth_type_find_attribute(const GauthType *record, GauthSpan name)
{
	uint32_t	low = 0;
	uint32_t	high = record->count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		int			order = gauth_span_compare(record->attributes[middle].name,
											   name);

		if (order == 0)
			return &record->attributes[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void describe(GauthText *text, const GauthType *type, unsigned depth);

static void
describe_record(GauthText *text, const GauthType *type, unsigned depth)
{
	uint32_t	i;

	gauth_text_append_char(text, '{');
	for (i = 0; i < type->count && i < DESCRIBE_PARTS; i++)
	{
		if (i > 0)
			gauth_text_append(text, GAUTH_SPAN(", "));
		gauth_text_append(text, type->attributes[i].name);
		gauth_text_append(text, type->attributes[i].required ?
						  GAUTH_SPAN(": ") : GAUTH_SPAN("?: "));
		describe(text, type->attributes[i].type, depth + 1);
	}
	if (i < type->count || type->open)
		gauth_text_append(text, i > 0 ? GAUTH_SPAN(", ...") :
						  GAUTH_SPAN("..."));
	gauth_text_append_char(text, '}');
}

static void
describe_union(GauthText *text, const GauthType *type)
{
	uint32_t	i;

	for (i = 0; i < type->count && i < DESCRIBE_PARTS; i++)
	{
		if (i > 0)
			gauth_text_append(text, GAUTH_SPAN(" or "));
		gauth_text_append(text, type->entities[i]->name);
	}
	if (i < type->count)
		gauth_text_append(text, GAUTH_SPAN(" or ..."));
}

static void
describe(GauthText *text, const GauthType *type, unsigned depth)
{
	static const char *const names[] = {
		[GAUTH_TYPE_NEVER] = "Never",
		[GAUTH_TYPE_BOOL] = "Bool",
		[GAUTH_TYPE_TRUE] = "True",
		[GAUTH_TYPE_FALSE] = "False",
		[GAUTH_TYPE_LONG] = "Long",
		[GAUTH_TYPE_STRING] = "String",
		[GAUTH_TYPE_ANY_ENTITY] = "entity",
		[GAUTH_TYPE_ANY_SET] = "Set",
		[GAUTH_TYPE_DECIMAL] = "decimal",
		[GAUTH_TYPE_IPADDR] = "ipaddr",
		[GAUTH_TYPE_DATETIME] = "datetime",
		[GAUTH_TYPE_DURATION] = "duration"
	};

	if (depth > DESCRIBE_DEPTH)
		gauth_text_append(text, GAUTH_SPAN("..."));
	else if (type->kind == GAUTH_TYPE_RECORD)
		describe_record(text, type, depth);
	else if (type->kind == GAUTH_TYPE_ENTITY)
		describe_union(text, type);
	else if (type->kind == GAUTH_TYPE_SET)
	{
		gauth_text_append(text, GAUTH_SPAN("Set<"));
		describe(text, type->element, depth + 1);
		gauth_text_append_char(text, '>');
	}
	else
		gauth_text_append(text, gauth_span_of(names[type->kind]));
}

/*
 * gauth_type_describe
 *		Append how a person would write the type, shortened where it is long.
 */
void
gauth_type_describe(GauthText *text, const GauthType *type)
{
	describe(text, type, 0);
}
