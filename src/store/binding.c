/*
 * binding.c
 *		What a binding says, held against the table and the schema as they are.
 *
 * A binding names its table and its columns; they are looked up at every use
 * and their types are checked again, so that a table that was dropped or
 * altered since is a status and not an accident.  The table stays locked to
 * the end of the transaction, as one that a query reads.  What the rows hold
 * is read in binding_row.c, the indexes are found in binding_leaf.c.
 */
#include "store/binding.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "base/json.h"
#include "base/text.h"
#include "policy/entity_json.h"
#include "store/compat.h"

/* as often a table may change its name while it is being opened */
#define OPEN_ATTEMPTS	8

/* what making a binding needs */
typedef struct Opening
{
	GauthArena *arena;
	const GauthBindingRow *row;
	const GauthEntityType *type;	/* NULL without a schema */
	GauthJson  *attributes;		/* NULL: every column */
	GauthJson  *parents;		/* NULL: none */
	GauthBinding *binding;
	Relation	relation;
	GauthText  *findings;		/* takes all that does not hold, a line each;
								 * NULL: the first one ends it */
	GauthError *err;
} Opening;

static GauthStatus
fail_name(GauthError *err, const char *format, GauthSpan name)
{
	char		shown[NAMEDATALEN];
	size_t		len = Min(name.len, sizeof(shown) - 1);

	if (len > 0)
		memcpy(shown, name.data, len);
	shown[len] = '\0';
	return gauth_fail_format(err, GAUTH_INVALID_VALUE, 0, format, shown);
}

/* what does not hold is told with the others if somebody wants them all */
static GauthStatus
judge(const Opening *opening, GauthStatus status)
{
	if (opening->findings == NULL || status != GAUTH_INVALID_VALUE)
		return status;
	if (opening->findings->len > 0)
		gauth_text_append_char(opening->findings, '\n');
	gauth_text_append(opening->findings, opening->row->entity_type);
	gauth_text_append(opening->findings, GAUTH_SPAN(": "));
	gauth_text_append(opening->findings,
					  gauth_span_of(opening->err->detail));
	return GAUTH_OK;
}

static Oid
find_relation(const GauthBindingRow *row)
{
	Oid			namespace;

	if (row->relation_schema.len >= NAMEDATALEN ||
		row->relation.len >= NAMEDATALEN)
		return InvalidOid;
	namespace = get_namespace_oid(pnstrdup(row->relation_schema.data,
										   row->relation_schema.len), true);
	if (!OidIsValid(namespace))
		return InvalidOid;
	return get_relname_relid(pnstrdup(row->relation.data, row->relation.len),
							 namespace);
}

/*
 * By name, whatever the caller may see: the privileges are those of who made
 * the binding.  The name is looked at again under the lock.
 */
static Relation
open_relation(const GauthBindingRow *row)
{
	int			attempt;

	for (attempt = 0; attempt < OPEN_ATTEMPTS; attempt++)
	{
		Oid			number = find_relation(row);
		Relation	relation;

		if (!OidIsValid(number))
			return NULL;
		relation = try_relation_open(number, AccessShareLock);
		if (relation != NULL && find_relation(row) == number)
			return relation;
		if (relation != NULL)
			relation_close(relation, AccessShareLock);
	}
	return NULL;
}

static GauthStatus
check_relation(const Opening *opening)
{
	const FormData_pg_class *form = opening->relation->rd_rel;

	if (form->relkind != RELKIND_RELATION &&
		form->relkind != RELKIND_PARTITIONED_TABLE)
		return gauth_fail(opening->err, GAUTH_INVALID_VALUE,
						  "only a table can be bound");
	if (form->relpersistence == RELPERSISTENCE_TEMP)
		return gauth_fail(opening->err, GAUTH_INVALID_VALUE,
						  "a temporary table cannot be bound");
	return GAUTH_OK;
}

/*
 * Whoever makes a table of the same name anew does not take the binding over:
 * what the rows say was trusted as its owner's word.
 */
static GauthStatus
check_owner(const Opening *opening)
{
	char	   *owner = GetUserNameFromId(opening->relation->rd_rel->relowner,
										  true);

	if (owner != NULL && gauth_span_is(opening->row->relation_owner, owner))
		return GAUTH_OK;
	return fail_name(opening->err, "the table no longer belongs to \"%s\", "
					 "for whom it was bound: bind it again",
					 opening->row->relation_owner);
}

static const FormData_pg_attribute *
find_attribute(Relation relation, GauthSpan name)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	int			i;

	for (i = 0; i < descriptor->natts; i++)
	{
		const FormData_pg_attribute *attribute = TupleDescAttr(descriptor, i);

		if (!attribute->attisdropped &&
			gauth_span_is(name, NameStr(attribute->attname)))
			return attribute;
	}
	return NULL;
}

/* a column's type; what is computed at reading would run its expression */
static GauthStatus
find_type(const Opening *opening, GauthSpan name, Oid *type)
{
	const FormData_pg_attribute *attribute = find_attribute(opening->relation,
															name);

	if (attribute == NULL)
		return fail_name(opening->err, "the table has no column \"%s\"", name);
	if (attribute->attgenerated != '\0' &&
		attribute->attgenerated != ATTRIBUTE_GENERATED_STORED)
		return fail_name(opening->err, "the column \"%s\" is not stored",
						 name);
	*type = attribute->atttypid;
	return GAUTH_OK;
}

/* the only entity type of a reference, or of the items of a set of them */
static GauthSpan
implied_type(const GauthType *expected)
{
	if (expected != NULL && expected->kind == GAUTH_TYPE_SET)
		expected = expected->element;
	if (expected == NULL || expected->kind != GAUTH_TYPE_ENTITY ||
		expected->count != 1)
		return gauth_span(NULL, 0);
	return expected->entities[0]->name;
}

static GauthStatus
expect(const Opening *opening, GauthColumn *column)
{
	const GauthAttribute *declared;

	if (opening->type == NULL)
		return GAUTH_OK;
	declared = gauth_type_find_attribute(opening->type->shape,
										 column->attribute);
	if (declared == NULL)
		return fail_name(opening->err, "attribute \"%s\": the schema does not "
						 "declare it", column->attribute);
	column->expected = declared->type;
	if (column->entity_type.len == 0)
		column->entity_type = implied_type(declared->type);
	return GAUTH_OK;
}

/* a parent's type has to be one that may be above */
static GauthStatus
expect_parent(const Opening *opening, const GauthColumn *column)
{
	const GauthEntityType *upper;

	if (gauth_span_starts_with(column->entity_type, GAUTH_SPAN("GAuth::")))
		return gauth_fail(opening->err, GAUTH_INVALID_VALUE,
						  "entities of GAuth have no children elsewhere");
	if (opening->type == NULL)
		return GAUTH_OK;
	upper = gauth_schema_find_type(opening->binding->schema,
								   column->entity_type);
	if (upper == NULL || !gauth_entity_type_has_ancestor(opening->type, upper))
		return fail_name(opening->err, "the schema does not declare that "
						 "entities of the type are in \"%s\"",
						 column->entity_type);
	return GAUTH_OK;
}

static GauthStatus
fill_column(const Opening *opening, const GauthColumn *given,
			GauthColumn *column)
{
	GauthStatus status;

	*column = *given;
	if (given->entity_type.data != NULL &&
		!gauth_type_name_is_valid(given->entity_type))
		return fail_name(opening->err, "\"%s\" is no entity type",
						 given->entity_type);
	status = find_type(opening, column->name, &column->type);
	if (status != GAUTH_OK)
		return status;
	(void) gauth_column_type_find(column->type, &column->item);
	status = column->attribute.data == NULL ?
		expect_parent(opening, column) : expect(opening, column);
	return status != GAUTH_OK ? status :
		gauth_column_check(column, opening->err);
}

/* one that does not fit stays where all findings are wanted, without a type */
static GauthStatus
add_column(Opening *opening, const GauthColumn *given)
{
	GauthBinding *binding = opening->binding;
	GauthColumn *column = &binding->columns[binding->column_count];
	GauthStatus status = fill_column(opening, given, column);

	if (status != GAUTH_OK)
		column->type = InvalidOid;
	if (status == GAUTH_OK || opening->findings != NULL)
		binding->column_count++;
	return status;
}

/* {"column": name, "type": entity type} */
static GauthStatus
read_reference(const Opening *opening, const GauthJson *json,
			   GauthColumn *column)
{
	const GauthJson *name = gauth_json_get(json, "column");
	const GauthJson *type = gauth_json_get(json, "type");

	if (json->type != GAUTH_JSON_OBJECT || json->count != 2 || name == NULL ||
		name->type != GAUTH_JSON_STRING || type == NULL ||
		type->type != GAUTH_JSON_STRING)
		return gauth_fail(opening->err, GAUTH_INVALID_VALUE,
						  "a reference has the members column and type");
	column->name = name->text;
	column->entity_type = type->text;
	return GAUTH_OK;
}

static GauthStatus
add_attribute(Opening *opening, const GauthJson *json)
{
	GauthColumn column = {.attribute = json->name,.name = json->text};
	GauthStatus status = GAUTH_OK;

	if (json->type != GAUTH_JSON_STRING)
		status = read_reference(opening, json, &column);
	return status != GAUTH_OK ? status : add_column(opening, &column);
}

/* every column under its own name; with a schema, those that it declares */
static GauthStatus
add_all_columns(Opening *opening)
{
	TupleDesc	descriptor = RelationGetDescr(opening->relation);
	GauthStatus status = GAUTH_OK;
	int			i;

	for (i = 0; i < descriptor->natts && status == GAUTH_OK; i++)
	{
		GauthColumn column = {0};
		GauthSpan	name;

		if (TupleDescAttr(descriptor, i)->attisdropped)
			continue;
		name = gauth_span_of(NameStr(TupleDescAttr(descriptor, i)->attname));
		if (opening->type != NULL &&
			gauth_type_find_attribute(opening->type->shape, name) == NULL)
			continue;
		if (!gauth_arena_copy(opening->arena, name, &column.name))
			return gauth_fail(opening->err, GAUTH_OUT_OF_MEMORY, "binding");
		column.attribute = column.name;
		status = judge(opening, add_column(opening, &column));
	}
	return status;
}

/*
 * The tree points into a copy of the text, which lives with the binding; NULL
 * for a text that is not there.
 */
static GauthStatus
parse(const Opening *opening, GauthSpan text, GauthJsonType type,
	  GauthJson **json)
{
	GauthSpan	copy;
	GauthStatus status;

	*json = NULL;
	if (text.data == NULL)
		return GAUTH_OK;
	if (!gauth_arena_copy(opening->arena, text, &copy))
		return gauth_fail(opening->err, GAUTH_OUT_OF_MEMORY, "binding");
	status = gauth_json_parse(opening->arena, copy,
							  &gauth_json_document_limits, json,
							  opening->err);
	if (status == GAUTH_OK && (*json)->type != type)
		status = gauth_fail(opening->err, GAUTH_INVALID_VALUE,
							"attributes are an object, parents an array");
	if (status == GAUTH_OK && (*json)->count > MaxHeapAttributeNumber)
		status = gauth_fail(opening->err, GAUTH_LIMIT_EXCEEDED,
							"columns of one binding");
	return status;
}

static GauthStatus
make_room(Opening *opening)
{
	size_t		room = opening->attributes != NULL ?
	opening->attributes->count :
	(size_t) RelationGetDescr(opening->relation)->natts;

	if (opening->parents != NULL)
		room += opening->parents->count;
	opening->binding->columns = gauth_arena_array(opening->arena, room,
												  sizeof(GauthColumn));
	return opening->binding->columns != NULL ? GAUTH_OK :
		gauth_fail(opening->err, GAUTH_OUT_OF_MEMORY, "binding");
}

static GauthStatus
add_attributes(Opening *opening)
{
	const GauthJson *child;
	GauthStatus status = GAUTH_OK;

	if (opening->attributes == NULL)
		return add_all_columns(opening);
	for (child = opening->attributes->first;
		 child != NULL && status == GAUTH_OK; child = child->next)
		status = judge(opening, add_attribute(opening, child));
	return status;
}

static GauthStatus
add_parents(Opening *opening)
{
	const GauthJson *child;
	GauthStatus status = GAUTH_OK;

	if (opening->parents == NULL)
		return GAUTH_OK;
	for (child = opening->parents->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
	{
		GauthColumn column = {0};

		status = read_reference(opening, child, &column);
		if (status == GAUTH_OK)
			status = add_column(opening, &column);
		status = judge(opening, status);
	}
	return status;
}

static GauthStatus
check_id(Opening *opening)
{
	GauthStatus status = find_type(opening, opening->row->id_column,
								   &opening->binding->id_type);

	if (status != GAUTH_OK ||
		gauth_column_type_names(opening->binding->id_type))
		return status;
	return fail_name(opening->err, "the column \"%s\" cannot hold ids: its "
					 "type is no integer, text or uuid",
					 opening->row->id_column);
}

static GauthStatus
fill(Opening *opening)
{
	GauthBinding *binding = opening->binding;
	GauthStatus status = check_relation(opening);

	binding->relation = RelationGetRelid(opening->relation);
	if (status == GAUTH_OK)
		status = check_owner(opening);
	if (status == GAUTH_OK)
		status = check_id(opening);
	if (status == GAUTH_OK)
		status = make_room(opening);
	if (status == GAUTH_OK)
		status = add_attributes(opening);
	binding->attribute_count = binding->column_count;
	if (status == GAUTH_OK)
		status = add_parents(opening);
	if (status == GAUTH_OK)
		status = gauth_binding_leaves(binding, opening->relation,
									  opening->err);
	return status;
}

static GauthStatus
find_entity_type(const GauthBindingRow *row, const GauthSchema *schema,
				 const GauthEntityType **type, GauthError *err)
{
	*type = NULL;
	if (schema == NULL)
		return GAUTH_OK;
	*type = gauth_schema_find_type(schema, row->entity_type);
	if (*type == NULL || (*type)->kind != GAUTH_ENTITY_STANDARD)
		return fail_name(err, "the schema does not declare \"%s\" as an "
						 "entity type that a table can hold",
						 row->entity_type);
	return GAUTH_OK;
}

static GauthStatus
begin(Opening *opening, const GauthSchema *schema)
{
	const GauthBindingRow *row = opening->row;
	GauthBinding *binding = gauth_arena_zalloc(opening->arena,
											   sizeof(GauthBinding));
	GauthStatus status;

	if (binding == NULL ||
		!gauth_arena_copy(opening->arena, row->entity_type,
						  &binding->entity_type) ||
		!gauth_arena_copy(opening->arena, row->id_column,
						  &binding->id_column))
		return gauth_fail(opening->err, GAUTH_OUT_OF_MEMORY, "binding");
	binding->arena = opening->arena;
	binding->schema = schema;
	opening->binding = binding;
	status = parse(opening, row->attributes, GAUTH_JSON_OBJECT,
				   &opening->attributes);
	if (status == GAUTH_OK)
		status = parse(opening, row->parents, GAUTH_JSON_ARRAY,
					   &opening->parents);
	return status;
}

/* the relation stays locked, whatever comes of it */
static GauthStatus
open_and_fill(Opening *opening)
{
	GauthStatus status;

	opening->relation = open_relation(opening->row);
	if (opening->relation == NULL)
		return gauth_fail(opening->err, GAUTH_INVALID_VALUE,
						  "the table of a binding does not exist");
	status = fill(opening);
	relation_close(opening->relation, NoLock);
	return status;
}

/*
 * gauth_binding_open
 *		Find table, columns and index of a binding; all that the binding holds
 *		is in the arena.  The schema may be NULL.
 *
 * Errors: GAUTH_INVALID_VALUE, saying what does not hold;
 * GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_binding_open(GauthArena *arena, const GauthBindingRow *row,
				   const GauthSchema *schema, GauthBinding **binding,
				   GauthError *err)
{
	Opening		opening = {.arena = arena,.row = row,.err = err};
	GauthStatus status = find_entity_type(row, schema, &opening.type, err);

	if (status == GAUTH_OK)
		status = begin(&opening, schema);
	if (status == GAUTH_OK)
		status = open_and_fill(&opening);
	*binding = opening.binding;
	return status;
}

static bool
gives(const GauthBinding *binding, GauthSpan attribute)
{
	uint32_t	i;

	for (i = 0; i < binding->attribute_count; i++)
	{
		if (gauth_span_equal(binding->columns[i].attribute, attribute))
			return true;
	}
	return false;
}

/* all attributes that the schema requires */
static GauthStatus
check_required(const Opening *opening)
{
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	if (opening->type == NULL)
		return GAUTH_OK;
	for (i = 0; i < opening->type->shape->count && status == GAUTH_OK; i++)
	{
		const GauthAttribute *attribute = &opening->type->shape->attributes[i];

		if (attribute->required && !gives(opening->binding, attribute->name))
			status = judge(opening,
						   fail_name(opening->err, "attribute \"%s\": the "
									 "schema requires it, no column gives it",
									 attribute->name));
	}
	return status;
}

/*
 * gauth_binding_check
 *		The same, and does the binding give all that the schema requires, and
 *		can each partition be read?
 *
 * With "findings" all that does not hold is appended to them, a line each, and
 * is no error.
 */
GauthStatus
gauth_binding_check(GauthArena *arena, const GauthBindingRow *row,
					const GauthSchema *schema, GauthText *findings,
					GauthBinding **binding, GauthError *err)
{
	Opening		opening = {
		.arena = arena,.row = row,.findings = findings,.err = err
	};
	GauthStatus status = find_entity_type(row, schema, &opening.type, err);

	if (status == GAUTH_OK)
		status = begin(&opening, schema);
	if (status == GAUTH_OK)
		status = open_and_fill(&opening);
	if (status == GAUTH_OK)
		status = check_required(&opening);
	if (status == GAUTH_OK)
		status = gauth_binding_add_partitions(opening.binding, err);
	*binding = opening.binding;
	return judge(&opening, status);
}
