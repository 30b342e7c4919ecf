/*
 * policy_change.c
 *		A change of one policy store: locked, recorded, checked as a whole.
 *
 * Whoever changes a store first locks its row, so that changes come one after
 * the other and each one is checked against what is there.  The rows are
 * written first and then read back the way that a decision reads them: what
 * was checked is what is in force.  A store that does not pass raises, which
 * undoes the writes with the statement.
 */
#include "entry/policy_change.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"

#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "policy/build.h"
#include "policy/entity_json.h"
#include "policy/lexer.h"
#include "policy/parser.h"
#include "policy/validate.h"
#include "policy/validate_entity.h"
#include "store/binding.h"
#include "store/entity_memory.h"
#include "store/entity_row.h"
#include "store/identity.h"
#include "store/memory.h"
#include "store/policy_store.h"
#include "store/relation.h"

/* an index entry over store, version and id fits on its page */
#define ID_MAX			1024

/* findings that a report shows: only these are looked up in their source */
#define FINDINGS_SHOWN	5

/*
 * gauth_policy_change_author
 *		Who changes something in this transaction: the subject of its
 *		identity, or else the role that logged in.
 */
GauthSpan
gauth_policy_change_author(void)
{
	const GauthIdentity *identity = gauth_identity_current();

	if (identity != NULL)
		return identity->subject;
	return gauth_span_of(GetUserNameFromId(GetSessionUserId(), false));
}

/* the default store gets its row at its first change */
static void
lock_store(GauthSpan store)
{
	GauthWrite	insert = {0};
	GauthWrite	lock = {0};

	if (gauth_span_is(store, GAUTH_DEFAULT_STORE))
	{
		gauth_write_text(&insert, store);
		gauth_write_text(&insert, gauth_span_of(GAUTH_POLICY_LANGUAGE));
		(void) gauth_write_run(&insert,
							   "INSERT INTO gauth.policy_store (store, mode,"
							   " language_version, version, created_at)"
							   " VALUES ($1, 'strict', $2, 0,"
							   " clock_timestamp()) ON CONFLICT DO NOTHING");
	}
	gauth_write_text(&lock, store);
	if (gauth_write_run(&lock, "SELECT FROM gauth.policy_store"
						" WHERE store = $1 FOR NO KEY UPDATE") == 0)
		gauth_raise_store_unknown();
}

/* of a store that this transaction has locked */
static int64
read_version(GauthSpan store)
{
	GauthScan	scan;
	bool		is_null = true;
	Datum		version = (Datum) 0;

	gauth_scan_begin(&scan, GAUTH_TABLE_POLICY_STORE);
	gauth_scan_key_text(&scan, POLICY_STORE_STORE, store);
	if (gauth_scan_next(&scan))
		version = gauth_scan_value(&scan, POLICY_STORE_VERSION, &is_null);
	gauth_scan_end(&scan);
	if (is_null)
		gauth_raise_store_unknown();
	return DatumGetInt64(version);
}

/*
 * gauth_policy_change_begin
 *		Lock a store for a change by an administrator of it.
 *
 * Raises 42501, and 42704 when there is no such store.
 */
void
gauth_policy_change_begin(GauthPolicyChange *change, GauthSpan store)
{
	gauth_require_capability(GAUTH_ADMINISTRATOR, &store);
	lock_store(store);

	memset(change, 0, sizeof(*change));
	change->store = store;
	change->author = gauth_memory_copy(CurrentMemoryContext,
									   gauth_policy_change_author());
	change->version = read_version(store) + 1;
	gauth_memory_arena(&change->arena, NULL, 0, CurrentMemoryContext);
}

/*
 * gauth_policy_change_values
 *		Begin a statement's values: $1 store, $2 version, $3 author.
 */
void
gauth_policy_change_values(const GauthPolicyChange *change, GauthWrite *write)
{
	gauth_write_text(write, change->store);
	gauth_write_value(write, INT8OID, Int64GetDatum(change->version), false);
	gauth_write_text(write, change->author);
}

/*
 * gauth_policy_change_note
 *		Write an entry about the change into the ledger; the sources are in
 *		the history of that version.
 */
void
gauth_policy_change_note(const GauthPolicyChange *change, GauthSpan id,
						 const char *kind)
{
	GauthRecorder record;

	gauth_record_begin(&record, kind, id.len > 0 ? id : change->store);
	gauth_record_text(&record, "store", change->store);
	gauth_record_number(&record, "version", change->version);
	gauth_record_end(&record);
}

/*
 * gauth_policy_change_record
 *		Write into the history what has become of a policy or a link, or (an
 *		empty id) of the store; "source" without data: it is gone.
 */
void
gauth_policy_change_record(const GauthPolicyChange *change, GauthSpan id,
						   const char *what, GauthSpan source)
{
	GauthWrite	write = {0};

	gauth_policy_change_values(change, &write);
	gauth_write_text(&write, id);
	gauth_write_text(&write, gauth_span_of(what));
	gauth_write_text(&write, source);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.policy_history (store, version,"
						   " id, change, source, author, changed_at)"
						   " VALUES ($1, $2, $4, $5, $6, $3,"
						   " clock_timestamp())");
	gauth_policy_change_note(change, id, psprintf("policy.%s", what));
}

/*
 * gauth_policy_change_fail
 *		Raise why a source that the caller gave is not acceptable.
 *
 * Whatever its text is refused for is a syntax error with a line and a column;
 * a reader that knows only an offset gets them here.
 */
void
gauth_policy_change_fail(const GauthError *err, GauthSpan source,
						 const char *what)
{
	GauthError	placed = *err;
	unsigned	line;
	unsigned	column;

	if (err->status >= GAUTH_INVALID_ENCODING &&
		err->status <= GAUTH_INVALID_VALUE)
		placed.status = GAUTH_INVALID_SYNTAX;
	if (placed.status == GAUTH_INVALID_SYNTAX &&
		strncmp(err->detail, "line ", 5) != 0)
	{
		gauth_source_position(source, err->offset, &line, &column);
		(void) gauth_fail_format(&placed, placed.status, err->offset,
								 "line %u, column %u: %s", line, column,
								 err->detail);
	}
	gauth_raise_policy(&placed, what);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Where the text of a policy ends and that of the next begins: behind the
 * line of the first one's semicolon, so that a comment stays with the policy
 * that it is about.  Between the two there is nothing else.
 */
static size_t
find_boundary(GauthSpan source, const GauthPolicy *policy,
			  const GauthPolicy *next)
{
	size_t		limit = next == NULL ? source.len : next->offset;
	size_t		i;

	if (next == NULL)
		return limit;
	for (i = policy->end; i < limit; i++)
	{
		if (source.data[i] == '\n')
			return i + 1;
	}
	return limit;
}

static GauthSpan
trim(GauthSpan text)
{
	while (text.len > 0 && is_space(text.data[text.len - 1]))
		text.len--;
	while (text.len > 0 && is_space(text.data[0]))
		text = gauth_span_slice(text, 1, text.len - 1);
	return text;
}

/*
 * gauth_policy_change_check_id
 *		Can this name a policy?  The empty one stands for the store in its
 *		history.
 */
void
gauth_policy_change_check_id(GauthSpan id)
{
	if (id.len == 0 || id.len > ID_MAX ||
		memchr(id.data, '\0', id.len) != NULL)
		gauth_raise_argument("id", "a text of 1 to 1024 bytes");
}

/* takes the policy that comes first in the source off one of the two lists */
static const GauthPolicy *
take_first(GauthPolicyList *list)
{
	GauthPolicy *policy = list->policies;

	if (policy == NULL ||
		(list->templates != NULL && list->templates->offset < policy->offset))
	{
		policy = list->templates;
		if (policy != NULL)
			list->templates = policy->next;
	}
	else
		list->policies = policy->next;
	return policy;
}

/*
 * gauth_policy_change_parse
 *		Read the source that the caller gave, and part it into its policies
 *		and templates; their ids come from @id or else from their places.
 *
 * Raises 42601, 22023, 54000.
 */
void
gauth_policy_change_parse(GauthPolicyChange *change, GauthSpan source)
{
	GauthPolicyList list;
	const GauthPolicy *policy;
	const GauthPolicy *next;
	size_t		begin = 0;
	GauthError	err = {0};

	if (gauth_policy_parse(&change->arena, source,
						   &gauth_policy_default_limits, &list,
						   &err) != GAUTH_OK)
		gauth_policy_change_fail(&err, source, "policy");
	change->source = source;
	change->parts = palloc0((list.policy_count + list.template_count + 1) *
							sizeof(GauthPolicyPart));
	for (policy = take_first(&list); policy != NULL; policy = next)
	{
		GauthPolicyPart *part = &change->parts[change->part_count++];
		size_t		end;

		next = take_first(&list);
		end = find_boundary(source, policy, next);
		gauth_policy_change_check_id(policy->id);
		part->id = policy->id;
		part->text = trim(gauth_span_slice(source, begin, end - begin));
		part->is_template = policy->is_template;
		begin = end;
	}
}

static const GauthPolicyPart *
find_part(const GauthPolicyChange *change, GauthSpan id)
{
	int			i;

	for (i = 0; i < change->part_count; i++)
	{
		if (gauth_span_equal(change->parts[i].id, id))
			return &change->parts[i];
	}
	return NULL;
}

/*
 * gauth_policy_change_text
 *		The text of a stored policy or template; without data when there is
 *		none.
 */
GauthSpan
gauth_policy_change_text(const GauthPolicyChange *change, GauthSpan id)
{
	GauthSpan	text = gauth_span(NULL, 0);
	GauthScan	scan;

	gauth_scan_begin(&scan, GAUTH_TABLE_POLICY);
	gauth_scan_key_text(&scan, POLICY_STORE, change->store);
	gauth_scan_key_text(&scan, POLICY_ID, id);
	if (gauth_scan_next(&scan))
		text = gauth_memory_copy(CurrentMemoryContext,
								 gauth_scan_text(&scan, POLICY_SOURCE));
	gauth_scan_end(&scan);
	return text;
}

/* of a link, its template: that is where its text is */
static GauthSpan
find_home(const GauthPolicyList *list, GauthSpan id)
{
	const GauthPolicy *policy;

	for (policy = list->policies; policy != NULL; policy = policy->next)
	{
		if (gauth_span_equal(policy->id, id) && policy->template_id.len > 0)
			return policy->template_id;
	}
	return id;
}

/* every row was read by itself; the caller knows the whole source */
static void
locate(const GauthPolicyChange *change, const GauthPolicyList *list,
	   GauthDiagnostic *finding)
{
	GauthSpan	home = find_home(list, finding->policy);
	const GauthPolicyPart *part = find_part(change, home);
	GauthSpan	source = change->source;
	size_t		offset = finding->offset;
	unsigned	line;
	unsigned	column;

	if (part == NULL)
		source = gauth_policy_change_text(change, home);
	else
		offset += (size_t) (part->text.data - source.data);
	gauth_source_position(source, offset, &line, &column);
	finding->line = line;
	finding->column = column;
}

static void
validate(const GauthPolicyChange *change, const GauthPolicySource *stored,
		 GauthArena *arena)
{
	GauthDiagnosticList findings = {0};
	GauthDiagnostic *finding;
	int			shown = 0;
	GauthError	err = {0};

	if (gauth_validate_policies(arena, stored->schema, &stored->list,
								&gauth_validate_strict, &findings,
								&err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy set");
	if (findings.error_count == 0)
		return;
	for (finding = findings.first; finding != NULL && shown < FINDINGS_SHOWN;
		 finding = finding->next)
	{
		if (finding->severity != GAUTH_SEVERITY_ERROR)
			continue;
		locate(change, &stored->list, finding);
		shown++;
	}
	gauth_raise_findings(&findings);
}

static void
check_ids(const GauthPolicyList *list, GauthArena *arena)
{
	GauthError	err = {0};
	GauthBuilder builder = {
		.arena = arena,.limits = &gauth_policy_default_limits,.err = &err
	};
	GauthStatus status = gauth_build_check_ids(&builder, list);

	if (status == GAUTH_DUPLICATE_MEMBER)
		gauth_raise_exists("policy");
	if (status != GAUTH_OK)
		gauth_raise(&err);
}

/* two arenas, because each has a limit of its own */
static void
check_policies(const GauthPolicyChange *change, GauthPolicySource *stored)
{
	GauthArena	arena;
	GauthArena	scratch;
	const GauthPolicySet *set;
	GauthError	err = {0};

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_memory_arena(&scratch, NULL, 0, CurrentMemoryContext);
	if (gauth_policy_store_source(&arena, change->store, stored,
								  &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy set");
	check_ids(&stored->list, &scratch);
	if (gauth_policy_set_compile(&scratch, &stored->list,
								 &gauth_policy_default_limits, &set,
								 &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy set");
	gauth_arena_reset(&scratch);
	if (stored->mode != GAUTH_POLICY_STRICT)
		return;
	if (stored->schema != NULL)
		validate(change, stored, &scratch);
	else if (stored->list.policies != NULL || stored->list.templates != NULL)
		gauth_raise_schema_missing();
}

/*
 * Ancestors are validated by their types only, so it is enough to look one
 * step up: the entity there is in the same store and looked at as well, or
 * it is in a bound table, whose types were checked when it was bound.
 */
static GauthStatus
check_entity(const GauthSchema *schema, GauthSpan content,
			 GauthEntity *entity, GauthError *err)
{
	GauthArena	arena;
	GauthEntityReader reader = {
		&arena, &gauth_policy_default_limits, schema, err
	};
	GauthJson  *json;
	GauthStatus status;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	status = gauth_json_parse(&arena, content, &gauth_json_document_limits,
							  &json, err);
	if (status == GAUTH_OK)
		status = gauth_entity_from_json(&reader, json, entity);
	if (status != GAUTH_OK)
		return status;
	entity->ancestors = entity->parents;
	entity->ancestor_count = entity->parent_count;
	return gauth_validate_entity(schema, entity, err);
}

static void
check_entities(const GauthPolicyChange *change, const GauthSchema *schema)
{
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext,
											  "gauth entity",
											  ALLOCSET_DEFAULT_SIZES);
	GauthScan	scan;

	gauth_scan_begin(&scan, GAUTH_TABLE_ENTITY);
	gauth_scan_key_text(&scan, ENTITY_STORE, change->store);
	while (gauth_scan_next(&scan))
	{
		MemoryContext caller = MemoryContextSwitchTo(row);
		GauthEntity entity = {0};
		GauthError	err = {0};

		CHECK_FOR_INTERRUPTS();
		if (check_entity(schema, gauth_scan_text(&scan, ENTITY_CONTENT),
						 &entity, &err) != GAUTH_OK)
			gauth_raise_entity(&err, entity.uid);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(row);
	}
	gauth_scan_end(&scan);
	MemoryContextDelete(row);
}

/* what the administrator has to bind otherwise is told all at once */
static void
check_bindings(const GauthPolicyChange *change, const GauthSchema *schema)
{
	const GauthEntityMemory *remembered;
	GauthArena	arena;
	GauthText	findings;
	uint64		epoch;
	uint32		i;

	/* what others have bound while the store was waited for is heard of */
	AcceptInvalidationMessages();
	remembered = gauth_entity_memory(change->store, &epoch);
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&findings, &arena);
	for (i = 0; i < remembered->binding_count; i++)
	{
		GauthBinding *binding;
		GauthError	err = {0};

		if (gauth_binding_check(&arena, &remembered->bindings[i], schema,
								&findings, &binding, &err) != GAUTH_OK)
			gauth_raise_policy(&err, "binding");
	}
	if (findings.len > 0 || findings.failed)
		gauth_raise_bindings(&findings);
}

/*
 * gauth_policy_change_count
 *		Give the store the version that the change makes.
 */
void
gauth_policy_change_count(const GauthPolicyChange *change)
{
	GauthWrite	write = {0};

	gauth_policy_change_values(change, &write);
	(void) gauth_write_run(&write, "UPDATE gauth.policy_store"
						   " SET version = $2 WHERE store = $1");
}

/*
 * gauth_policy_change_end
 *		Give the store its new version and check all that it holds from now
 *		on; "entities" and bound tables too when the schema is another, or
 *		begins to count.
 *
 * Raises 42601, 22023, 42710, 54000, 55000.
 */
void
gauth_policy_change_end(GauthPolicyChange *change, bool entities)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "gauth policy change",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller;
	GauthPolicySource stored;

	gauth_policy_change_count(change);
	caller = MemoryContextSwitchTo(scratch);
	check_policies(change, &stored);
	if (entities && stored.schema != NULL)
	{
		check_entities(change, stored.schema);
		check_bindings(change, stored.schema);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}
