/*
 * policy_workload.h
 *		The published workload of policies and requests, for a test and for a
 *		bench.
 *
 * A line of requests gives a user with clearance and roles, an action, a
 * document with folder, amount and lock, and the expected decision.  The same
 * user may have other roles in another line, so each line has entities of its
 * own, named after it, all of them in one store.
 */
#ifndef GAUTH_UNIT_POLICY_WORKLOAD_H
#define GAUTH_UNIT_POLICY_WORKLOAD_H

#include "test_policy.h"

#define WORKLOAD_REQUESTS_MAX	5000

typedef struct WorkloadRequest
{
	GauthSpan	user;
	GauthSpan	action;
	GauthSpan	document;
	bool		permit;			/* expected */
} WorkloadRequest;

typedef struct Workload
{
	Fixture		fixture;
	GauthSpan	policies;
	GauthSpan	csv;
	WorkloadRequest *requests;
	uint32_t	count;
	bool		failed;			/* an entity could not be made */
} Workload;

/* a file, or what gzip makes of it when only that is there */
static bool
workload_read(const char *name, GauthSpan *content)
{
	char		path[UNIT_PATH_MAX];
	char		command[UNIT_PATH_MAX + 32];
	FILE	   *stream;
	char	   *data;
	size_t		size;

	snprintf(path, sizeof(path), "%s/gauth-fixtures/workload/%s",
			 unit_corpora(), name);
	if (unit_read_file(path, content))
		return true;
	snprintf(command, sizeof(command), "gzip -dc '%s.gz' 2>/dev/null", path);
	stream = popen(command, "r");
	if (stream == NULL)
		return false;
	data = unit_read_stream(stream, &size);
	if (pclose(stream) != 0 || size == 0)
	{
		free(data);
		return false;
	}
	*content = gauth_span(data, size);
	return true;
}

static GauthSpan
workload_cut(GauthSpan *rest, char separator)
{
	const char *end = rest->len == 0 ? NULL :
	memchr(rest->data, separator, rest->len);
	GauthSpan	part = *rest;

	if (end == NULL)
	{
		*rest = gauth_span(NULL, 0);
		return part;
	}
	part.len = (size_t) (end - part.data);
	*rest = gauth_span_slice(*rest, part.len + 1, rest->len - part.len - 1);
	return part;
}

static int64_t
workload_number(GauthSpan text)
{
	int64_t		number = 0;
	size_t		i;

	for (i = 0; i < text.len; i++)
		number = number * 10 + (text.data[i] - '0');
	return number;
}

/* an id that no other line uses */
static GauthSpan
workload_id(Workload *workload, GauthSpan id)
{
	char		text[64];
	GauthSpan	copy = {0};
	int			len = snprintf(text, sizeof(text), "%.*s/%u", (int) id.len,
							   id.data, workload->count);

	(void) gauth_arena_copy(&workload->fixture.arena,
							gauth_span(text, (size_t) len), &copy);
	return copy;
}

static void
workload_add(Workload *workload, const char *type, GauthSpan id,
			 GauthField *fields, uint32_t count, const GauthEntity *parents)
{
	Fixture    *fixture = &workload->fixture;
	GauthEntity entity = *parents;
	GauthValue	record;

	entity.uid = gauth_uid_make(&fixture->arena, gauth_span_of(type), id);
	if (gauth_record_make(&fixture->arena, fields, count, &record,
						  &fixture->err) != GAUTH_OK || entity.uid == NULL)
	{
		workload->failed = true;
		return;
	}
	entity.attributes = record.record;
	if (gauth_entity_store_add(fixture->store, &entity,
							   &fixture->err) != GAUTH_OK)
		workload->failed = true;
}

static GauthField
workload_field(const char *name, GauthValue value)
{
	return (GauthField)
	{
		.name = name,.name_len = (uint32_t) strlen(name),.value = value
	};
}

static void
workload_add_user(Workload *workload, GauthSpan id, GauthSpan clearance,
				  GauthSpan roles)
{
	GauthArena *arena = &workload->fixture.arena;
	GauthEntity parents = {0};
	GauthField *fields = gauth_arena_array(arena, 1, sizeof(GauthField));

	parents.parents = gauth_arena_array(arena, 64, sizeof(GauthUid *));
	while (roles.len > 0 && parents.parent_count < 64)
		parents.parents[parents.parent_count++] =
			gauth_uid_make(arena, GAUTH_SPAN("Role"),
						   workload_cut(&roles, '|'));
	fields[0] = workload_field("clearance",
							   gauth_value_long(workload_number(clearance)));
	workload_add(workload, "User", id, fields, 1, &parents);
}

static void
workload_add_document(Workload *workload, GauthSpan id, GauthSpan folder,
					  GauthSpan amount, GauthSpan locked)
{
	GauthArena *arena = &workload->fixture.arena;
	GauthEntity parents = {.parent_count = 1};
	GauthField *fields = gauth_arena_array(arena, 2, sizeof(GauthField));

	parents.parents = gauth_arena_array(arena, 1, sizeof(GauthUid *));
	parents.parents[0] = gauth_uid_make(arena, GAUTH_SPAN("Folder"), folder);
	fields[0] = workload_field("amount",
							   gauth_value_long(workload_number(amount)));
	fields[1] = workload_field("locked",
							   gauth_value_bool(gauth_span_is(locked,
															  "true")));
	workload_add(workload, "Doc", id, fields, 2, &parents);
}

static void
workload_read_line(Workload *workload, GauthSpan line)
{
	WorkloadRequest *request = &workload->requests[workload->count];
	GauthSpan	columns[9];
	int			i;

	for (i = 0; i < 9; i++)
		columns[i] = workload_cut(&line, i < 8 ? ',' : '\r');
	request->user = workload_id(workload, columns[0]);
	request->action = columns[3];
	request->document = workload_id(workload, columns[4]);
	request->permit = gauth_span_is(columns[8], "allow");
	workload_add_user(workload, request->user, columns[1], columns[2]);
	workload_add_document(workload, request->document, columns[5], columns[6],
						  columns[7]);
	workload->count++;
}

/* false when the folder of corpora is not there */
static bool
workload_load(Workload *workload, unsigned policies)
{
	Fixture    *fixture = &workload->fixture;
	char		name[64];
	GauthSpan	rest;

	memset(workload, 0, sizeof(*workload));
	fixture_init(fixture);
	snprintf(name, sizeof(name), "policies_%u.cedar", policies);
	if (!workload_read(name, &workload->policies))
		return false;
	snprintf(name, sizeof(name), "requests_%u.csv", policies);
	if (!workload_read(name, &workload->csv))
	{
		free((char *) workload->policies.data);
		return false;
	}

	if (gauth_entity_store_create(&fixture->arena,
								  &gauth_policy_default_limits,
								  &fixture->store, &fixture->err) != GAUTH_OK)
		return false;
	workload->requests = gauth_arena_array(&fixture->arena,
										   WORKLOAD_REQUESTS_MAX,
										   sizeof(WorkloadRequest));
	rest = workload->csv;
	(void) workload_cut(&rest, '\n');
	while (rest.len > 0 && workload->count < WORKLOAD_REQUESTS_MAX)
		workload_read_line(workload, workload_cut(&rest, '\n'));
	return !workload->failed &&
		gauth_entity_store_close(fixture->store, &fixture->err) == GAUTH_OK;
}

/* the request of a line, its uids made anew as a caller would */
static GauthRequest
workload_request(const Workload *workload, uint32_t line, GauthArena *arena)
{
	const WorkloadRequest *from = &workload->requests[line];

	return (GauthRequest)
	{
		gauth_uid_make(arena, GAUTH_SPAN("User"), from->user),
			gauth_uid_make(arena, GAUTH_SPAN("Action"), from->action),
			gauth_uid_make(arena, GAUTH_SPAN("Doc"), from->document),
			&gauth_empty_record
	};
}

static void
workload_free(Workload *workload)
{
	fixture_free(&workload->fixture);
	free((char *) workload->policies.data);
	free((char *) workload->csv.data);
}

#endif							/* GAUTH_UNIT_POLICY_WORKLOAD_H */
