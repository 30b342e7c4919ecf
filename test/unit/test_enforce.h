/*
 * test_enforce.h
 *		A mandate, a request and a judgement that say yes, for tests that then
 *		change one thing.
 *
 * A change is a line "path value": "scope.phase \"plan\"" sets a member,
 * "scope.phase" alone removes it.
 */
#ifndef GAUTH_UNIT_TEST_ENFORCE_H
#define GAUTH_UNIT_TEST_ENFORCE_H

#include "base/text.h"
#include "decision/enforce_answer.h"
#include "decision/enforce_snapshot.h"
#include "poa/ceiling.h"
#include "unit.h"

/* 2026-04-09T10:00:00Z */
#define NOW		INT64_C(1775728800)

typedef struct Stage
{
	GauthArena	arena;
	GauthJson  *mandate;
	GauthJson  *asked;
	GauthCredential credential;
	GauthEnforceRequest request;
	GauthEnforceInput input;
	GauthEnforceDecision decision;
	GauthEnforceError error;
	GauthStatus status;
} Stage;

typedef void (*Adjust) (Stage *stage);

/* one change and what comes of it; NULL: no change */
typedef struct StageCase
{
	const char *name;
	const char *mandate;
	const char *request;
	Adjust		adjust;			/* what the judgement looks at besides */
	const char *expected;		/* see stage_summary */
} StageCase;

#define STAGE_RUN(cases)	stage_run(cases, sizeof(cases) / sizeof(cases[0]))

static const char base_mandate[] =
"{\"schema_version\":\"0116.2.2.1\","
"\"parties\":{\"issuer\":\"https://as.example\",\"subject\":\"agent_1\","
"\"customer_id\":\"cust\",\"project_id\":\"proj\",\"issued_by\":\"owner\","
"\"approval_chain\":[\"anna\",\"bert\"]},"
"\"scope\":{\"governance_profile\":\"minimal\",\"phase\":\"run\","
"\"active_modules\":[],"
"\"core_verbs\":{"
"\"urn:gauth:verb:core:file:read\":{\"allowed\":true},"
"\"urn:gauth:verb:core:file:modify\":{\"allowed\":true},"
"\"urn:gauth:verb:core:file:delete\":{\"allowed\":true},"
"\"urn:gauth:verb:core:command:run\":{\"allowed\":true},"
"\"urn:gauth:verb:core:database:insert\":{\"allowed\":true},"
"\"urn:gauth:verb:core:database:alter\":{\"allowed\":true},"
"\"urn:gauth:verb:core:database:select\":{\"allowed\":true},"
"\"urn:gauth:verb:core:secret:read\":{\"allowed\":true},"
"\"urn:gauth:verb:core:dependency:add\":{\"allowed\":true},"
"\"urn:gauth:verb:core:api:call\":{\"allowed\":true},"
"\"urn:gauth:verb:core:agent:delegate\":{\"allowed\":true},"
"\"urn:gauth:verb:core:deployment:start\":{\"allowed\":true},"
"\"urn:gauth:verb:core:payment:create\":{\"allowed\":true}},"
"\"platform_permissions\":{"
"\"deployment\":{\"targets\":[\"dev\",\"staging\",\"prod\"],"
"\"auto_deploy\":true},"
"\"database\":{\"read\":true,\"write\":true,\"migrate\":true,"
"\"production_access\":true},"
"\"shell\":{\"mode\":\"any\"},\"secrets\":{\"read\":true,\"create\":true}}},"
"\"requirements\":{\"approval_mode\":\"autonomous\","
"\"budget\":{\"total_cents\":100000,\"remaining_cents\":100000},"
"\"ttl_seconds\":43200}}";

static const char base_request[] =
"{\"request_id\":\"req-1\",\"timestamp\":\"2026-04-09T10:00:00Z\","
"\"action\":{\"verb\":\"urn:gauth:verb:core:file:modify\","
"\"resource\":\"src/a.c\",\"resource_type\":\"file\"},"
"\"agent\":{\"agent_id\":\"agent_1\"},"
"\"credential\":{\"format\":\"jwt\",\"mandate_id\":\"mdt_1\"}}";

static GauthJson *
stage_parse(Stage *stage, const char *text)
{
	GauthJson  *json = NULL;
	GauthError	err = {0};

	if (gauth_json_parse(&stage->arena, gauth_span_of(text),
						 &gauth_json_document_limits, &json, &err) != GAUTH_OK)
		printf("not JSON: %s\n", text);
	return json;
}

/*
 * stage_begin
 *		Everything as it should be.
 */
UNIT_MAYBE_UNUSED static void
stage_begin(Stage *stage)
{
	memset(stage, 0, sizeof(*stage));
	gauth_arena_init(&stage->arena, NULL, 0, &gauth_malloc_source, 0);
	stage->mandate = stage_parse(stage, base_mandate);
	stage->asked = stage_parse(stage, base_request);

	stage->input.now = NOW;
	stage->input.evidence.source = GAUTH_SOURCE_TOKEN;
	stage->input.evidence.signature = GAUTH_TESTED_GOOD;
	stage->input.evidence.checksum = GAUTH_TESTED_GOOD;
	stage->input.evidence.tools_hash = GAUTH_TESTED_GOOD;
	stage->input.evidence.platform_hash = GAUTH_TESTED_GOOD;
	stage->input.evidence.version = GAUTH_SPAN("0116.2.2");
	stage->input.evidence.token_id = GAUTH_SPAN("tok_1");
	stage->input.evidence.not_before = NOW - 60;
	stage->input.evidence.expires_at = NOW + 3600;
	stage->input.live.known = true;
	stage->input.live.own = true;
	stage->input.live.chain_recorded = true;
	stage->input.live.standing = GAUTH_STANDING_ACTIVE;
	stage->input.live.expires_at = NOW + 7200;
	stage->input.live.budget_total = 100000;
	stage->input.live.budget_remaining = 100000;
	stage->input.live.hold = GAUTH_ABSENT;
	stage->input.live.tool_calls_used = GAUTH_ABSENT;
	stage->input.live.session_started_at = GAUTH_ABSENT;
	stage->input.local_trust = GAUTH_TRUST_ABSENT;
	stage->input.cross_trust = GAUTH_TRUST_ABSENT;
	stage->input.settings.budget_warning = 10;
	stage->input.settings.session_leeway = 60;
}

/* the member "name" of "object", made when it is not there */
static GauthJson *
stage_reach(Stage *stage, GauthJson *object, GauthSpan name)
{
	GauthJson **link = &object->first;
	GauthJson  *member;

	for (; *link != NULL; link = &(*link)->next)
	{
		if (gauth_span_equal((*link)->name, name))
			return *link;
	}
	member = gauth_arena_zalloc(&stage->arena, sizeof(*member));
	member->type = GAUTH_JSON_OBJECT;
	member->name = name;
	*link = member;
	object->count++;
	return member;
}

static void
stage_drop(GauthJson *object, GauthSpan name)
{
	GauthJson **link = &object->first;

	for (; *link != NULL; link = &(*link)->next)
	{
		if (gauth_span_equal((*link)->name, name))
		{
			*link = (*link)->next;
			object->count--;
			return;
		}
	}
}

static void
stage_set(Stage *stage, GauthJson *member, const char *value)
{
	GauthJson  *json = stage_parse(stage, value);

	member->type = json->type;
	member->text = json->text;
	member->first = json->first;
	member->count = json->count;
}

/* a path ends at a space; its parts are joined by dots */
static void
stage_change(Stage *stage, GauthJson *root, char *line)
{
	char	   *value = strchr(line, ' ');
	GauthJson  *at = root;
	char	   *dot;

	if (value != NULL)
		*value++ = '\0';
	while ((dot = strchr(line, '.')) != NULL)
	{
		at = stage_reach(stage, at, gauth_span(line, (size_t) (dot - line)));
		line = dot + 1;
	}
	if (value == NULL)
		stage_drop(at, gauth_span_of(line));
	else
		stage_set(stage, stage_reach(stage, at, gauth_span_of(line)), value);
}

static void
stage_apply(Stage *stage, GauthJson *root, const char *changes)
{
	GauthSpan	copy;
	char	   *line;

	if (changes == NULL)
		return;
	/* with its zero byte, and for as long as the tree */
	gauth_arena_copy(&stage->arena, gauth_span(changes, strlen(changes) + 1),
					 &copy);
	line = (char *) copy.data;
	while (*line != '\0')
	{
		char	   *end = strchr(line, '\n');

		if (end != NULL)
			*end = '\0';
		stage_change(stage, root, line);
		if (end == NULL)
			break;
		line = end + 1;
	}
}

/*
 * stage_mandate, stage_request
 *		Change the document; lines end with a line feed.
 */
UNIT_MAYBE_UNUSED static void
stage_mandate(Stage *stage, const char *changes)
{
	stage_apply(stage, stage->mandate, changes);
}

UNIT_MAYBE_UNUSED static void
stage_request(Stage *stage, const char *changes)
{
	stage_apply(stage, stage->asked, changes);
}

/*
 * stage_read
 *		Read both documents; false when the request is not one.
 */
UNIT_MAYBE_UNUSED static bool
stage_read(Stage *stage)
{
	GauthProblems problems;

	gauth_problems_init(&problems, &stage->arena);
	if (gauth_credential_read(&stage->arena, stage->mandate,
							  GAUTH_CREDENTIAL_PRESENTED, &stage->credential,
							  &problems) != GAUTH_OK || problems.count > 0)
		printf("mandate: %.*s %s\n", (int) problems.first->path.len,
			   problems.first->path.data, problems.first->rule);
	stage->status = gauth_enforce_read_request(&stage->arena, stage->asked,
											   false, &stage->request,
											   &stage->error);
	stage->input.request = &stage->request;
	stage->input.credential = &stage->credential;
	stage->input.ceiling = gauth_ceiling_of(stage->credential.powers.profile);
	return stage->status == GAUTH_OK;
}

/*
 * stage_decide
 *		Decide about what was read.
 */
UNIT_MAYBE_UNUSED static void
stage_decide(Stage *stage)
{
	stage->status = gauth_enforce(&stage->arena, &stage->input,
								  &stage->decision);
}

/*
 * stage_answer
 *		The decision as JSON.
 */
UNIT_MAYBE_UNUSED static GauthSpan
stage_answer(Stage *stage)
{
	GauthEnforceAnswer answer = {
		.input = &stage->input,.decision = &stage->decision
	};
	GauthText	text;
	GauthSpan	result = {NULL, 0};

	answer.record.timestamp = NOW;
	answer.record.version = "test";
	answer.record.mandate = GAUTH_SPAN("mdt_1");
	gauth_text_init(&text, &stage->arena);
	gauth_enforce_append_answer(&text, &answer);
	CHECK(gauth_text_finish(&text, &result));
	return result;
}

/*
 * stage_end
 *		Give everything back.
 */
UNIT_MAYBE_UNUSED static void
stage_end(Stage *stage)
{
	gauth_arena_reset(&stage->arena);
}

/*
 * stage_result
 *		What a check came to; a check that was not made has failed.
 */
UNIT_MAYBE_UNUSED static GauthCheckResult
stage_result(const Stage *stage, GauthCheckId check, bool delegated)
{
	uint32_t	i;

	for (i = 0; i < stage->decision.outcome_count; i++)
	{
		const GauthCheckOutcome *outcome = &stage->decision.outcomes[i];

		if (outcome->check == check && outcome->delegated == delegated)
			return outcome->result;
	}
	return GAUTH_CHECK_FAIL;
}

/*
 * stage_violation, stage_has
 *		The first violation of that code, if there is one.
 */
UNIT_MAYBE_UNUSED static const GauthViolation *
stage_violation(const Stage *stage, const char *code)
{
	const GauthViolation *violation;

	for (violation = stage->decision.violations; violation != NULL;
		 violation = violation->next)
	{
		if (strcmp(gauth_violation_code_name(violation->code), code) == 0)
			return violation;
	}
	return NULL;
}

UNIT_MAYBE_UNUSED static bool
stage_has(const Stage *stage, const char *code)
{
	return stage_violation(stage, code) != NULL;
}

/*
 * stage_constraint
 *		The first constraint of that type, or NULL.
 */
UNIT_MAYBE_UNUSED static const GauthConstraint *
stage_constraint(const Stage *stage, const char *type)
{
	const GauthConstraint *constraint;

	for (constraint = stage->decision.constraints; constraint != NULL;
		 constraint = constraint->next)
	{
		if (strcmp(constraint->type, type) == 0)
			return constraint;
	}
	return NULL;
}

/*
 * stage_summary
 *		The decision, its violations (warnings behind a "~") and its
 *		constraints in one line: "DENY CHK-08 VERB_NOT_ALLOWED".
 */
UNIT_MAYBE_UNUSED static GauthSpan
stage_summary(Stage *stage)
{
	const GauthEnforceDecision *decision = &stage->decision;
	const GauthViolation *violation;
	const GauthConstraint *constraint;
	GauthText	text;
	GauthSpan	result = {NULL, 0};

	gauth_text_init(&text, &stage->arena);
	gauth_text_append(&text,
					  gauth_span_of(gauth_ruling_name(decision->ruling)));
	for (violation = decision->violations; violation != NULL;
		 violation = violation->next)
	{
		gauth_text_append_char(&text, ' ');
		gauth_text_append(&text,
						  gauth_span_of(gauth_check_id(violation->check,
													   violation->delegated)));
		gauth_text_append_char(&text, ' ');
		if (violation->severity == GAUTH_SEVERITY_WARNING)
			gauth_text_append_char(&text, '~');
		gauth_text_append(&text,
						  gauth_span_of(gauth_violation_code_name(violation->code)));
	}
	for (constraint = decision->constraints; constraint != NULL;
		 constraint = constraint->next)
	{
		gauth_text_append_char(&text, ' ');
		gauth_text_append(&text,
						  gauth_span_of(gauth_check_id(constraint->check,
													   constraint->delegated)));
		gauth_text_append_char(&text, ' ');
		gauth_text_append(&text, gauth_span_of(constraint->type));
	}
	CHECK(gauth_text_finish(&text, &result));
	return result;
}

/*
 * stage_run
 *		Play a table of cases.
 */
UNIT_MAYBE_UNUSED static void
stage_run(const StageCase *cases, size_t count)
{
	size_t		i;

	for (i = 0; i < count; i++)
	{
		const StageCase *it = &cases[i];
		Stage		stage;
		GauthSpan	summary;

		stage_begin(&stage);
		stage_mandate(&stage, it->mandate);
		stage_request(&stage, it->request);
		if (!stage_read(&stage))
			summary = gauth_span_of(gauth_enforce_error_name(stage.error.code));
		else
		{
			if (it->adjust != NULL)
				it->adjust(&stage);
			stage_decide(&stage);
			summary = stage_summary(&stage);
		}
		if (!CHECK(gauth_span_is(summary, it->expected)))
			printf("  %s: %.*s, not %s\n", it->name, (int) summary.len,
				   summary.data, it->expected);
		stage_end(&stage);
	}
}

#endif							/* GAUTH_UNIT_TEST_ENFORCE_H */
